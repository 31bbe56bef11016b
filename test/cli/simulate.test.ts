// Does simulate judge a local change as the check would, and is what git cannot tell never counted as met?
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { COPILOT, createRepository, type GitFixture } from './git-fixture.js';
import { run } from './program.js';

const POLICY = `version: 1
owner: "@acme/platform"
trace: { required: true }
zones:
  infrastructure:
    paths: ["infra/**"]
    propose: 2
  docs: { paths: ["docs/**"], merge: 2 }
`;
const TRACE = 'Agent-Logs-Url: https://github.com/acme/shop/sessions/4f0c2b1e-8a3d-4b6e-9c55-0d1e2f3a4b5c';

let repo: GitFixture;
const simulate = (head: string, ...more: readonly string[]) =>
  run('simulate', '--repo', repo.folder, '--base', 'main', '--head', head, ...more);

beforeAll(() => {
  repo = createRepository();
  repo.commit(
    { '.github/agent-policy.yml': POLICY, 'infra/vpc.tf': 'a\nb\nc\nd\ne\n', 'src/a.ts': 'a\n' },
    'Begin',
  );
  const branch = (name: string, change: () => void) => {
    repo.git('checkout', '-q', '-b', name, 'main');
    change();
    repo.git('checkout', '-q', 'main');
  };
  branch('tidy', () => repo.commit({ 'src/a.ts': 'b\n' }, 'Tidy up'));
  branch('copilot/fix-src', () => repo.commit({ 'src/a.ts': 'c\n' }, `Fix it\n\n${TRACE}`, COPILOT));
  branch('copilot/fix-infra', () => repo.commit({ 'infra/vpc.tf': 'x\n' }, `Fix it\n\n${TRACE}`, COPILOT));
  branch('copilot/move-out', () =>
    repo.commit({ 'infra/vpc.tf': null, 'lib/vpc.tf': 'a\nb\nc\nd\ne\n' }, `Move it\n\n${TRACE}`, COPILOT),
  );
  branch('control', () => repo.commit({ '.github/workflows/ci.yml': 'on: push\n' }, 'Change the pipeline'));
  branch('loosen', () =>
    repo.commit(
      { '.github/agent-policy.yml': 'version: 1\nowner: "@mallory"\n', 'infra/vpc.tf': 'x\n' },
      `Loosen\n\n${TRACE}`,
      COPILOT,
    ),
  );
  branch('odd-names', () => repo.commit({ 'src/a\nb|`c`@kim\u202e.ts': 'x\n' }, `Odd\n\n${TRACE}`, COPILOT));
  branch('empty', () => repo.commit({}, 'Nothing'));
});

