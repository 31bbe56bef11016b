// Which files does the default branch's .gitattributes mark as generated or vendored?
// Only that branch's copy may be asked: in the change itself anybody could mark anything.
// https://git-scm.com/docs/gitattributes, https://github.com/github-linguist/linguist/blob/main/docs/overrides.md
import { compileGlob, findGlobProblem, type Matcher } from '../paths/glob.js';

const MAX_LINES = 10_000;
const MAX_LINE = 2048;

/** `null`: the file was not read, so nothing is known to be generated. The last line that says so of a path counts. */
export function readGenerated(text: string | null): (path: string) => boolean {
  const rules = (text ?? '').split(/\r?\n/, MAX_LINES).flatMap(readLine);
  if (rules.length === 0) return () => false;
  return (path) => MARKS.some((mark) => isMarked(path, mark, rules));
}

const MARKS = ['linguist-generated', 'linguist-vendored'] as const;
type Mark = (typeof MARKS)[number];

interface Rule {
  readonly matches: Matcher;
  readonly says: Readonly<Partial<Record<Mark, boolean>>>;
}

function isMarked(path: string, mark: Mark, rules: readonly Rule[]): boolean {
  for (let at = rules.length - 1; at >= 0; at -= 1) {
    const said = rules[at]!.says[mark];
    if (said !== undefined && rules[at]!.matches(path)) return said;
  }
  return false;
}

function readLine(line: string): readonly Rule[] {
  if (line.length > MAX_LINE || /^\s*(#|$|\[attr\])/.test(line)) return [];
  const [pattern, rest] = splitPattern(line.trim());
  // Git forbids negative patterns in this file and leaves them out.
  if (pattern === null || pattern.startsWith('!')) return [];
  const says: Partial<Record<Mark, boolean>> = {};
  for (const word of rest.split(/[ \t]+/)) {
    const found = /^([-!]?)(linguist-generated|linguist-vendored)(?:=(.*))?$/.exec(word);
    if (found === null) continue;
    says[found[2] as Mark] = found[1] === '' && !/^(?:false|0|no|off)$/i.test(found[3] ?? '');
  }
  if (Object.keys(says).length === 0) return [];
  const matches = compile(pattern);
  return matches === null ? [] : [{ matches, says }];
}

/** A pattern in double quotes may hold blanks. */
function splitPattern(line: string): readonly [string | null, string] {
  if (!line.startsWith('"')) {
    const [pattern = '', ...rest] = line.split(/[ \t]+/);
    return [pattern, rest.join(' ')];
  }
  const quoted = /^"((?:[^"\\]|\\.)*)"[ \t]+(.*)$/.exec(line);
  return quoted === null ? [null, ''] : [quoted[1]!.replace(/\\(["\\])/g, '$1'), quoted[2]!];
}

/** As in .gitignore: without a slash at any depth, otherwise from the root. A pattern for folders matches no file. */
function compile(pattern: string): Matcher | null {
  if (pattern.endsWith('/')) return null;
  // Braces mean nothing to git.
  const plain = pattern.replace(/[{}]/g, '\\$&');
  const glob = plain.includes('/') ? plain.replace(/^\//, '') : `**/${plain}`;
  // What cannot be read marks nothing, which asks for more, never for less.
  return glob === '' || findGlobProblem(glob) !== null ? null : compileGlob(glob);
}
