// What stands on the stage of the simulator's own tests? An organisation, its app, people, one pull request.
import { fetchToken, listenForWebhooks } from './client-for-tests.js';
import { type GitHubOptions, startGitHub } from './index.js';

const MAIN_FILES = {
  'README.md': '# shop\n',
  'infra/main.tf': Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join(''),
};

export async function setScene(options: GitHubOptions = {}) {
  const hook = await listenForWebhooks();
  const github = await startGitHub(options);
  const app = github.createApp({ slug: 'gate', webhookSecret: 'a secret', webhookUrl: hook.url });
  for (const login of ['kim', 'lee', 'bo', 'mallory']) github.createUser(login);
  github.createBot('copilot-swe-agent', { login: 'Copilot', id: 198982749 });
  const organization = github.createOrganization('acme');
  const repository = github.createRepository('acme/shop', {
    private: true,
    files: MAIN_FILES,
    collaborators: { kim: 'write', lee: 'write', bo: 'read', Copilot: 'write' },
  });
  const installation = github.install(app, 'acme', { repositories: ['acme/shop'] });
  repository.branch('copilot/work');
  repository.commit({
    branch: 'copilot/work',
    files: { 'src/a.ts': 'export const a = 1;\n' },
    message: 'Add a\n\nCo-authored-by: kim <kim@example.com>',
    author: 'Copilot',
    signature: 'github',
  });
  const pull = repository.openPullRequest({
    author: 'Copilot',
    head: 'copilot/work',
    title: 'Add a',
    body: 'Because.',
    assignees: ['kim', 'Copilot'],
  });
  await github.idle();
  const token = await fetchToken(github, installation);
  github.takeRequests();
  return {
    github,
    hook,
    app,
    organization,
    repository,
    installation,
    pull,
    token,
    /** Fails if anything broke GitHub's schemas on the way. */
    async close() {
      await github.idle();
      await github.close();
      await hook.close();
      github.assertClean();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof setScene>>;
