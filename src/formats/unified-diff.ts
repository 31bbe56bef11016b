// What does git's raw diff say, file by file?
// Strict: hunks are read by their counts, so no line of a file can pose as a header, and what is cut short is `null`.

interface DiffHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** What git prints after `@@`: the function or section the hunk stands in. */
  readonly section: string;
  /** With their first character (blank, `+`, `-`, `\`) and a carriage return if the file has one. */
  readonly lines: readonly string[];
}

export interface DiffFile {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied';
  /** Path before the change; for an added file its own. */
  readonly oldPath: string;
  /** Path after the change; for a removed file its own. */
  readonly newPath: string;
  /** `100644`, `100755`, `120000`, `160000`; `null` where the diff does not say. */
  readonly oldMode: string | null;
  readonly newMode: string | null;
  /** Blob ids of the `index` line, mostly abbreviated. `null`: no such line, the content is the same. */
  readonly oldBlob: string | null;
  readonly newBlob: string | null;
  /** True if git showed no text for the change. */
  readonly binary: boolean;
  readonly hunks: readonly DiffHunk[];
}

/**
 * Parses the output of `git diff` (prefixes `a/` and `b/`). `null`: cut short, or not such a diff; never throws.
 * A diff cut exactly between two files cannot be told from a shorter one: count the files.
 */
export function parseUnifiedDiff(text: string): readonly DiffFile[] | null {
  if (text === '') return [];
  // Git ends every line, so a last line without an end was cut.
  if (!text.endsWith('\n')) return null;
  const lines = text.slice(0, -1).split('\n');
  const files: DiffFile[] = [];
  let at = 0;
  while (at < lines.length) {
    const parsed = parseFile(lines, at);
    if (parsed === null) return null;
    files.push(parsed.file);
    at = parsed.next;
  }
  return files;
}

const HEADER = 'diff --git ';

function parseFile(lines: readonly string[], start: number): { file: DiffFile; next: number } | null {
  const first = lines[start]!;
  if (!first.startsWith(HEADER)) return null;
  const head = parseExtendedHeader(lines, start + 1);
  if (head === null) return null;
  let at = head.next;
  const marks = parseMarks(lines, at);
  if (marks === 'malformed') return null;
  if (marks !== null) at += 2;
  const body = marks === null ? parseBinary(lines, at) : parseHunks(lines, at);
  if (body === null) return null;

  // Git names a file only for a reason, so a header with nothing below it was cut.
  if (body.next === start + 1) return null;
  const paths = pathsOf(first.slice(HEADER.length), head, marks);
  if (paths === null) return null;
  const status = head.status ?? 'modified';
  // The header and the marks must tell the same story, or one of them is forged.
  if (marks !== null && (marks.old === null) !== (status === 'added')) return null;
  if (marks !== null && (marks.new === null) !== (status === 'removed')) return null;
  const { oldMode, newMode, oldBlob, newBlob } = head;
  const { hunks, binary, next } = body;
  return { file: { status, ...paths, oldMode, newMode, oldBlob, newBlob, binary, hunks }, next };
}

interface ExtendedHeader {
  readonly status: DiffFile['status'] | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly oldMode: string | null;
  readonly newMode: string | null;
  readonly oldBlob: string | null;
  readonly newBlob: string | null;
  readonly next: number;
}

const MODE_LINE = /^(old mode|new mode|deleted file mode|new file mode) ([0-7]{6})$/;
const MOVE_LINE = /^(rename|copy) (from|to) ([\s\S]+)$/;
const INDEX_LINE = /^index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?$/;
const SIMILARITY_LINE = /^(dis)?similarity index \d{1,3}%$/;

function parseExtendedHeader(lines: readonly string[], start: number): ExtendedHeader | null {
  const head: { -readonly [K in keyof ExtendedHeader]: ExtendedHeader[K] } = {
    status: null,
    from: null,
    to: null,
    oldMode: null,
    newMode: null,
    oldBlob: null,
    newBlob: null,
    next: start,
  };
  for (; head.next < lines.length; head.next += 1) {
    const line = lines[head.next]!;
    const mode = MODE_LINE.exec(line);
    const move = MOVE_LINE.exec(line);
    const index = INDEX_LINE.exec(line);
    if (mode !== null) {
      if (mode[1] === 'new file mode') head.status = 'added';
      if (mode[1] === 'deleted file mode') head.status = 'removed';
      if (mode[1]!.startsWith('new')) head.newMode = mode[2]!;
      else head.oldMode = mode[2]!;
    } else if (move !== null) {
      const path = unquote(move[3]!);
      if (path === null) return null;
      head.status = move[1] === 'rename' ? 'renamed' : 'copied';
      head[move[2] as 'from' | 'to'] = path;
    } else if (index !== null) {
      head.oldBlob = index[1]!;
      head.newBlob = index[2]!;
      if (index[3] !== undefined) {
        head.oldMode = index[3];
        head.newMode = index[3];
      }
    } else if (!SIMILARITY_LINE.test(line)) break;
  }
  const moved = head.status === 'renamed' || head.status === 'copied';
  return moved === (head.from !== null && head.to !== null) ? head : null;
}

