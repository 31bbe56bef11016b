// Does a walk give exactly what parsing the whole would give at the wanted places?
import { describe, expect, test } from '@jest/globals';
import { type JsonShape, walkJson } from '../../src/formats/json-walk.js';
import { createRandom, inPieces } from './streams.js';

const VALUE: JsonShape = { kind: 'value' };
const walk = (text: string | Uint8Array, shape: JsonShape, size = 5, hasConstants = false) =>
  walkJson('f', inPieces(text, size), shape, { hasConstants });

function listOf(of: JsonShape): { readonly items: unknown[]; readonly shape: JsonShape } {
  const items: unknown[] = [];
  return { items, shape: { kind: 'list', of, take: (item) => items.push(item) } };
}

describe('a walk', () => {
  test('keeps the wanted members, hands over items, passes over the rest', async () => {
    const { items, shape } = listOf({ kind: 'object', members: { a: VALUE } });
    const text =
      '{"x":[{"deep":"}]\\""}],"list":[{"a":1,"b":{"a":2}},{"b":"]"},null,7],"kept":{"y":[1,"\\u0041"]}}';
    const found = await walk(text, { kind: 'object', members: { list: shape, kept: VALUE, none: VALUE } });
    expect(found).toEqual({ list: true, kept: { y: [1, 'A'] } });
    expect(items).toEqual([{ a: 1 }, {}, null, 7]);
  });

  test('gives what JSON.parse gives, for any value in pieces of any size', async () => {
    const random = createRandom(7);
    for (let round = 0; round < 300; round += 1) {
      const value = anyValue(random, 4);
      const text = JSON.stringify(value, null, round % 3);
      const { items, shape } = listOf(VALUE);
      const members = { wanted: VALUE, list: shape };
      const document = `{"before":${text},"wanted":${text} ,"list":[${text},${text}],"after":${text}}`;
      const found = await walk(document, { kind: 'object', members }, 1 + Math.floor(random() * 9));
      expect(found).toEqual({ wanted: value, list: true });
      expect(items).toEqual([value, value]);
      expect(await walk(text, VALUE, 3)).toEqual(value);
    }
  });

  test('hands over scalars where an object or a list may be', async () => {
    const { items, shape } = listOf({ kind: 'object', members: {} });
    const inner: JsonShape = { kind: 'object', members: {} };
    expect(await walk('{"a":null,"b":12}', { kind: 'object', members: { a: inner, b: shape } })).toEqual({
      a: null,
      b: 12,
    });
    expect(items).toEqual([]);
  });

  test('reads the constants of Python only where it is told to, and never inside text', async () => {
    const text = '{"a":[NaN,-Infinity,"NaN \\" Infinity",{"NaN":1}]}';
    const shape: JsonShape = { kind: 'object', members: { a: VALUE } };
    expect(await walk(text, shape, 5, true)).toEqual({ a: [null, null, 'NaN " Infinity', { NaN: 1 }] });
    await expect(walk(text, shape)).rejects.toThrow('malformed');
  });

  test('reads UTF-16 and a byte order mark', async () => {
    expect(await walk(Buffer.from('\uFEFF{"a":"é"}', 'utf16le'), VALUE, 3)).toEqual({ a: 'é' });
    expect(await walk('\uFEFF{"a":"é"}', VALUE, 1)).toEqual({ a: 'é' });
  });

  test.each([
    ['', 'cut short'],
    ['{', 'cut short'],
    ['{"a":"', 'cut short'],
    ['{"a"', 'cut short'],
    ['{"a":1', 'cut short'],
    ['{"a":[1,{}', 'cut short'],
    ['{"a":1}}', 'follows the end'],
    ['{"a":1}x', 'follows the end'],
    ['{"a":1,}', 'malformed'],
    ['{"a":1 2}', 'malformed'],
    ['{"a":}', 'malformed'],
    ['{"a",1}', 'malformed'],
    ['{a:1}', 'malformed'],
    ['{"z":[1}]', 'malformed'],
    ['{"z":{]}', 'malformed'],
    ['{"a":tru}', 'malformed'],
    ['{"list":[1,]}', 'malformed'],
    ['{"list":[,1]}', 'malformed'],
    ['{"list":{}}', 'list is not a list'],
    ['{"inner":[]}', 'inner is not an object'],
    ['[]', 'it is not an object'],
    ['{"a":1,"\\u0061":2}', '"a" stands twice'],
  ])('%j: %s', async (text, message) => {
    const { shape } = listOf(VALUE);
    const members = { a: VALUE, list: shape, inner: { kind: 'object', members: {} } as const };
    for (const size of [1, 3, 100]) {
      await expect(walk(text, { kind: 'object', members }, size)).rejects.toThrow(message);
    }
  });

  test('a million unwanted members leave nothing behind', async () => {
    const members = Array.from({ length: 200_000 }, (_, n) => `"m${n}":${n}`).join(',');
    expect(await walk(`{${members},"a":1}`, { kind: 'object', members: { a: VALUE } }, 65536)).toEqual({
      a: 1,
    });
  });
});

function anyValue(random: () => number, depth: number): unknown {
  const pick = Math.floor(random() * (depth === 0 ? 5 : 7));
  const texts = ['', 'a"b', '\\', '\\"', '{[', ']}', 'é🙂', '\n\t', '\\u0041', ','];
  switch (pick) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return Math.round((random() - 0.5) * 1e6) / 100;
    case 3:
    case 4:
      return texts[Math.floor(random() * texts.length)];
    case 5:
      return Array.from({ length: Math.floor(random() * 4) }, () => anyValue(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 4) }, (_, n) => [
          `${texts[Math.floor(random() * texts.length)]}${n}`,
          anyValue(random, depth - 1),
        ]),
      );
  }
}
