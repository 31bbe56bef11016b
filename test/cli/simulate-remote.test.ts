// Does simulate --pr read a pull request with a person's token and judge it as the check would?
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type GitHub, startGitHub } from '../fakes/github/index.js';
import { runWith } from './program.js';

let github: GitHub;
let env: Record<string, string>;

beforeAll(async () => {
  github = await startGitHub();
  for (const login of ['dana', 'kim']) github.createUser(login);
  github.createBot('copilot-swe-agent', { login: 'Copilot', id: 198982749 });
  const organization = github.createOrganization('acme', { members: ['dana', 'kim'] });
  const repository = github.createRepository('acme/shop', {
    defaultBranch: 'main',
    files: {
      '.github/agent-policy.yml':
        'version: 1\nowner: "@acme/platform"\nzones:\n  infra: { paths: ["infra/**"], propose: 2 }\n',
      'infra/main.tf': 'a\nb\nc\nd\ne\n',
    },
    collaborators: { dana: 'admin', kim: 'write', Copilot: 'write' },
  });
  organization.addTeam('platform', ['dana'], { repositories: { 'acme/shop': 'admin' } });
  const open = (head: string, files: Record<string, string | null>) => {
    repository.branch(head, 'main');
    repository.commit({ branch: head, files, message: 'Change', author: 'Copilot', pusher: 'Copilot' });
    return repository.openPullRequest({
      author: 'Copilot',
      head,
      base: 'main',
      title: 'Change',
      body: 'x',
      assignees: ['kim'],
    });
  };
  open('copilot/moved', { 'infra/main.tf': null, 'lib/main.tf': 'a\nb\nc\nd\ne\n' });
  const approved = open('copilot/plain', { 'src/a.ts': '1\n' });
  approved.review({ by: 'dana', state: 'APPROVED' });
  env = {
    GITHUB_API_URL: github.url,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
    GITHUB_TOKEN: github.createToken('dana'),
  };
});
afterAll(async () => {
  github.assertClean();
  await github.close();
});

test('a file moved out of a protected folder is found by its former path', async () => {
  const ran = await runWith(env, 'simulate', '--pr', 'acme/shop#1');
  expect(ran.out).toMatch(/^Blocked: copilot \(tier 1\) may not change infra\/main\.tf/);
  expect(ran.code).toBe(1);
});

test('an approved change passes, and nothing is written to GitHub', async () => {
  const ran = await runWith(env, 'simulate', '--pr', 'https://github.com/acme/shop/pull/2');
  expect(ran.out).toMatch(/^Passed: copilot \(tier 1\), @dana approved/);
  expect(ran.code).toBe(0);
  expect(github.requests.filter(({ method, path }) => method !== 'GET' && path !== '/graphql')).toEqual([]);
});

test('a pull request that is not there is said to be, with what to check', async () => {
  const ran = await runWith(env, 'simulate', '--pr', 'acme/shop#99');
  expect(ran.err).toContain('acme/shop#99: no such pull request, or the token may not see it');
  expect(ran.code).toBe(2);
});

test('without a token nothing is asked of GitHub', async () => {
  const before = github.requests.length;
  const ran = await runWith({ ...env, GITHUB_TOKEN: '' }, 'simulate', '--pr', 'acme/shop#1');
  expect(ran.err).toContain('none is set');
  expect(ran.code).toBe(2);
  expect(github.requests).toHaveLength(before);
});

test('a token that GitHub refuses is named as the cause', async () => {
  const ran = await runWith({ ...env, GITHUB_TOKEN: 'wrong' }, 'simulate', '--pr', 'acme/shop#1');
  expect(ran.err).toContain('GITHUB_TOKEN');
  expect(ran.code).toBe(2);
});