describe('simulate --repo', () => {
  test("passes a person's change, exit code 0", async () => {
    const ran = await simulate('tidy');
    expect(ran.out).toMatch(/^Passed: no agent evidence found/);
    expect(ran.code).toBe(0);
  });

  test('blocks an agent where its tier may not propose, exit code 1', async () => {
    const ran = await simulate('copilot/fix-infra', '--body', devNull());
    expect(ran.out).toMatch(/^Blocked: copilot \(tier 1\) may not change infra\/vpc\.tf/);
    expect(ran.code).toBe(1);
  });

  test('counts a renamed file under its former name too', async () => {
    const ran = await simulate('copilot/move-out', '--body', devNull());
    expect(ran.out).toMatch(/^Blocked: copilot \(tier 1\) may not change infra\/vpc\.tf/);
    expect(ran.code).toBe(1);
  });

  test('approvals that were not given are not known, exit code 8 and never 1', async () => {
    const ran = await simulate('copilot/fix-src', '--body', devNull());
    expect(ran.out).toContain('Not known here');
    expect(ran.out).toMatch(/^Waiting: /);
    expect(ran.code).toBe(8);
  });

  test('an approval by somebody whose team cannot be looked up here is not counted as met', async () => {
    const ran = await simulate('copilot/fix-src', '--body', devNull(), '--approve', 'kim');
    expect(ran.code).toBe(8);
  });

  test('judges by the base’s policy, not by the one the change brings', async () => {
    const ran = await simulate('loosen', '--body', devNull());
    expect(ran.out).toContain('may not change infra/vpc.tf');
    expect(ran.code).toBe(1);
  });

  test('binds people too on the control plane', async () => {
    const ran = await simulate('control');
    expect(ran.out).toContain('.github/workflows/ci.yml');
    expect(ran.code).toBe(8);
  });

  test('file names cannot break the output', async () => {
    const ran = await simulate('odd-names', '--body', devNull());
    expect(ran.out).not.toMatch(/\u202e/);
    expect(ran.out.split('\n').some((line) => line.startsWith('b|'))).toBe(false);
    expect(ran.code).toBe(8);
  });

  test('a change without files is judged', async () => {
    expect((await simulate('empty')).code).toBe(0);
  });

  test('says so when there is nothing between base and head', async () => {
    expect((await simulate('main')).err).toContain('nothing to judge');
    expect((await simulate('tidy')).err).toBe('');
  });

  test('prints the machine-readable block as JSON', async () => {
    const ran = await simulate('copilot/fix-infra', '--body', devNull(), '--format', 'json');
    expect(JSON.parse(ran.out)).toMatchObject({
      v: 1,
      gate: 'failure',
      next: 'author',
      items: expect.arrayContaining([expect.objectContaining({ rule: 'permission-tier', line: 7 })]),
    });
  });

  test('says so when there is no policy', async () => {
    const bare = createRepository();
    bare.commit({ a: '1' }, 'Begin');
    bare.git('checkout', '-q', '-b', 'next');
    bare.commit({ a: '2' }, 'Next');
    const ran = await run('simulate', '--repo', bare.folder, '--base', 'main', '--head', 'next');
    expect(ran.out).toMatch(/^Passed: no agent-policy\.yml on the default branch/);
    expect(ran.code).toBe(0);
  });

  test('takes another policy with --policy, and reports every problem of a broken one', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.yml');
    writeFileSync(
      file,
      'version: 1\nowner: "@acme/platform"\nzones:\n  a: { paths: ["x"], propose: reed-only }\n',
    );
    const ran = await simulate('copilot/fix-src', '--policy', file, '--body', devNull());
    expect(ran.out).toMatch(/^Policy broken: line 4, /);
    expect(ran.out.replaceAll(/\s+/g, ' ')).toContain(`Judged by: policy ${file}, which has errors`);
    expect(ran.code).toBe(1);
  });
});

describe('simulate refuses wrong usage with exit code 2', () => {
  test.each([
    [['--base', 'main', '--head', 'no-such-branch'], 'No commit "no-such-branch"'],
    [['--base', '--output=/tmp/x', '--head', 'tidy'], 'No commit "--output=/tmp/x"'],
    [['--head', 'tidy'], 'simulate needs --base REF'],
    [
      ['--base', 'main', '--head', 'tidy', '--policy', '/no/such/file'],
      '--policy /no/such/file: no such file.',
    ],
    [['--base', 'main', '--head', 'tidy', '--author', 'a:b:c'], 'Give LOGIN:User or LOGIN:Bot'],
    [['--pr', 'acme'], 'Give OWNER/REPO#NUMBER'],
  ])('%j', async (args, message) => {
    const ran = await run('simulate', '--repo', repo.folder, ...args);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(2);
  });

  test('a folder that is no repository', async () => {
    const ran = await run('simulate', '--repo', mkdtempSync(join(tmpdir(), 'no-repo-')), '--base', 'main');
    expect(ran.err).toContain('is not a git repository');
    expect(ran.code).toBe(2);
  });
});

test('a repository’s own git settings run nothing', async () => {
  const marker = join(mkdtempSync(join(tmpdir(), 'marker-')), 'ran');
  const hostile = createRepository();
  hostile.commit({ 'a.txt': '1\n', '.gitattributes': '*.txt diff=evil filter=evil\n' }, 'Begin');
  hostile.git('checkout', '-q', '-b', 'next');
  hostile.commit({ 'a.txt': '2\n' }, 'Next');
  for (const key of [
    'diff.external',
    'diff.evil.textconv',
    'diff.evil.command',
    'core.fsmonitor',
    'core.pager',
  ]) {
    hostile.git('config', key, `touch ${marker} #`);
  }
  const ran = await run('simulate', '--repo', hostile.folder, '--base', 'main', '--head', 'next');
  expect(ran.code).toBe(0);
  const { existsSync } = await import('node:fs');
  expect(existsSync(marker)).toBe(false);
});

/** A description that is known to be empty. */
function devNull(): string {
  return '/dev/null';
}
