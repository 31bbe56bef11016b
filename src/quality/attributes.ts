// Which files does the default branch's .gitattributes mark as generated or vendored?
// Only that branch's copy may be asked: in the change itself anybody could mark anything.
// https://git-scm.com/docs/gitattributes, https://github.com/github-linguist/linguist/blob/main/docs/overrides.md
import { compileGlob, findGlobProblem, type Matcher } from '../paths/glob.js';

const MAX_LINES = 10_000;
/** Patterns with wildcards are tried one by one on every path; names without them are looked up. */
const MAX_WILDCARDS = 1000;
const MAX_LINE = 2048;

/** `null`: the file was not read, so nothing is known to be generated. The last line that says so of a path counts. */
export function readGenerated(text: string | null): (path: string) => boolean {
  const exact = new Map<string, Rule[]>();
  const wildcards: WildcardRule[] = [];
  (text ?? '').split(/\r?\n/, MAX_LINES).forEach((line, at) => {
    const read = readLine(line);
    if (read === null) return;
    const { pattern, says } = read;
    if (!/[*?[\\]/.test(pattern)) {
      const key = pattern.includes('/') ? `/${pattern.replace(/^\//, '')}` : pattern;
      exact.set(key, [...(exact.get(key) ?? []), { at, says }]);
      return;
    }
    const matches = wildcards.length < MAX_WILDCARDS ? compile(pattern) : null;
    if (matches !== null) wildcards.push({ at, says, matches });
  });
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const named = [...(exact.get(`/${path}`) ?? []), ...(exact.get(name) ?? [])];
    if (named.length === 0 && wildcards.length === 0) return false;
    const rules = [...named, ...wildcards.filter(({ matches }) => matches(path))];
    return MARKS.some((mark) => lastWord(mark, rules));
  };
}

const MARKS = ['linguist-generated', 'linguist-vendored'] as const;
type Mark = (typeof MARKS)[number];
type Says = Readonly<Partial<Record<Mark, boolean>>>;

interface Rule {
  /** Line it stands in. */
  readonly at: number;
  readonly says: Says;
}

interface WildcardRule extends Rule {
  readonly matches: Matcher;
}

function lastWord(mark: Mark, rules: readonly Rule[]): boolean {
  let last: Rule | null = null;
  for (const rule of rules)
    if (rule.says[mark] !== undefined && (last === null || rule.at >= last.at)) last = rule;
  return last?.says[mark] ?? false;
}

function readLine(line: string): { readonly pattern: string; readonly says: Says } | null {
  if (line.length > MAX_LINE || /^\s*(#|$|\[attr\])/.test(line)) return null;
  const [pattern, rest] = splitPattern(line.trim());
  // Git forbids negative patterns in this file and leaves them out.
  if (pattern === null || pattern === '' || pattern === '/' || pattern.startsWith('!')) return null;
  const says: Partial<Record<Mark, boolean>> = {};
  for (const word of rest.split(/[ \t]+/)) {
    const found = /^([-!]?)(linguist-generated|linguist-vendored)(?:=(.*))?$/.exec(word);
    if (found === null) continue;
    says[found[2] as Mark] = found[1] === '' && !/^(?:false|0|no|off)$/i.test(found[3] ?? '');
  }
  return Object.keys(says).length === 0 ? null : { pattern, says };
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
