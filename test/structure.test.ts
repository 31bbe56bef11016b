// Does the house stand as it was drawn? Floors, cycles, neighbours, purity, file length, rules with docs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SRC = join(ROOT, 'src');

/** Lower floors first; a folder may import only from floors below its own. */
const FLOORS: readonly (readonly string[])[] = [
  ['domain'],
  ['paths', 'formats'],
  ['agents', 'coverage', 'evals', 'quality', 'outcomes'],
  ['rules'],
  ['policy'],
  ['checks'],
  ['history'],
  ['app', 'cli', 'report'],
  ['entry'],
];
/** Adapters know the domain only, and only these know them. */
const ADAPTERS = ['github', 'storage', 'threads'];
const KNOW_ADAPTERS = ['history', 'app', 'cli', 'entry'];
/** Clock, network, environment, files and threads enter here only. */
const IMPURE = ['app', 'cli', 'github', 'storage', 'threads', 'entry'];
const MAX_LINES = 400;

interface Source {
  readonly file: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources = walk(SRC)
  .filter((file) => file.endsWith('.ts'))
  .map(readSource);

describe('the house', () => {
  test('every folder has a floor', () => {
    const known = [...FLOORS.flat(), ...ADAPTERS];
    expect([...new Set(sources.map((s) => s.folder))].filter((folder) => !known.includes(folder))).toEqual(
      [],
    );
  });

  test('imports go only downward', () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((target) => target.startsWith(SRC))
        .filter((target) => !mayImport(source.folder, folderOf(target)))
        .map((target) => `${source.file} imports ${relative(ROOT, target)}`),
    );
    expect(wrong).toEqual([]);
  });

  test('there are no import cycles', () => {
    expect(findCycle()).toBeNull();
  });

  test('every import of ours leads to a file', () => {
    const dangling = sources.flatMap((s) =>
      s.imports.filter((t) => t.startsWith(SRC) && !existsSync(t)).map((t) => `${s.file} -> ${t}`),
    );
    expect(dangling).toEqual([]);
  });

  test('only src/github imports Octokit', () => {
    expect(
      sources.filter((s) => s.folder !== 'github' && /from '@octokit\//.test(s.text)).map((s) => s.file),
    ).toEqual([]);
  });

  test('nothing below the adapters touches clock, randomness, network, environment or files', () => {
    const forbidden =
      /\bfrom 'node:(fs|fs\/promises|http|https|net|child_process|os|process|dns|worker_threads)'|\bprocess\.(env|cwd|argv)\b|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(/;
    expect(
      sources.filter((s) => !IMPURE.includes(s.folder) && forbidden.test(s.text)).map((s) => s.file),
    ).toEqual([]);
  });

  test(`no file is longer than ${MAX_LINES} lines`, () => {
    expect(
      sources
        .map((s) => `${s.file} ${s.text.split('\n').length}`)
        .filter((row) => Number(row.split(' ')[1]) > MAX_LINES),
    ).toEqual([]);
  });

  test('every file opens with the question it answers', () => {
    expect(sources.filter((s) => !/^(#!.*\n)?\/\/ .*\S/.test(s.text)).map((s) => s.file)).toEqual([]);
  });

  test('every rule has its doc and a test with a blocking fixture', () => {
    const rules = sources.filter((s) => s.folder === 'rules' && /= defineRule\(/.test(s.text));
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) {
      const doc = join(ROOT, rule.file.replace(/\.ts$/, '.md'));
      const spec = join(ROOT, rule.file.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts'));
      expect([rule.file, existsSync(doc), existsSync(spec)]).toEqual([rule.file, true, true]);
      expect(readFileSync(spec, 'utf8')).toMatch(/'(fail|waiting)'/);
      const name = rule.file.replace(/^.*\/(.*)\.ts$/, '$1');
      expect(rule.text).toContain(`name: '${name}'`);
    }
  });

  test('the top level holds only what was agreed', () => {
    const allowed =
      /^(\..*|src|config|test|docs|dist|node_modules|coverage|data|app\.yml|package(-lock)?\.json|tsconfig.*\.json|biome\.json|knip\.json|jest\.config\.mjs|README\.md|LICENSE|Dockerfile|compose\.yml)$/;
    expect(readdirSync(ROOT).filter((name) => !allowed.test(name))).toEqual([]);
  });
});

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  if (from === 'entry') return true;
  if (ADAPTERS.includes(from)) return to === 'domain';
  if (ADAPTERS.includes(to)) return KNOW_ADAPTERS.includes(from);
  const floor = (folder: string) => FLOORS.findIndex((names) => names.includes(folder));
  return floor(to) < floor(from);
}

function folderOf(file: string): string {
  const parts = relative(SRC, file).split('/');
  return parts.length === 1 ? 'entry' : parts[0]!;
}

function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    join(dirname(file), match[1]!.replace(/\.js$/, '.ts')),
  );
  return { file: relative(ROOT, file), folder: folderOf(file), text, imports };
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function findCycle(): string | null {
  const graph = new Map(sources.map((s) => [join(ROOT, s.file), s.imports]));
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string | null => {
    if (trail.includes(file))
      return [...trail.slice(trail.indexOf(file)), file].map((f) => relative(ROOT, f)).join(' -> ');
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
