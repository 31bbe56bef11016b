// Does `outcomes` answer every message in order, and believe of a clone only what its history confirms?
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OutcomeLine } from '../../src/cli/outcomes.js';
import { createRepository, type GitFixture } from './git-fixture.js';
import { run } from './program.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function writeLines(name: string, ...rows: readonly unknown[]): string {
  const file = join(folder, name);
  writeFileSync(file, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
  return file;
}

const numbered = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, i) => `${word} ${i}\n`).join('');

const KIM = ['-c', 'user.name=Kim', '-c', 'user.email=kim@acme.dev'] as const;

function revertIn(repo: GitFixture, sha: string): string {
  repo.git(...KIM, 'revert', '--no-edit', sha);
  return repo.git('rev-parse', 'HEAD');
}

async function outcomesOf(
  repo: GitFixture,
  ...flags: readonly string[]
): Promise<ReadonlyMap<string, OutcomeLine>> {
  const { code, out, err } = await run('outcomes', '--repo', repo.folder, '--format', 'jsonl', ...flags);
  if (code !== 0) throw new Error(err);
  const lines = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as OutcomeLine);
  return new Map(lines.map((line) => [line.sha, line]));
}

describe('outcomes --jsonl', () => {
  test('answers each message in order, with what names the row', async () => {
    const file = writeLines(
      'rows.jsonl',
      { repo: 'acme/shop', sha: 'a'.repeat(40), message: 'Revert "Add a cart (#30)" (#31)', kind: 'ignored' },
      { message: 'Add totals\n\nBroken by #12.' },
      '',
      {
        repo: 'acme/shop',
        sha: null,
        message: 'Merge pull request #3 from kim/x\n\nRevert "Add debug output"',
      },
    );
    const { code, out } = await run('outcomes', '--jsonl', file);
    expect(code).toBe(0);
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        repo: 'acme/shop',
        sha: 'a'.repeat(40),
        reverts: ['title:Add a cart (#30)'],
        targets: [
          {
            names: ['title:Add a cart (#30)', 30],
            form: 'quoted-title',
            partial: false,
            sure: true,
            said: 'Revert "Add a cart (#30)"',
          },
        ],
        relands: [],
        causes: [],
        is_revert_like: true,
        is_revert_of_revert: false,
      },
      {
        repo: null,
        sha: null,
        reverts: [],
        targets: [],
        relands: [],
        causes: [12],
        is_revert_like: false,
        is_revert_of_revert: false,
      },
      {
        repo: 'acme/shop',
        sha: null,
        reverts: [],
        targets: [
          {
            names: ['title:Add debug output'],
            form: 'quoted-title',
            partial: false,
            sure: false,
            said: 'Revert "Add debug output"',
          },
        ],
        relands: [],
        causes: [],
        is_revert_like: true,
        is_revert_of_revert: false,
      },
    ]);
  });

  test.each([
    ['not JSON', '{"message":', /rows-bad\.jsonl:2: the line is not JSON/],
    ['no message', { sha: 'x' }, /rows-bad\.jsonl:2: not a commit: message/],
    ['a message that is no text', { message: 7 }, /rows-bad\.jsonl:2: not a commit: message/],
  ])('stops loudly at a line that is %s', async (_, line, expected) => {
    const { code, out, err } = await run(
      'outcomes',
      '--jsonl',
      writeLines('rows-bad.jsonl', { message: 'a' }, line),
    );
    expect(code).toBe(2);
    expect(out.split('\n').filter(Boolean).length).toBe(1);
    expect(err).toMatch(expected);
  });

  test.each([[[]], [['--jsonl', 'a', '--repo', '.']]])('needs one source: %j', async (flags) => {
    expect((await run('outcomes', ...flags)).code).toBe(2);
  });
});

