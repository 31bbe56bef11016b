// Makes a zip archive byte by byte, so that it can also be one that lies.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** Instead of what the content packs to. */
  readonly packed?: Uint8Array;
  readonly method?: number;
  /** What both headers say, if not the truth. */
  readonly size?: number;
  readonly packedSize?: number;
  readonly crc?: number;
  /** Unix mode of the file, `0o120777` for a link. */
  readonly mode?: number;
  readonly flags?: number;
  /** Shares the bytes of the part with this index. */
  readonly sameAs?: number;
}

export function makeZip(parts: readonly ZipPart[], lies: { readonly entryCount?: number } = {}): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const part of parts) {
    const content = Buffer.from(part.content ?? '');
    const method = part.method ?? 8;
    const packed = Buffer.from(part.packed ?? (method === 0 ? content : deflateRawSync(content)));
    const name = Buffer.from(part.name);
    const fields = Buffer.alloc(22);
    fields.writeUInt16LE(part.flags ?? 0x800, 0);
    fields.writeUInt16LE(method, 2);
    fields.writeUInt32LE((part.crc ?? crc32(content)) >>> 0, 8);
    fields.writeUInt32LE((part.packedSize ?? packed.length) >>> 0, 12);
    fields.writeUInt32LE((part.size ?? content.length) >>> 0, 16);
    fields.writeUInt16LE(name.length, 20);
    const local = Buffer.concat([bytes(0x04034b50, 4), bytes(20, 2), fields, bytes(0, 2), name, packed]);
    const start = part.sameAs === undefined ? offset : offsets[part.sameAs]!;
    offsets.push(start);
    if (part.sameAs === undefined) {
      bodies.push(local);
      offset += local.length;
    }
    const mode = part.mode ?? 0o100644;
    directory.push(
      Buffer.concat([
        bytes(0x02014b50, 4),
        bytes(0x0314, 2),
        bytes(20, 2),
        fields,
        bytes(0, 8),
        bytes((mode << 16) >>> 0, 4),
        bytes(start, 4),
        name,
      ]),
    );
  }
  const table = Buffer.concat(directory);
  const count = lies.entryCount ?? parts.length;
  const end = Buffer.concat([
    bytes(0x06054b50, 4),
    bytes(0, 4),
    bytes(count, 2),
    bytes(count, 2),
    bytes(table.length, 4),
    bytes(offset, 4),
    bytes(0, 2),
  ]);
  return Buffer.concat([...bodies, table, end]);
}

function bytes(value: number, width: number): Buffer {
  const buffer = Buffer.alloc(width);
  buffer.writeUIntLE(value, 0, Math.min(width, 6));
  return buffer;
}
