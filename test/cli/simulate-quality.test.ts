// Does simulate judge the quality delta offline, by the history of the clone and coverage from files?
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { COPILOT, createRepository, type GitFixture } from './git-fixture.js';
import { run } from './program.js';

const DAY = 86_400;
const NOW = Math.floor(Date.now() / 1000);
const ago = (days: number) => NOW - days * DAY;
const KIM = { name: 'Kim', email: '77+kim@users.noreply.github.com' };
const lines = (count: number, word: string) =>
  `${Array.from({ length: count }, (_, at) => `${word} ${at}`).join('\n')}\n`;

let repo: GitFixture;
let folder: string;

function policy(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'agent-policy-policy-')), 'policy.yml');
  writeFileSync(file, `version: 1\nowner: "@acme/platform"\ntrace: { required: false }\n${text}`);
  return file;
}

const simulate = (head: string, text: string, ...more: readonly string[]) =>
  run('simulate', '--repo', repo.folder, '--base', 'main', '--head', head, '--policy', policy(text), ...more);

/** The rule's own lines. */
function quality(out: string): string {
  const from = out.indexOf('quality-delta');
  const rest = out.slice(out.lastIndexOf('\n', from) + 1);
  return rest.slice(0, rest.search(/\n(?=[✔✘?–⧗!] |Not known|Who wrote)/) + 1 || undefined);
}

beforeAll(() => {
  repo = createRepository();
  folder = mkdtempSync(join(tmpdir(), 'agent-policy-coverage-'));
  repo.commit({ 'src/tax.ts': lines(20, 'rate') }, 'Begin', KIM, ago(300));
  for (let day = 200; day > 100; day -= 2) {
    const broken = repo.commit({ 'src/tax.ts': lines(20 + day, 'rate') }, `Set it to ${day}`, KIM, ago(day));
    if (day % 10 !== 0) continue;
    repo.gitAt(ago(day - 1), 'revert', '--no-edit', broken);
  }
  for (let day = 100; day > 1; day -= 2)
    repo.commit({ 'docs/a.md': `${day}\n` }, `Say ${day}`, KIM, ago(day));
  const branch = (name: string, files: Record<string, string>) => {
    repo.git('checkout', '-q', '-b', name, 'main');
    repo.commit(files, 'Disable the tax for now', COPILOT);
    repo.git('checkout', '-q', 'main');
  };
  branch('copilot/large', { 'src/tax.ts': lines(900, 'new'), 'src/more.ts': lines(300, 'more') });
  branch('copilot/small', { 'docs/a.md': 'Said.\n' });
  writeFileSync(
    join(folder, 'lcov.info'),
    `SF:src/tax.ts\n${Array.from({ length: 900 }, (_, at) => `DA:${at + 1},${at < 300 ? 1 : 0}`).join('\n')}\nend_of_record\n`,
  );
});

describe('simulate judges the quality delta offline', () => {
  test('a large change to what failed often is below the limit, and says why', async () => {
    const ran = await simulate('copilot/large', 'quality_delta: { fail_below: -20 }\n');
    const said = quality(ran.out);
    expect(said).toMatch(/Blocked\s+quality-delta/);
    expect(said).toMatch(/quality delta −\d+(\.\d)? \(limit −20\)/);
    expect(said).toMatch(
      /History −\d+(\.\d)?: \d+(\.\d)? % chance of a revert, (above|twice|\d+ times) the usual\./,
    );
    expect(said).toMatch(/Size −\d+(\.\d)?: 1\d\d\d lines in 2 files, top 1 % of the merged changes\./);
    expect(ran.code).toBe(1);
  });

  test('a small change is above it', async () => {
    const ran = await simulate('copilot/small', 'quality_delta: { fail_below: -20 }\n');
    expect(quality(ran.out)).toMatch(/Passed\s+quality-delta/);
    expect(ran.out).not.toContain('history is not known');
  });

  test('coverage given as a file is held against the limit', async () => {
    const text = 'quality_delta: { coverage: { artifact: coverage, patch_min: 80% } }\n';
    const file = join(folder, 'lcov.info');
    const ran = await simulate('copilot/large', text, '--coverage', file);
    expect(quality(ran.out)).toMatch(/33% of new lines tested \(80% needed\)/);
    expect(quality(ran.out)).toMatch(/tests run 300 of 900 new lines/);
    expect(ran.code).toBe(1);
    const without = await simulate('copilot/large', text);
    expect(quality(without.out)).toMatch(/Waiting\s+quality-delta/);
    expect(without.code).toBe(8);
  });

  test('coverage of a pull request on GitHub is not given as a file', async () => {
    const ran = await run('simulate', '--pr', 'acme/shop#1', '--coverage', join(folder, 'lcov.info'));
    expect(ran.err).toContain('--coverage goes with --repo');
    expect(ran.code).toBe(2);
  });

  test('a young clone says that it knows too little, not that the change is fine', async () => {
    const young = createRepository();
    young.commit({ 'src/a.ts': '1\n' }, 'Begin', KIM);
    young.git('checkout', '-q', '-b', 'copilot/one');
    young.commit({ 'src/a.ts': '2\n' }, 'Change', COPILOT);
    const file = policy('quality_delta: { fail_below: -20 }\n');
    const ran = await run(
      'simulate',
      '--repo',
      young.folder,
      '--base',
      'main',
      '--head',
      'copilot/one',
      '--policy',
      file,
    );
    expect(quality(ran.out)).toContain('no delta yet, 2 lines');
    expect(quality(ran.out)).not.toMatch(/% chance of a revert, /);
  });
});
