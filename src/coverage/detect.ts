// Which tool wrote this file? Judged by what stands in it, never by its name.
import type { NamedFile } from '../formats/named-file.js';
import type { CoverageTool } from './report.js';

/** What a file is: of a tool we read, nothing at all, an archive, or something else. */
export type Detected = CoverageTool | 'blank' | 'archive' | 'other';

/** Enough to get behind a licence header and to the first entry of a JSON report. */
const HEAD = 64 * 1024;

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
  const found = detectText(Buffer.concat(head));
  const all = async function* () {
    try {
      yield* head;
      if (!isOver) yield* { [Symbol.asyncIterator]: () => chunks };
    } finally {
      await chunks.return?.();
    }
  };
  return { found, file: { name: file.name, chunks: all() } };
}

function detectText(bytes: Buffer): Detected {
  if (/^(?:PK\x03\x04|PK\x05\x06|\x1f\x8b|7z\xbc\xaf|BZh|\xfd7zXZ)/.test(bytes.toString('latin1', 0, 8)))
    return 'archive';
  const text = decode(bytes.subarray(0, HEAD))
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text === '') return 'blank';
  if (text.startsWith('<')) return detectXml(text);
  if (text.startsWith('{')) return detectJson(text);
  if (/^mode: (?:set|count|atomic)\r?(?:\n|$)/.test(text)) return 'go';
  if (/^(?:#[^\n]*\n|\s*\n)*(?:TN|SF):/.test(text)) return 'lcov';
  return 'other';
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le');
  return bytes.toString('utf8');
}

function detectXml(text: string): Detected {
  const root = firstElement(text);
  if (root === null) return 'other';
  // Clover's root is named like Cobertura's.
  if (root.name === 'coverage') return /\sclover\s*=/.test(root.attributes) ? 'other' : 'cobertura';
  if (root.name === 'report' && /\sname\s*=/.test(root.attributes)) return 'jacoco';
  return 'other';
}

/** The root element, behind declarations, comments and the document type. */
function firstElement(text: string): { readonly name: string; readonly attributes: string } | null {
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf('<', at);
    if (start === -1) return null;
    const [opener, closer] = text.startsWith('<!--', start)
      ? ['<!--', '-->']
      : text.startsWith('<?', start)
        ? ['<?', '?>']
        : text.startsWith('<!', start)
          ? ['<!', '>']
          : ['<', '>'];
    const end = text.indexOf(closer, start + opener.length);
    if (end === -1) return null;
    if (opener === '<') {
      const tag = text.slice(start + 1, end);
      const name = /^[A-Za-z_][\w.-]{0,60}/.exec(tag)?.[0];
      return name === undefined ? null : { name, attributes: tag.slice(name.length) };
    }
    at = end + closer.length;
  }
  return null;
}

function detectJson(text: string): Detected {
  if (/^\{\s*\}\s*$/.test(text)) return 'blank';
  if (/^\{\s*"total"\s*:\s*\{[^{}]*"lines"\s*:\s*\{/.test(text)) return 'istanbul-summary';
  const entry = /^\{\s*"(?:[^"\\]|\\.){1,4096}"\s*:\s*\{\s*"(?:path|statementMap|data|s|all)"\s*:/.test(text);
  return entry && /"statementMap"\s*:/.test(text) ? 'istanbul' : 'other';
}
