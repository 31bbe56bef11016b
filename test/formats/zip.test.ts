import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Unreadable } from '../../src/formats/unreadable.js';
import { readZip, type ZipCaps } from '../../src/formats/zip.js';
import { makeZip, type ZipPart } from './make-zip.js';
import { createRandom, gather } from './streams.js';

const MB = 1024 * 1024;

async function unzip(bytes: Uint8Array, caps?: ZipCaps): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, chunks } of readZip(bytes, caps)) files[name] = (await gather(chunks)).toString();
  return files;
}

async function refusal(bytes: Uint8Array, caps?: ZipCaps): Promise<Unreadable> {
  const caught = await unzip(bytes, caps).then(
    () => null,
    (error) => error,
  );
  expect(caught).toBeInstanceOf(Unreadable);
  return caught as Unreadable;
}

describe('an honest archive', () => {
  test('gives its files in order, packed or not, and no folders', async () => {
    const zip = makeZip([
      { name: 'coverage/', mode: 0o040755, method: 0 },
      { name: 'coverage/lcov.info', content: 'TN:\n' },
      { name: 'café/日本.json', content: '{}', method: 0 },
      { name: 'empty', content: '' },
      { name: 'made-on-windows', content: 'x', mode: 0 },
    ]);
    expect(await unzip(zip)).toEqual({
      'coverage/lcov.info': 'TN:\n',
      'café/日本.json': '{}',
      empty: '',
      'made-on-windows': 'x',
    });
  });

  test('a file may be skipped', async () => {
    const names: string[] = [];
    for await (const { name } of readZip(makeZip([{ name: 'a' }, { name: 'b', content: 'x' }])))
      names.push(name);
    expect(names).toEqual(['a', 'b']);
  });

  test('no file at all is no error', async () => {
    expect(await unzip(makeZip([]))).toEqual({});
  });

  test('an archive in the archive stays a file', async () => {
    const inner = makeZip([{ name: '../../etc/passwd', content: 'x' }]);
    for await (const { chunks } of readZip(makeZip([{ name: 'inner.zip', content: inner }]))) {
      expect(await gather(chunks)).toEqual(inner);
    }
  });

  test('many megabytes come through whole', async () => {
    const random = createRandom(1);
    const line = () => `DA:${Math.floor(random() * 1e6)},${Math.floor(random() * 9)}\n`;
    const content = Array.from({ length: 500_000 }, line).join('');
    expect((await unzip(makeZip([{ name: 'a', content }]))).a).toBe(content);
  });
});

