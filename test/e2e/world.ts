// A simulated GitHub with the real app under it, and as many companies as there are tests.
// Everything between the signed webhook and the check run is real.
import { readFile } from 'node:fs/promises';
import { type DestinationStream, pino } from 'pino';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { readConfig } from '../../src/app/config.js';
import { openLog } from '../../src/app/open-log.js';
import { type RunningApp, startApp, type Tuning } from '../../src/app/start.js';
import { startGitHub } from '../fakes/github/index.js';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';

const catalogue = parseCatalogue(await readFile(new URL('../../config/agents.yml', import.meta.url), 'utf8'));
export const WEBHOOK_SECRET = 'a-secret-for-loopback-tests';

const POLICY = `version: 1
owner: "@acme/platform"
trace: { required: true }
zones:
  infrastructure:
    paths: ["infra/**"]
    approvals: { count: 2, from: ["@acme/sre"] }
  docs: { paths: ["docs/**"], merge: 2 }
`;
export const SESSION = 'https://github.com/acme/shop/sessions/7d3c5a52-9b0e-4a55-8f0e-2a1c6f0f4b11';

export type Site = Awaited<ReturnType<typeof createSite>>;
export type World = ReturnType<Site['found']>;

/**
 * One GitHub and one running app; `env` is added to the app's settings, `tuning` to how long it waits. With `lines`
 * the app logs as it does in production, to there.
 */
export async function createSite(
  env: Readonly<Record<string, string>> = {},
  tuning: Partial<Tuning> = {},
  lines: DestinationStream | null = null,
) {
  const github = await startGitHub();
  const app = github.createApp({ slug: 'agent-policy', webhookSecret: WEBHOOK_SECRET });
  for (const login of ['dana', 'bo', 'kim', 'lee', 'mallory']) github.createUser(login);
  github.createBot('copilot-swe-agent', { login: 'Copilot', id: 198982749 });
  github.createBot('review-agent');
  let founded = 0;

  const start = async (dataFolder: string): Promise<RunningApp> => {
    const config = readConfig({
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKeyPem,
      WEBHOOK_SECRET,
      GITHUB_API_URL: github.url,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      DATA_FOLDER: dataFolder,
      HOST: '127.0.0.1',
      PORT: '0',
      ...env,
    });
    if ('problems' in config) throw new Error(config.problems.join('\n'));
    const silent = pino({ level: process.env.TEST_LOG ?? 'silent' });
    const log = lines === null ? silent : openLog(config, lines);
    const started = await startApp(config, catalogue, log, { groupPatienceMs: 0, ...tuning });
    app.webhookUrl = `${started.url}/api/github/webhooks`;
    return started;
  };
  let running = await start('memory://');

  /** Until every webhook is delivered and every job done; what the app writes wakes webhooks of its own. */
  const settle = async () => {
    for (let round = 0; round < 4; round += 1) {
      await github.idle();
      await running.idle();
    }
  };

  return {
    github,
    app,
    get running() {
      return running;
    },
    settle,
    async restart(dataFolder: string) {
      await running.stop();
      running = await start(dataFolder);
    },
    async close() {
      await running.stop();
      await github.close();
    },
    /** A company of its own, with the App on its repository `shop`. `@acme` in a policy stands for it. */
    found(options: { readonly policy?: string | null; readonly orgPolicy?: string } = {}) {
      founded += 1;
      const owner = `acme${founded}`;
      const own = (policy: string) => policy.replaceAll('@acme', `@${owner}`);
      const organization = github.createOrganization(owner);
      const files: Record<string, string> = {
        'infra/main.tf': 'a\nb\nc\nd\ne\nf\n',
        'src/index.ts': 'export {};\n',
        'docs/a.md': '# A\n',
      };
      if (options.policy !== null) files['.github/agent-policy.yml'] = own(options.policy ?? POLICY);
      const repository = github.createRepository(`${owner}/shop`, {
        defaultBranch: 'main',
        files,
        collaborators: {
          dana: 'admin',
          bo: 'write',
          kim: 'write',
          lee: 'write',
          mallory: 'read',
          Copilot: 'write',
          'review-agent[bot]': 'write',
        },
      });
      if (options.orgPolicy !== undefined) {
        const policy = { '.github/agent-policy.yml': own(options.orgPolicy) };
        github.createRepository(`${owner}/.github`, { defaultBranch: 'main', files: policy });
      }
      organization.addTeam('platform', ['dana'], { repositories: { [`${owner}/shop`]: 'admin' } });
      organization.addTeam('sre', ['kim', 'lee'], { repositories: { [`${owner}/shop`]: 'write' } });
      const installation = github.install(app, owner, { repositories: 'all' });
      repository.protect('main', { requiredChecks: [{ context: 'agent-policy', appId: app.id }] });

      const checkOn = (sha: string) => {
        const run = repository.checkRuns({ sha, name: 'agent-policy', app, latest: true }).at(-1);
        if (run === undefined) return null;
        const { conclusion, title, summary, text } = run;
        return { conclusion, title: title ?? '', summary: summary ?? '', text: text ?? '' };
      };
      return {
        github,
        app,
        owner,
        own,
        installation,
        organization,
        repository,
        settle,
        check: (pull: PullRequestHandle) => checkOn(pull.headSha),
        checkOn,
        /** An agent's pull request by Copilot, asked for by @bo. */
        openCopilot(
          changed: Record<string, string | null>,
          more: { readonly body?: string; readonly head?: string; readonly base?: string } = {},
        ) {
          const head = more.head ?? 'copilot/change';
          repository.branch(head, 'main');
          repository.commit({
            branch: head,
            files: changed,
            message: 'Change it\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
            author: 'Copilot',
            pusher: 'Copilot',
            signature: 'github',
          });
          return repository.openPullRequest({
            author: 'Copilot',
            head,
            base: more.base ?? 'main',
            title: 'Change it',
            body: more.body ?? `Session: ${SESSION}`,
            assignees: ['bo', 'Copilot'],
          });
        },
        openByPerson(author: string, changed: Record<string, string | null>, head = 'change') {
          repository.branch(head, 'main');
          repository.commit({ branch: head, files: changed, message: 'Change it', author, pusher: author });
          return repository.openPullRequest({
            author,
            head,
            base: 'main',
            title: 'Change it',
            body: 'Because.',
          });
        },
      };
    },
  };
}