/** The lines `--- a/old` and `+++ b/new`; a side is `null` for `/dev/null`. */
function parseMarks(
  lines: readonly string[],
  at: number,
): { readonly old: string | null; readonly new: string | null } | null | 'malformed' {
  const [first, second] = [lines[at], lines[at + 1]];
  if (!first?.startsWith('--- ')) return null;
  if (!second?.startsWith('+++ ')) return 'malformed';
  const [before, after] = [parseMark(first.slice(4), 'a/'), parseMark(second.slice(4), 'b/')];
  return before === undefined || after === undefined ? 'malformed' : { old: before, new: after };
}

function parseMark(text: string, prefix: string): string | null | undefined {
  if (text === '/dev/null') return null;
  // Git sets a tab after a name with a blank, for tools that would end the name there.
  const path = unquote(text.endsWith('\t') ? text.slice(0, -1) : text);
  return path?.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

function pathsOf(
  header: string,
  head: ExtendedHeader,
  marks: { readonly old: string | null; readonly new: string | null } | null,
): { readonly oldPath: string; readonly newPath: string } | null {
  if (head.from !== null && head.to !== null) {
    const agree = marks === null || (marks.old === head.from && marks.new === head.to);
    return agree ? { oldPath: head.from, newPath: head.to } : null;
  }
  const same = samePath(header);
  const marked = marks === null ? same : (marks.old ?? marks.new);
  if (same === null || marked !== same) return null;
  if (marks !== null && marks.old !== null && marks.new !== null && marks.old !== marks.new) return null;
  return { oldPath: same, newPath: same };
}

/** `a/P b/P`: without a rename both halves are one path, so they split in the middle whatever the path holds. */
function samePath(header: string): string | null {
  const half = (header.length - 1) / 2;
  if (!Number.isInteger(half) || header[half] !== ' ') return null;
  const [before, after] = [unquote(header.slice(0, half)), unquote(header.slice(half + 1))];
  if (!before?.startsWith('a/') || !after?.startsWith('b/')) return null;
  return before.slice(2) === after.slice(2) ? before.slice(2) : null;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(?: ([\s\S]*))?$/;

function parseHunks(lines: readonly string[], start: number) {
  const hunks: DiffHunk[] = [];
  let at = start;
  while (at < lines.length && !lines[at]!.startsWith(HEADER)) {
    const match = HUNK.exec(lines[at]!);
    if (match === null) return null;
    const count = (text: string | undefined) => (text === undefined ? 1 : Number(text));
    const [oldLines, newLines] = [count(match[2]), count(match[4])];
    const body = parseHunkLines(lines, at + 1, oldLines, newLines);
    if (body === null) return null;
    const [oldStart, newStart] = [Number(match[1]), Number(match[3])];
    hunks.push({ oldStart, oldLines, newStart, newLines, section: match[5] ?? '', lines: body });
    at += 1 + body.length;
  }
  return hunks.length === 0 ? null : { hunks, binary: false, next: at };
}

function parseHunkLines(lines: readonly string[], start: number, before: number, after: number) {
  const body: string[] = [];
  let [left, right] = [before, after];
  for (let at = start; ; at += 1) {
    const line = lines[at];
    const mark = line?.[0];
    // "\ No newline at end of file" belongs to the line before it, also to the last one.
    if (mark === '\\' && body.length > 0) body.push(line!);
    else if (left === 0 && right === 0) return body;
    else if (mark === ' ' && left > 0 && right > 0) [left, right] = [left - 1, right - 1];
    else if (mark === '-' && left > 0) left -= 1;
    else if (mark === '+' && right > 0) right -= 1;
    else return null;
    if (mark !== '\\') body.push(line!);
  }
}

/** No text: binary, or nothing but names and modes changed. */
function parseBinary(lines: readonly string[], at: number) {
  const line = lines[at];
  if (line === undefined || line.startsWith(HEADER)) return { hunks: [], binary: false, next: at };
  if (/^Binary files [\s\S]* differ$/.test(line)) return { hunks: [], binary: true, next: at + 1 };
  if (line !== 'GIT binary patch') return null;
  let next = at + 1;
  // Base 85 has no blank, so none of its lines looks like a header.
  while (next < lines.length && !lines[next]!.startsWith(HEADER)) next += 1;
  return { hunks: [], binary: true, next };
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};

/** Undoes git's quoting: `"caf\303\251"` is `café`. `null`: broken, or no UTF-8, of which two may look the same. */
function unquote(text: string): string | null {
  if (!text.startsWith('"')) return text.includes('\uFFFD') ? null : text;
  if (text.length < 2 || !text.endsWith('"')) return null;
  const bytes: number[] = [];
  const inner = text.slice(1, -1);
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner[at]!;
    if (char === '"') return null;
    if (char !== '\\') {
      const whole = String.fromCodePoint(inner.codePointAt(at)!);
      bytes.push(...Buffer.from(whole, 'utf8'));
      at += whole.length - 1;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(inner.slice(at + 1, at + 4))?.[0];
    const escaped = ESCAPES[inner[at + 1] ?? ''];
    if (octal === undefined && escaped === undefined) return null;
    bytes.push(octal === undefined ? escaped! : Number.parseInt(octal, 8));
    at += octal === undefined ? 1 : 3;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}
