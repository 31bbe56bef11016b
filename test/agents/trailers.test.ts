// Are trailers read as git reads them, and per commit in a squashed message?
import { describe, expect, test } from '@jest/globals';
import { parseTrailers } from '../../src/agents/trailers.js';

const pairs = (text: string, kind: 'message' | 'body' = 'message') =>
  parseTrailers(text, kind).map(({ key, value }) => `${key}=${value}`);

describe('trailers', () => {
  test.each([
    ['the last paragraph', 'Add\n\nWhy.\n\nKey: a\nOther-Key: b', ['Key=a', 'Other-Key=b']],
    ['CRLF', 'Add\r\n\r\nKey: a\r\n', ['Key=a']],
    ['a folded line', 'Add\n\nKey: a\n  b\nNext: c', ['Key=a b', 'Next=c']],
    ['space before the colon', 'Add\n\nKey : a', ['Key=a']],
    ['several blocks at the end', 'Add\n\nKey: a\n\nhttps://example.com/x\n\nNext: c', ['Next=c', 'Key=a']],
    ['a cherry-pick note at the end', 'Add\n\nKey: a\n\n(cherry picked from commit 0a1b2c3d4e5f)', ['Key=a']],
    ['a footer within the block', 'Add\n\n💖 Generated with Crush\nKey: a', ['Key=a']],
    [
      'each part of a squash',
      'Add (#1)\n\n* one\n\nKey: a\n\n* two\n\nWhy.\n\nKey: b\n\n---------\n\nKey: c',
      ['Key=a', 'Key=b', 'Key=c'],
    ],
    ['not the subject', 'Key: a', []],
    ['a block above a note', 'Add\n\nKey: a\n\n# Conflicts:\n#\tsrc/a.ts', ['Key=a']],
    ['not the middle of a paragraph', 'Add\n\nWrite\nKey: a\nthere.\n\nThat was all.', []],
    ['not an indented example', 'Add\n\nWrite:\n\n    Key: a', []],
    ['not a URL', 'Add\n\nhttps://example.com', []],
    ['not an empty value', 'Add\n\nKey:', []],
  ])('%s', (_what, message, expected) => {
    expect(pairs(message)).toEqual(expected);
  });

  test('a body has no subject', () => {
    expect(pairs('Key: a', 'body')).toEqual(['Key=a']);
  });
});
