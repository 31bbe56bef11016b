import { describe, expect, test } from '@jest/globals';
import { eachMember } from '../../src/formats/json-members.js';
import { eachLine } from '../../src/formats/text.js';
import { Unreadable } from '../../src/formats/unreadable.js';
import { createRandom, inPieces } from './streams.js';

async function lines(content: string | Uint8Array, size?: number): Promise<readonly string[]> {
  const all: string[] = [];
  await eachLine('a', inPieces(content, size), (line, number) => void all.push(`${number} ${line}`));
  return all;
}

describe('lines', () => {
  test.each([1, 2, 3, 100])('are the same in pieces of %i bytes', async (size) => {
    expect(await lines('\uFEFFTN:\r\nSF:café\n\n日本', size)).toEqual(['1 TN:', '2 SF:café', '3 ', '4 日本']);
  });

  test('of nothing are none, and of one byte are one', async () => {
    expect(await lines('')).toEqual([]);
    expect(await lines('x')).toEqual(['1 x']);
  });

  test('without an end are refused, not gathered', async () => {
    await expect(lines('x'.repeat(1_000_000), 4096)).rejects.toThrow(
      'a, line 1: longer than 65536 characters',
    );
  });
});

async function members(json: string | Uint8Array, size?: number): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  await eachMember('a.json', inPieces(json, size), (key, value) => void all.push([key, value]));
  return all;
}

describe('members of a JSON object', () => {
  const JSON_TEXT =
    ' {"a\\"}{,": {"b": [1, {"c": "},\\\\"}]} , "é" :null,"":"x\\u0041","n":-1.5e3,"__proto__":{"x":1}}\n';

  test.each([1, 3, 1000])('come one by one, in pieces of %i bytes', async (size) => {
    expect(await members(JSON_TEXT, size)).toEqual([
      ['a"}{,', { b: [1, { c: '},\\' }] }],
      ['é', null],
      ['', 'xA'],
      ['n', -1500],
      ['__proto__', { x: 1 }],
    ]);
  });

  test('of an empty object are none', async () => {
    expect(await members(' { } ')).toEqual([]);
  });

  test.each([
    ['[1]', 'it is not a JSON object'],
    ['"x"', 'it is not a JSON object'],
    ['', 'the JSON is cut short'],
    ['{"a":1', 'the JSON is cut short'],
    ['{"a":"x', 'the JSON is cut short'],
    ['{"a":1}}', 'something follows the end'],
    ['{"a":1} {"b":2}', 'something follows the end'],
    ['{"a":1,}', 'the JSON is malformed'],
    ['{,"a":1}', 'the JSON is malformed'],
    ['{"a":1]', 'the JSON is malformed'],
    ['{"a":[1}]}', 'the JSON is malformed'],
    ['{"a":NaN}', 'the JSON is malformed'],
    ['{a:1}', 'the JSON is malformed'],
  ])('%s is refused', async (json, message) => {
    await expect(members(json)).rejects.toThrow(`a.json: ${message}`);
  });

  test('one that is too large is refused before it is gathered', async () => {
    async function* endless() {
      yield Buffer.from('{"a":"');
      for (;;) yield Buffer.alloc(1024 * 1024, 'x');
    }
    await expect(eachMember('a.json', endless(), () => undefined)).rejects.toMatchObject({
      kind: 'too-large',
    });
  });

  test('agree with JSON.parse on damaged input', async () => {
    const random = createRandom(6);
    const whole = '{"a":{"s":{"0":1},"m":[1,2,"x"]},"b":{"s":{"0":"\\"{"}}}';
    for (let round = 0; round < 2000; round += 1) {
      const bytes = Buffer.from(whole);
      bytes[Math.floor(random() * bytes.length)] = 32 + Math.floor(random() * 95);
      const text = bytes.toString();
      const ours = await members(text).catch((error: unknown) => error);
      let theirs: unknown = null;
      try {
        theirs = JSON.parse(text);
      } catch {}
      if (theirs === null) expect(ours).toBeInstanceOf(Unreadable);
      else expect(Object.fromEntries(ours as [string, unknown][])).toEqual(theirs);
    }
  });
});
