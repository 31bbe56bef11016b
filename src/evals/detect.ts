// Which tool wrote this file? Judged by what stands at its beginning, never by its name.

import type { EvalFormat } from '../domain/eval-results.js';
import type { NamedFile } from '../formats/named-file.js';

/** `json-unknown` may still be one of ours with its members in another order. */
export type Detected = EvalFormat | 'json-unknown' | 'blank' | 'archive' | 'other';

/** Enough to get behind the configuration that promptfoo may write first. */
const HEAD = 256 * 1024;

/** Looks at the beginning; the file handed back still has all of it. */
export async function detect(
  file: NamedFile,
): Promise<{ readonly found: Detected; readonly file: NamedFile }> {
  const chunks = file.chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let size = 0;
  let isOver = false;
  while (size < HEAD && !isOver) {
    const next = await chunks.next();
    if (next.done) isOver = true;
    else {
      head.push(next.value);
      size += next.value.length;
    }
  }
  const all = async function* () {
    try {
      yield* head;
      if (!isOver) yield* { [Symbol.asyncIterator]: () => chunks };
    } finally {
      await chunks.return?.();
    }
  };
  return { found: detectBytes(Buffer.concat(head)), file: { name: file.name, chunks: all() } };
}

function detectBytes(bytes: Buffer): Detected {
  if (/^(?:PK\x03\x04|PK\x05\x06|\x1f\x8b|7z\xbc\xaf|BZh|\xfd7zXZ)/.test(bytes.toString('latin1', 0, 8)))
    return 'archive';
  const text = decode(bytes.subarray(0, HEAD))
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text === '') return 'blank';
  if (text.startsWith('<')) return /<testsuites?[\s>/]/.test(text.slice(0, HEAD)) ? 'junit' : 'other';
  return text.startsWith('{') ? detectJson(text) : 'other';
}

function decode(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isWide ? 'utf16le' : 'utf8');
}

/** A member's name cannot stand in a text: there its quotes are escaped. */
function detectJson(text: string): Detected {
  if (/"format"\s*:\s*"agent-policy-evals"/.test(text)) return 'json';
  if (/"reportFormat"\s*:\s*"CTRF"/.test(text)) return 'ctrf';
  if (/"results"\s*:\s*\{\s*"tool"\s*:\s*\{[^{}]*"name"/.test(text)) return 'ctrf';
  if (/"evalId"\s*:/.test(text) || /"results"\s*:\s*\{\s*"(?:version|timestamp)"\s*:/.test(text))
    return 'promptfoo';
  if (/"status"\s*:\s*"(?:started|success|cancelled|error)"/.test(text) && /"eval"\s*:\s*\{/.test(text))
    return 'inspect';
  return 'json-unknown';
}
