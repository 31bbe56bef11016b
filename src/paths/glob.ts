// Which files does a glob mean, and is the glob itself one that should be accepted?
// Dotfiles match like any other file: without that, `src/**` would leave out `src/.env`.
import { Minimatch, type MinimatchOptions, minimatch } from 'minimatch';

export type Matcher = (path: string) => boolean;

const MAX_ALTERNATIVES = 64;

const OPTIONS: MinimatchOptions = {
  dot: true,
  nonegate: true,
  nocomment: true,
  platform: 'linux',
  braceExpandMax: MAX_ALTERNATIVES + 1,
};

/** True for a path that any of the globs means. Compile once and keep: compiling costs more than matching. */
export function compileGlobs(patterns: readonly string[]): Matcher {
  const matchers = patterns.map(compileGlob);
  if (matchers.length === 1) return matchers[0]!;
  return (path) => matchers.some((matches) => matches(path));
}

/** One glob. Accents match whether they are composed or not, as file systems take them for the same. */
export function compileGlob(pattern: string): Matcher {
  const composed = compose(pattern);
  const matches = shortcut(composed) ?? general(composed);
  return (path) => matches(compose(path));
}

/** What is wrong with a glob that has the right length and first character; `null` if nothing is. */
export function findGlobProblem(pattern: string): string | null {
  const quoted = (text: string) => JSON.stringify(text);
  if (/[\p{Cc}]/u.test(pattern)) return 'A glob has no line breaks or control characters.';
  if (pattern !== pattern.trim())
    return `A glob does not begin or end with a space: write ${quoted(pattern.trim())}.`;
  if (pattern.startsWith('/'))
    return `Globs begin at the root of the repository, without a slash: write ${quoted(pattern.replace(/^\/+/, '') || '**')}.`;
  if (pattern.startsWith('./'))
    return `Globs begin at the root of the repository, without ./: write ${quoted(pattern.replace(/^(\.\/+)+/, '') || '**')}.`;
  if (pattern.endsWith('/'))
    return `A glob means files, and this names a folder: write ${quoted(`${pattern.replace(/\/+$/, '')}/**`)}.`;
  if (/(^|\/)\.{0,2}(\/|$)/.test(pattern))
    return 'A glob has no empty, "." or ".." parts between its slashes: no path has them.';
  if (/\\([\p{L}\p{N}_*]|$)/u.test(pattern))
    return `Folders are parted by /, and \\ only takes the meaning from a sign such as [: write ${quoted(pattern.replace(/\\+/g, '/'))}.`;
  const open = findUnclosed(pattern);
  if (open !== null) return `The ${open} is never closed. To mean the sign itself, write \\${open}.`;
  if (minimatch.braceExpand(pattern, OPTIONS).length > MAX_ALTERNATIVES)
    return `The braces stand for more than ${MAX_ALTERNATIVES} globs. Use * or fewer alternatives.`;
  return null;
}

/** What a glob that is accepted may mean otherwise than was wished; `null` if nothing. */
export function findGlobSurprise(pattern: string): string | null {
  const bracketed = /(?:^|\/)\[(\.{0,3}[A-Za-z][A-Za-z]+)\](?:\/|$)/.exec(pattern)?.[1];
  if (bracketed !== undefined)
    return `[${bracketed}] means one character out of "${bracketed}". A folder of that name is \\[${bracketed}\\].`;
  if (!pattern.includes('/') && /^\*\.[^*]/.test(pattern))
    return `"${pattern}" means files at the root only. In every folder it is "**/${pattern}".`;
  return null;
}

let last = { text: '', composed: '' };

/** The same path is asked of hundreds of globs in a row, so the last answer is kept. */
function compose(text: string): string {
  if (last.text !== text)
    last = { text, composed: /^[\x00-\x7f]*$/.test(text) ? text : text.normalize('NFC') };
  return last.composed;
}

const MAGIC = /[*?[\]{}\\]|[!+@]\(/;

/** The commonest forms without the matching engine: a plain path, everything, one folder, one ending. */
function shortcut(pattern: string): Matcher | null {
  if (!MAGIC.test(pattern)) return (path) => path === pattern;
  if (pattern === '**') return (path) => path !== '';
  if (pattern.endsWith('/**') && !MAGIC.test(pattern.slice(0, -3))) {
    const folder = pattern.slice(0, -2);
    return (path) => path.length > folder.length && path.startsWith(folder);
  }
  if (pattern.startsWith('**/*.') && !MAGIC.test(pattern.slice(4)) && !pattern.slice(4).includes('/')) {
    const ending = pattern.slice(4);
    return (path) => path.endsWith(ending);
  }
  return null;
}

/** The engine, asked only about paths that have the glob's literal parts: it is slower by two orders. */
function general(pattern: string): Matcher {
  const engine = new Minimatch(pattern, OPTIONS);
  const prefix = pattern.slice(0, pattern.search(MAGIC));
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  // Only * and ? are left: then every literal folder, and what follows the last sign, must be in the path.
  const isPlain = !/[[\]{}\\]|[!?+*@]\(/.test(pattern);
  const parts = isPlain ? pattern.split('/') : [];
  const ending = /[^*?]*$/.exec(parts.at(-1) ?? '')![0];
  const longest = parts
    .filter((part) => !MAGIC.test(part))
    .reduce((best, part) => (part.length > best.length ? part : best), '');
  return (path) =>
    path.startsWith(folder) && path.endsWith(ending) && path.includes(longest) && engine.match(path);
}

function findUnclosed(pattern: string): '{' | '[' | null {
  let braces = 0;
  let bracket = false;
  for (let index = 0; index < pattern.length; index++) {
    const sign = pattern[index];
    if (sign === '\\') index++;
    else if (bracket) bracket = sign !== ']' || pattern[index - 1] === '[';
    else if (sign === '[') bracket = true;
    else if (sign === '{') braces++;
    else if (sign === '}' && braces > 0) braces--;
  }
  if (bracket) return '[';
  return braces > 0 ? '{' : null;
}
