// What text, and which lines, do these bytes hold?
import { TextDecoder } from 'node:util';
import { code, say } from '../domain/message.js';
import { Unreadable } from './unreadable.js';

/** Decodes UTF-8, or UTF-16 where a byte order mark says so. Bytes that are neither become U+FFFD. */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head = new Uint8Array(0);
  for await (const chunk of chunks) {
    let bytes = chunk;
    if (decoder === null) {
      // A byte order mark may be cut by the end of a chunk.
      bytes = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      head = Uint8Array.from(bytes.subarray(0, 2));
      if (bytes.length < 2) continue;
      decoder = new TextDecoder(encodingOf(bytes));
    }
    const text = decoder.decode(bytes, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder === null ? new TextDecoder().decode(head) : decoder.decode();
  if (rest !== '') yield rest;
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

const MAX_LINE = 64 * 1024;

/** Calls back for every line, without its end; `number` is 1-based. Throws `Unreadable` for a line over 64 KB. */
export async function eachLine(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  take: (line: string, number: number) => void,
): Promise<void> {
  let rest = '';
  let number = 0;
  const give = (line: string) => {
    number += 1;
    take(line.endsWith('\r') ? line.slice(0, -1) : line, number);
  };
  for await (const chunk of decodeText(chunks)) {
    const text = rest === '' ? chunk : rest + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      give(text.slice(start, end));
      start = end + 1;
    }
    rest = text.slice(start);
    if (rest.length > MAX_LINE) {
      throw new Unreadable(say`${code(name)}, line ${number + 1}: longer than ${MAX_LINE} characters`);
    }
  }
  if (rest !== '') give(rest);
}