describe('outcomes --repo', () => {
  test('links a revert to its change, with the share and the form', async () => {
    const repo = createRepository();
    repo.commit({ 'a.txt': 'start\n' }, 'start');
    const change = repo.commit({ 'a.txt': `start\n${numbered(10)}` }, 'Add lines (#30)');
    revertIn(repo, change);
    const by = repo.git('rev-parse', 'HEAD');
    const lines = await outcomesOf(repo);
    expect(lines.get(change)).toMatchObject({
      outcome: 'reverted',
      by,
      share: 1,
      pullRequest: 30,
      title: 'Add lines (#30)',
    });
    expect(lines.get(change)?.evidence).toMatchObject([
      { kind: 'revert', proof: 'diff', by, form: 'quoted-title', share: 1 },
    ]);
    expect(lines.get(by)?.reverts).toEqual([change]);
  });

  test('drops a revert whose lines still stand', async () => {
    const repo = createRepository();
    const change = repo.commit({ 'a.txt': numbered(100) }, 'Add lines');
    const by = repo.commit({ 'b.txt': 'x\n' }, `Revert "Add lines"\n\nThis reverts commit ${change}.`);
    const lines = await outcomesOf(repo);
    expect(lines.has(change)).toBe(false);
    expect(lines.get(by)?.unresolved).toEqual([{ named: 'title:Add lines', why: 'not undone' }]);
  });

  test('tells a partial revert by its share', async () => {
    const repo = createRepository();
    const change = repo.commit({ 'a.txt': numbered(10) }, 'Add lines');
    repo.commit({ 'a.txt': numbered(7) }, `Partially revert ${change}`);
    expect((await outcomesOf(repo)).get(change)).toMatchObject({
      outcome: 'reverted',
      share: expect.closeTo(0.3),
    });
  });

  test('clears a change once its revert is reverted, and again marks it', async () => {
    const repo = createRepository();
    repo.commit({ 'a.txt': 'start\n' }, 'start');
    const change = repo.commit({ 'a.txt': numbered(10) }, 'Add lines');
    const first = revertIn(repo, change);
    const second = revertIn(repo, first);
    const cleared = await outcomesOf(repo);
    expect(cleared.get(change)).toMatchObject({ outcome: 'kept', share: 0 });
    expect(cleared.get(change)?.evidence.map((one) => one.kind)).toEqual(['revert', 'reland']);
    expect(cleared.get(first)?.outcome).toBe('kept');
    revertIn(repo, second);
    expect((await outcomesOf(repo)).get(change)).toMatchObject({ outcome: 'reverted', by: first });
  });

  test('a reland clears what it brings back, named by its title', async () => {
    const repo = createRepository();
    repo.commit({ 'a.txt': 'start\n' }, 'start');
    const change = repo.commit({ 'a.txt': numbered(10) }, 'Add lines');
    revertIn(repo, change);
    const again = repo.commit({ 'a.txt': numbered(10) }, 'Reland "Add lines" with a fix (#33)');
    const lines = await outcomesOf(repo);
    expect(lines.get(change)?.outcome).toBe('kept');
    expect(lines.get(again)?.reverts ?? []).toEqual([]);
  });

  test('a commit rebased away is found by its title', async () => {
    const repo = createRepository();
    repo.commit({ 'a.txt': 'start\n' }, 'start');
    const change = repo.commit({ 'a.txt': numbered(10) }, 'Add lines to a');
    repo.commit({ 'a.txt': 'start\n' }, `Revert "Add lines to a"\n\nThis reverts commit ${'d0'.repeat(20)}.`);
    expect((await outcomesOf(repo)).get(change)?.outcome).toBe('reverted');
  });

  test('a commit inside a merged pull request leads to its merge', async () => {
    const repo = createRepository();
    repo.commit({ 'a.txt': 'start\n' }, 'start');
    repo.git('switch', '-qc', 'cart');
    const inner = repo.commit({ 'cart.txt': numbered(10) }, 'Add a cart file');
    repo.commit({ 'tax.txt': 'tax\n' }, 'Add taxes');
    repo.git('switch', '-q', 'main');
    repo.git(...KIM, 'merge', '-q', '--no-ff', '-m', 'Merge pull request #30 from kim/cart\n\nCart', 'cart');
    const merge = repo.git('rev-parse', 'HEAD');
    repo.commit({ 'cart.txt': null }, `Drop it\n\nThis reverts commit ${inner.slice(0, 10)}.`);
    expect((await outcomesOf(repo)).get(merge)).toMatchObject({
      outcome: 'reverted',
      pullRequest: 30,
      share: expect.closeTo(10 / 11),
    });
  });

  test('a squash that reverts a commit of its own branch blames nothing on the trunk', async () => {
    const repo = createRepository();
    repo.commit({ 'a.txt': numbered(10) }, 'Add lines');
    const squash = repo.commit(
      { 'a.txt': numbered(5) },
      `Trim (#31)\n\n* Trim\n\n* Revert "Trim more"\n\nThis reverts commit ${'d0'.repeat(20)}.`,
    );
    const lines = await outcomesOf(repo);
    expect([...lines.keys()]).toEqual([]);
    expect(lines.has(squash)).toBe(false);
  });

  test('a fix counts for the change it blames if both touch a file', async () => {
    const repo = createRepository();
    const cart = repo.commit({ 'cart.txt': 'a\n' }, 'Add a cart');
    const tax = repo.commit({ 'tax.txt': 'a\n' }, 'Add taxes');
    const fix = repo.commit(
      { 'cart.txt': 'b\n' },
      `Round first\n\nRegression from ${cart.slice(0, 12)}, not broken by ${tax.slice(0, 12)}.`,
    );
    const lines = await outcomesOf(repo);
    expect(lines.get(cart)).toMatchObject({ outcome: 'hotfixed', by: fix });
    expect(lines.has(tax)).toBe(false);
  });

  test('a shallow clone says so and judges nothing by its first commit', async () => {
    const repo = createRepository();
    repo.commit({ 'a.txt': 'start\n' }, 'start');
    const change = repo.commit({ 'a.txt': numbered(10) }, 'Add lines');
    revertIn(repo, change);
    const by = repo.git('rev-parse', 'HEAD');
    const shallow = join(folder, 'shallow');
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${repo.folder}`, shallow], { stdio: 'pipe' });
    const { code, out, err } = await run('outcomes', '--repo', shallow, '--format', 'jsonl');
    expect(code).toBe(0);
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { sha: by, outcome: 'kept', unresolved: [{ named: 'title:Add lines', why: 'not found' }] },
    ]);
    expect(err).toMatch(/shallow: nothing is known before its 1 commits/);
  });

  test('junk in history is read: binary files and messages, an octopus, odd paths, submodules', async () => {
    const repo = createRepository();
    const first = repo.commit({ 'a b/ü.txt': numbered(5) }, 'Add ü');
    for (const name of ['one', 'two']) {
      repo.git('switch', '-qc', name, first);
      repo.commit({ [`${name}.txt`]: 'x\n' }, `Add ${name}`);
    }
    repo.git('switch', '-q', 'main');
    repo.git(...KIM, 'merge', '-q', '--no-ff', '-m', 'Merge both', 'one', 'two');
    const octopus = repo.git('rev-parse', 'HEAD');
    writeFileSync(
      join(repo.folder, 'logo.bin'),
      Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 37) % 256)),
    );
    const binary = repo.commit({ 'x.txt': 'x\n' }, `Add logo \u0001\u0007 ${'x'.repeat(100_000)}`);
    repo.commit({ 'logo.bin': null, 'x.txt': null }, `Reverts ${binary}`);
    repo.commit(
      { 'one.txt': null, 'two.txt': null },
      `Revert "Merge both"\n\nThis reverts commit ${octopus}.`,
    );
    repo.commit({ 'a b/ü.txt': null }, `Undo ${first}`);
    repo.git('update-index', '--add', '--cacheinfo', `160000,${first},sub`);
    repo.git(...KIM, 'commit', '-qm', 'Pin a submodule');
    const pin = repo.git('rev-parse', 'HEAD');
    // Adding all files drops the submodule that is not checked out.
    repo.commit({}, `Reverts ${pin}`);
    const lines = await outcomesOf(repo);
    for (const sha of [first, octopus, binary, pin])
      expect(lines.get(sha)).toMatchObject({ outcome: 'reverted', share: 1 });
  });

  test('where an object is missing, the link stands on ancestry, and the next one is compared', async () => {
    const repo = createRepository();
    const gone = repo.commit({ 'a.txt': numbered(10) }, 'Add lines');
    const blob = repo.git('rev-parse', `${gone}:a.txt`);
    repo.commit({ 'a.txt': 'x\n' }, `Reverts ${gone}`);
    const whole = repo.commit({ 'b.txt': numbered(10, 'other') }, 'Add b');
    repo.commit({ 'b.txt': null }, `Reverts ${whole}`);
    rmSync(join(repo.folder, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    const lines = await outcomesOf(repo);
    expect(lines.get(gone)).toMatchObject({
      outcome: 'reverted',
      share: null,
      evidence: [{ proof: 'ancestry' }],
    });
    expect(lines.get(whole)).toMatchObject({ outcome: 'reverted', share: 1, evidence: [{ proof: 'diff' }] });
  });

  test('--since leaves out what was merged before', async () => {
    const repo = createRepository();
    const change = repo.commit({ 'a.txt': numbered(10) }, 'Add lines');
    repo.commit({ 'a.txt': '' }, `Reverts ${change}`);
    expect((await outcomesOf(repo, '--since', '2001-01-01')).size).toBe(2);
    expect((await outcomesOf(repo, '--since', '2999-01-01')).size).toBe(0);
  });

  test('incidents and rollbacks are taken from files', async () => {
    const repo = createRepository();
    const first = repo.commit({ 'a.txt': 'a\n' }, 'Add a (#1)');
    const second = repo.commit({ 'a.txt': 'b\n' }, 'Add b (#2)');
    const third = repo.commit({ 'a.txt': 'c\n' }, 'Add c (#3)');
    const at = (hour: number) => `2025-01-01T0${hour}:00:00Z`;
    const issue = {
      number: 9,
      title: 'Down',
      labels: [{ name: 'Incident' }],
      body: 'root cause: #1',
      created_at: at(5),
    };
    const status = (deployment_id: number, sha: string, hour: number) => ({
      deployment_id,
      sha,
      environment: 'production',
      state: 'success',
      created_at: at(hour),
    });
    const lines = await outcomesOf(
      repo,
      '--issues',
      writeLines('issues.jsonl', issue, { ...issue, number: 10, body: 'root cause: #77' }),
      '--deployments',
      writeLines('deployments.jsonl', status(1, first, 1), status(2, third, 2), status(3, first, 3)),
    );
    expect(lines.get(first)).toMatchObject({ outcome: 'incident', by: '#9', at: at(5) });
    expect(lines.get(second)).toMatchObject({ outcome: 'rolled-back', by: '3' });
    expect(lines.get(third)).toMatchObject({ outcome: 'rolled-back', by: '3' });
  });

  test('reads for people, without the terminal codes of titles', async () => {
    const repo = createRepository();
    const change = repo.commit({ 'a.txt': numbered(10) }, 'Add \u001b[31mred\u001b[0m lines (#30)');
    repo.commit({ 'a.txt': numbered(2) }, `Reverts ${change}`);
    repo.commit({ 'b.txt': 'b\n' }, 'Reverts #99');
    const { out } = await run('outcomes', '--repo', repo.folder);
    const dated = out
      .replace(/\b(?:[0-9a-f]{40}|[0-9a-f]{10})\b/g, '<sha>')
      .replace(/\d{4}-\d{2}-\d{2}/g, '<day>');
    expect(dated).toMatchInlineSnapshot(`
"reverted    <sha> #30 <day> Add red lines (#30)
              undone by <sha> <day> · full, 80 % of its lines · sha: Reverts <sha>
3 changes on the trunk: 1 reverted, 0 reverted and brought back, 0 repaired by a fix that names them.
Reverts that name a change not in this history: 1. Reverts of a change whose lines still stand: 0.
"
`);
  });

  test.each([
    [['--repo', '/nonexistent'], /No such file|not a git repository|cannot change/i],
    [['--repo', '.', '--ref', 'no-such-branch'], /No commit "no-such-branch"/],
    [['--repo', '.', '--since', 'yesterday'], /--since yesterday is no time/],
    [
      ['--repo', '.', '--issues', '/nonexistent.jsonl'],
      /Cannot read \/nonexistent\.jsonl: there is no such file/,
    ],
    [['--repo', '.', '--issues', '.'], /Cannot read \.: it is a folder/],
  ])('wrong usage is told: %j', async (flags, expected) => {
    const { code, err } = await run('outcomes', ...flags);
    expect([code, err]).toEqual([2, expect.stringMatching(expected)]);
  });
});
