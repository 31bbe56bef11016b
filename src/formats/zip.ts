// What files does a zip archive from a stranger hold?
// Nothing an archive says of itself is believed: bytes are counted as they come, and its names go to no disk.
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { code, type Message, say } from '../domain/message.js';
import type { NamedFile } from './named-file.js';
import { Unreadable } from './unreadable.js';

export interface ZipCaps {
  /** Of all entries together, unpacked. */
  readonly totalBytes: number;
  /** Unpacked bytes per packed byte, of one entry and of all together. */
  readonly ratio: number;
  /** Below so many unpacked bytes a high ratio harms nobody: a short file of one repeated line has one. */
  readonly ratioFrom: number;
  readonly entries: number;
}

const CAPS: ZipCaps = { totalBytes: 200 * 1024 * 1024, ratio: 100, ratioFrom: 1024 * 1024, entries: 10_000 };
const MAX_NAME = 1024;

/**
 * The files of an archive in its order, folders left out. Throws `Unreadable`: no zip, damaged (sizes and CRC-32 are
 * checked), encrypted, a link or device, a name that leaves the archive or comes twice, or over a cap.
 * An archive inside the archive stays a file: it is never unpacked.
 */
export async function* readZip(bytes: Uint8Array, caps: ZipCaps = CAPS): AsyncGenerator<NamedFile> {
  const zip = await open(bytes);
  if (zip.entryCount > caps.entries) {
    throw tooLarge(say`the archive lists ${zip.entryCount} files, more than ${caps.entries}`);
  }
  const names = new Set<string>();
  const meter: Meter = { caps, unpacked: 0, archive: bytes.byteLength };
  for (const entry of await listEntries(zip, caps.entries)) {
    // A folder has no content, but its name must be as harmless.
    refuseTricks(entry, names);
    if (entry.fileName.endsWith('/')) continue;
    yield { name: entry.fileName, chunks: unpack(zip, entry, meter) };
  }
}

interface Meter {
  readonly caps: ZipCaps;
  /** Size of the archive: files may share their packed bytes, so the sum of what they claim proves nothing. */
  readonly archive: number;
  unpacked: number;
}

async function open(bytes: Uint8Array): Promise<ZipFile> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return await fromBufferPromise(buffer, { lazyEntries: true, validateEntrySizes: true });
  } catch (error) {
    throw damaged(error);
  }
}

/** The whole directory first, so that no file of an archive with a forged name is handed out. */
async function listEntries(zip: ZipFile, most: number): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      entries.push(entry);
      if (entries.length > most) break;
    }
  } catch (error) {
    throw damaged(error);
  }
  if (entries.length > most) throw tooLarge(say`the archive holds more than ${most} files`);
  return entries;
}

const FILE_TYPE = 0o170000;
const PLAIN_TYPES = [0, 0o100000, 0o040000];

function refuseTricks(entry: Entry, names: Set<string>): void {
  const { fileName } = entry;
  // The upper half of the attributes is Unix's mode, whoever the archive says has made it.
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  if (fileName.length > MAX_NAME) {
    throw new Unreadable(say`a name in the archive is longer than ${MAX_NAME} characters`);
  }
  if (fileName === '' || fileName.includes('\0') || /(^|\/)\.{1,2}(\/|$)/.test(fileName)) {
    throw new Unreadable(say`the archive has a file with an impossible name, ${code(fileName)}`);
  }
  if (!PLAIN_TYPES.includes(type)) {
    throw new Unreadable(say`${code(fileName)} in the archive is a link or a device, not a file`);
  }
  if (names.has(fileName)) throw new Unreadable(say`the archive has two files named ${code(fileName)}`);
  if (entry.isEncrypted()) throw new Unreadable(say`${code(fileName)} in the archive is encrypted`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw new Unreadable(say`${code(fileName)} is packed by a method other than deflate`);
  }
  names.add(fileName);
}

async function* unpack(zip: ZipFile, entry: Entry, meter: Meter): AsyncGenerator<Uint8Array> {
  const { caps } = meter;
  let [size, checksum] = [0, 0];
  let stream: Readable | null = null;
  try {
    stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      meter.unpacked += chunk.length;
      if (meter.unpacked > caps.totalBytes) {
        throw tooLarge(say`unpacked, the archive is larger than ${toMegabytes(caps.totalBytes)} MB`);
      }
      const isBomb = size > caps.ratioFrom && size > entry.compressedSize * caps.ratio;
      const areBombs = meter.unpacked > caps.ratioFrom && meter.unpacked > meter.archive * caps.ratio;
      if (isBomb || areBombs) {
        throw tooLarge(say`${code(entry.fileName)} is packed more than ${caps.ratio} to 1, like a zip bomb`);
      }
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Unreadable ? error : damaged(error, entry.fileName);
  } finally {
    stream?.destroy();
  }
  if (checksum !== entry.crc32 >>> 0) {
    throw new Unreadable(say`${code(entry.fileName)} in the archive is damaged: its checksum does not fit`);
  }
}

function tooLarge(what: Message): Unreadable {
  return new Unreadable(what, 'too-large');
}

function damaged(error: unknown, name?: string): Unreadable {
  const cause = (error instanceof Error ? error.message : String(error)).slice(0, 200);
  return name === undefined
    ? new Unreadable(say`not a zip archive that can be read: ${cause}`)
    : new Unreadable(say`${code(name)} in the archive is damaged: ${cause}`);
}

function toMegabytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}
