// Who owns a path by CODEOWNERS?
// https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners

/** GitHub ignores a larger file altogether: then nobody owns anything. */
const MAX_BYTES = 3 * 1024 * 1024;

export interface Codeowners {
  readonly rules: readonly CodeownersRule[];
}

interface CodeownersRule {
  /** 1-based. */
  readonly line: number;
  /** `@user`, `@org/team` or an e-mail. Empty: the rule takes ownership away. */
  readonly owners: readonly string[];
  readonly segments: readonly string[];
}

/** Lines that GitHub would reject (a negation, a range, an owner that is none) own nothing, as on GitHub. */
export function parseCodeowners(text: string): Codeowners {
  if (Buffer.byteLength(text) > MAX_BYTES) return { rules: [] };
  const rules: CodeownersRule[] = [];
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const [pattern, ...owners] = wordsOf(raw);
    if (pattern === undefined || /^!|[[\]]|^\/$/.test(pattern) || !owners.every(isOwner)) return;
    rules.push({ line: index + 1, owners, segments: segmentsOf(pattern) });
  });
  return { rules };
}

/** Owners of the last rule that matches, in the order of the file. Empty: nobody owns it. */
export function ownersOf(codeowners: Codeowners, path: string): readonly string[] {
  const names = path.split('/');
  for (let index = codeowners.rules.length - 1; index >= 0; index -= 1) {
    const rule = codeowners.rules[index]!;
    if (matches(rule.segments, names)) return rule.owners;
  }
  return [];
}

/** Splits at blanks that no backslash escapes; `#` begins a comment. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!;
    if (character === '\\' && at + 1 < line.length) {
      at += 1;
      word += line[at] === ' ' || line[at] === '#' ? line[at] : `\\${line[at]}`;
    } else if (character === '#' && word === '') break;
    else if (/\s/.test(character)) {
      if (word !== '') words.push(word);
      word = '';
    } else word += character;
  }
  if (word !== '') words.push(word);
  return words;
}

function isOwner(word: string): boolean {
  return /^@[^@\s]+$/.test(word) || /^[^@\s]+@[^@\s]+$/.test(word);
}

/**
 * A pattern with a slash before its end is anchored at the root, any other matches at every depth.
 * A name at the end also means everything below it, except `*`: `docs/*` is one level only.
 */
function segmentsOf(pattern: string): readonly string[] {
  const anchored = pattern.slice(0, -1).includes('/');
  const names = pattern.replace(/^\//, '').split('/');
  const last = names.at(-1)!;
  const below = last === '' ? [...names.slice(0, -1), '**', '*'] : last === '**' ? [...names, '*'] : names;
  const open = last === '' || last === '*' || last === '**' ? below : [...below, '**'];
  return anchored ? open : ['**', ...open];
}

/** `**` stands for any number of folders, none included. Linear memory, no backtracking blow-up. */
function matches(segments: readonly string[], names: readonly string[]): boolean {
  let reachable = new Set([0]);
  for (const segment of segments) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (segment === '**') for (let skip = at; skip <= names.length; skip += 1) next.add(skip);
      else if (at < names.length && matchesName(segment, names[at]!)) next.add(at + 1);
    }
    if (next.size === 0) return false;
    reachable = next;
  }
  return reachable.has(names.length);
}

/** `*` is any run of characters, `?` is one. */
function matchesName(glob: string, name: string): boolean {
  if (!glob.includes('*') && !glob.includes('?') && !glob.includes('\\')) return glob === name;
  let at = 0;
  let tried = 0;
  let star = -1;
  let mark = 0;
  while (at < name.length) {
    const escaped = glob[tried] === '\\' && tried + 1 < glob.length;
    const wanted = escaped ? glob[tried + 1] : glob[tried];
    if (!escaped && wanted === '*') {
      star = tried;
      mark = at;
      tried += 1;
    } else if (tried < glob.length && ((!escaped && wanted === '?') || wanted === name[at])) {
      at += 1;
      tried += escaped ? 2 : 1;
    } else if (star !== -1) {
      tried = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (glob[tried] === '*') tried += 1;
  return tried === glob.length;
}