describe('a bomb', () => {
  const zeros = (size: number): ZipPart => ({ name: 'zeros', content: Buffer.alloc(size) });

  test('of one file is stopped when its ratio shows', async () => {
    const error = await refusal(makeZip([zeros(20 * MB)]));
    expect(error.kind).toBe('too-large');
    expect(error.message).toBe('zeros is packed more than 100 to 1, like a zip bomb');
  });

  test('beside honest files is stopped by its own ratio', async () => {
    const random = createRandom(7);
    const noise = Buffer.from(Array.from({ length: MB }, () => random() * 256));
    const error = await refusal(makeZip([{ name: 'noise', content: noise, method: 0 }, zeros(20 * MB)]));
    expect(error.message).toBe('zeros is packed more than 100 to 1, like a zip bomb');
  });

  test('that claims to be small is stopped all the same', async () => {
    const error = await refusal(makeZip([{ ...zeros(20 * MB), size: 10 }]));
    expect(error.message).toMatch(/^zeros in the archive is damaged: too many bytes in the stream/);
  });

  test('that claims to be packed badly is stopped by the size of the archive', async () => {
    const content = Buffer.alloc(20 * MB);
    const packed = deflateRawSync(content);
    const padding = { name: 'padding', content: Buffer.alloc(MB / 8, 'ab'), method: 0 };
    const bomb = { name: 'zeros', content, packed, packedSize: packed.length + 60_000 };
    const error = await refusal(makeZip([bomb, padding]));
    expect(error.kind).toBe('too-large');
  });

  test('of files that share their bytes is stopped by the size of the archive', async () => {
    const first = { name: 'f0', content: Buffer.alloc(1_000_000) };
    const parts = Array.from({ length: 100 }, (_, i) =>
      i === 0 ? first : { ...first, name: `f${i}`, sameAs: 0 },
    );
    expect(await refusal(makeZip(parts))).toMatchObject({ kind: 'too-large' });
  });

  test('below the ratio is stopped at the sum of bytes', async () => {
    const random = createRandom(2);
    const noise = Buffer.from(Array.from({ length: 3000 }, () => Math.floor(random() * 256)));
    const parts = ['a', 'b', 'c'].map((name) => ({ name, content: noise, method: 0 }));
    const caps = { totalBytes: 8000, ratio: 100, ratioFrom: MB, entries: 10 };
    expect(await refusal(makeZip(parts), caps)).toMatchObject({ kind: 'too-large' });
    expect(Object.keys(await unzip(makeZip(parts), { ...caps, totalBytes: 9000 }))).toHaveLength(3);
  });

  test('the cap of 200 MB is met by counting, not by believing', async () => {
    const random = createRandom(3);
    // About 40 to 1: below the ratio, so only the sum can stop it.
    const block = Buffer.alloc(64 * 1024, 'x');
    for (let at = 0; at < 1200; at += 1) block[Math.floor(random() * block.length)] = random() * 256;
    const content = Buffer.concat(Array.from({ length: 16 * 10 }, () => block));
    const packed = deflateRawSync(content);
    expect(content.length / packed.length).toBeLessThan(100);
    const zip = makeZip(Array.from({ length: 21 }, (_, i) => ({ name: `f${i}`, content, packed })));
    let size = 0;
    const drain = async () => {
      for await (const { chunks } of readZip(zip)) for await (const chunk of chunks) size += chunk.length;
    };
    await expect(drain()).rejects.toThrow('unpacked, the archive is larger than 200 MB');
    expect(size).toBeLessThanOrEqual(200 * MB);
  });

  test('of 10,001 files is not even begun', async () => {
    const parts = Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}`, method: 0 }));
    expect(await refusal(makeZip(parts))).toMatchObject({
      kind: 'too-large',
      message: 'the archive lists 10001 files, more than 10000',
    });
    expect(Object.keys(await unzip(makeZip(parts.slice(1))))).toHaveLength(10_000);
  });

  test('a short file of one repeated line is no bomb', async () => {
    const content = 'DA:1,0\n'.repeat(100_000);
    expect(await unzip(makeZip([{ name: 'a', content }]))).toEqual({ a: content });
  });
});

describe('an archive with tricks', () => {
  test.each<[string, ZipPart[], RegExp]>([
    ['a path that leaves it', [{ name: '../evil' }], /invalid relative path/],
    ['one that leaves it in the middle', [{ name: 'a/../../evil' }], /invalid relative path/],
    ['an absolute path', [{ name: '/etc/passwd' }], /absolute path/],
    ['a drive', [{ name: 'C:\\evil' }], /absolute path/],
    ['backslashes that leave it', [{ name: '..\\evil' }], /invalid relative path/],
    ['a dot', [{ name: './a' }], /impossible name/],
    ['a folder that leaves it', [{ name: 'a/../../' }], /invalid relative path/],
    ['a zero byte in a name', [{ name: 'a\0.txt' }], /impossible name/],
    ['a name without end', [{ name: 'x'.repeat(2000) }], /longer than 1024/],
    ['no name', [{ name: '' }], /impossible name/],
    ['a symbolic link', [{ name: 'a', content: '/etc/passwd', mode: 0o120777 }], /link or a device/],
    ['a device', [{ name: 'a', mode: 0o020666 }], /link or a device/],
    ['a pipe', [{ name: 'a', mode: 0o010666 }], /link or a device/],
    [
      'the same name twice',
      [
        { name: 'a', content: '1' },
        { name: 'a', content: '2' },
      ],
      /two files named a/,
    ],
    ['encryption', [{ name: 'a', flags: 1 }], /encrypted/],
    ['a packing nobody checked', [{ name: 'a', method: 93 }], /other than deflate/],
    ['a wrong checksum', [{ name: 'a', content: 'abc', crc: 1 }], /checksum does not fit/],
    ['fewer bytes than it says', [{ name: 'a', content: 'abc', size: 4 }], /damaged: not enough bytes/],
    ['more bytes than it has', [{ name: 'a', content: 'abc', packedSize: 9_999_999 }], /damaged/],
    [
      'bytes that are not packed at all',
      [{ name: 'a', content: 'abc', packed: Buffer.from('zzzz') }],
      /damaged/,
    ],
  ])('%s is refused', async (_, parts, message) => {
    expect((await refusal(makeZip(parts))).message).toMatch(message);
  });

  test('a trick in the last name stops the first file too', async () => {
    const files = readZip(makeZip([{ name: 'good', content: 'x' }, { name: '../evil' }]));
    await expect(files.next()).rejects.toBeInstanceOf(Unreadable);
  });

  test.each([
    ['fewer files than it has', 1],
    ['more files than it has', 3],
  ])('%s in its last record', async (_, entryCount) => {
    const zip = makeZip([{ name: 'a' }, { name: 'b' }], { entryCount });
    const result = await unzip(zip).then(Object.keys, (error) => error);
    if (entryCount === 3) expect(result).toBeInstanceOf(Unreadable);
    else expect(result).toEqual(['a']);
  });
});

describe('what is no archive', () => {
  test.each([
    ['nothing', ''],
    ['text', 'TN:\nSF:a\n'],
    ['a page that says no', '<html>404</html>'.repeat(100)],
    ['the beginning of one', makeZip([{ name: 'a', content: 'x'.repeat(1000) }]).subarray(0, 40)],
  ])('%s is refused', async (_, content) => {
    expect((await refusal(Buffer.from(content))).message).toMatch(/^not a zip archive that can be read/);
  });

  test('damaged anywhere, it is read, or refused, and never more', async () => {
    const random = createRandom(4);
    const whole = makeZip([
      { name: 'a', content: 'TN:\nSF:a\nDA:1,1\nend_of_record\n'.repeat(50) },
      { name: 'b', content: 'b', method: 0 },
    ]);
    let refused = 0;
    for (let round = 0; round < 500; round += 1) {
      const damaged = Buffer.from(whole);
      for (let hits = 0; hits <= round % 4; hits += 1) {
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      }
      const cut = round % 5 === 0 ? damaged.subarray(0, Math.floor(random() * damaged.length)) : damaged;
      const result = await unzip(cut).catch((error: unknown) => error);
      if (result instanceof Unreadable) refused += 1;
      else expect(Object.keys(result as object).length).toBeLessThanOrEqual(2);
    }
    expect(refused).toBeGreaterThan(100);
  });
});
