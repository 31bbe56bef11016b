// Is the likely meaning found, and an unlikely one kept quiet?
import { describe, expect, test } from '@jest/globals';
import { enumerate, nearest, show } from '../../src/policy/suggest.js';

describe('nearest', () => {
  const words = ['propose', 'merge', 'approvals', 'quality_delta', 'for'];

  test.each([
    ['propse', 'propose'],
    ['porpose', 'propose'],
    ['Merge', 'merge'],
    ['approval', 'approvals'],
    ['quality-delta', 'quality_delta'],
    ['fro', 'for'],
    ['halt', null],
    ['x', null],
    ['', null],
  ])('of %j is %j', (word, expected) => {
    expect(nearest(word, words)).toBe(expected);
  });

  test('is null when nothing is known', () => {
    expect(nearest('propose', [])).toBeNull();
  });

  test('of a very long word is found without comparing all of it', () => {
    expect(nearest('a'.repeat(100_000), words)).toBeNull();
  });
});

describe('enumerate', () => {
  test('lists thirty words and counts the rest', () => {
    const words = Array.from({ length: 32 }, (_, index) => `w${index}`);
    expect(enumerate(words.slice(0, 30))).toMatch(/^w0, .*, w29$/);
    expect(enumerate(words)).toMatch(/, w29 and 2 more$/);
  });
});

describe('show', () => {
  test.each([
    ['text', '"text"'],
    ['say "x"', '"say \\"x\\""'],
    ['line\nbreak', '"line\\nbreak"'],
    ['\u202eevil\u200b', '"\\u202eevil\\u200b"'],
    ['a'.repeat(200), `"${'a'.repeat(59)}…"`],
    [7, '7'],
    [true, 'true'],
    [null, 'an empty value'],
    [undefined, 'nothing'],
    [[1], 'a list'],
    [{ a: 1 }, 'a mapping'],
  ])('of %j is %s', (value, expected) => {
    expect(show(value)).toBe(expected);
  });
});
