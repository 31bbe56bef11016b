// Which members does a large JSON object have at its top, one after the other?
// Only one member is in memory at a time, so a report of hundreds of megabytes can be read.
import { code, say } from '../domain/message.js';
import { decodeText } from './text.js';
import { Unreadable } from './unreadable.js';

/** Of one member, in characters. */
const MAX_MEMBER = 64 * 1024 * 1024;

/** Calls back for every member of the object, parsed. Throws `Unreadable` for anything else, or JSON cut short. */
export async function eachMember(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  take: (key: string, value: unknown) => void,
): Promise<void> {
  const fail = (what: string) => new Unreadable(say`${code(name)}: ${what}`);
  let state = 'start' as 'start' | 'members' | 'end';
  let depth = 0;
  let isString = false;
  let isEscaped = false;
  let pieces: string[] = [];
  let size = 0;
  let isFirst = true;
  const keep = (piece: string) => {
    if (piece === '') return;
    pieces.push(piece);
    size += piece.length;
    if (size > MAX_MEMBER) {
      throw new Unreadable(
        say`${code(name)}: one entry is larger than ${MAX_MEMBER / 1024 / 1024} MB`,
        'too-large',
      );
    }
  };
  const finish = (isLast: boolean) => {
    const text = pieces.join('');
    pieces = [];
    size = 0;
    if (isLast && isFirst && text.trim() === '') return;
    isFirst = false;
    const [key, value] = parseMember(text, fail);
    take(key, value);
  };
  for await (const chunk of decodeText(chunks)) {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const sign = chunk.charCodeAt(at);
      if (isString) {
        if (isEscaped) isEscaped = false;
        else if (sign === BACKSLASH) isEscaped = true;
        else if (sign === QUOTE) isString = false;
        continue;
      }
      if (sign === SPACE || sign === LF || sign === CR || sign === TAB) continue;
      if (state === 'start') {
        if (sign !== OPEN_BRACE) throw fail('it is not a JSON object');
        state = 'members';
        from = at + 1;
      } else if (state === 'end') throw fail('something follows the end of the JSON object');
      else if (sign === QUOTE) isString = true;
      else if (sign === OPEN_BRACE || sign === OPEN_BRACKET) depth += 1;
      else if (sign === CLOSE_BRACE || sign === CLOSE_BRACKET) {
        if (depth > 0) depth -= 1;
        else {
          if (sign === CLOSE_BRACKET) throw fail('the JSON is malformed');
          keep(chunk.slice(from, at));
          finish(true);
          state = 'end';
        }
      } else if (sign === COMMA && depth === 0) {
        keep(chunk.slice(from, at));
        finish(false);
        from = at + 1;
      }
    }
    if (state === 'members') keep(chunk.slice(from));
  }
  if (state !== 'end') throw fail('the JSON is cut short');
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [SPACE, LF, CR, TAB] = [0x20, 0x0a, 0x0d, 0x09];

function parseMember(text: string, fail: (what: string) => Unreadable): readonly [string, unknown] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(`{${text}}`);
  } catch {
    throw fail('the JSON is malformed');
  }
  const members = Object.entries(parsed as object);
  if (members.length !== 1) throw fail('the JSON is malformed');
  return members[0]!;
}
