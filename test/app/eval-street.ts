// What do tests of evals in the app stand on? A simulated GitHub, real storage, a clock of our own, and no queue:
// a test says when an event arrives and when a pull request is reviewed.
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { readConfig } from '../../src/app/config.js';
import { COVERAGE_PATIENCE } from '../../src/app/coverage-patience.js';
import { createCoverageReader } from '../../src/app/coverage-reader.js';
import type { Dependencies } from '../../src/app/dependencies.js';
import { EVAL_PATIENCE } from '../../src/app/eval-patience.js';
import { createIngress } from '../../src/app/ingress.js';
import { createProbot } from '../../src/app/probot.js';
import { reviewPullRequest } from '../../src/app/review.js';
import { createInstallationClients } from '../../src/github/connect.js';
import { openStorage } from '../../src/storage/storage.js';
import { artifact, FILE, policyOf, resultsOf, type SuiteOptions, WORKFLOW } from '../e2e/evals-world.js';
import { listenForWebhooks } from '../fakes/github/client-for-tests.js';
import { startGitHub } from '../fakes/github/index.js';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';

export { artifact, FILE, resultsOf, WORKFLOW };

const SECRET = 'a secret of tests';
const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
const catalogue = parseCatalogue(await readFile(new URL('../../config/agents.yml', import.meta.url), 'utf8'));

export type EvalStreet = Awaited<ReturnType<typeof openEvalStreet>>;
export type EvalShop = Awaited<ReturnType<EvalStreet['foundShop']>>;

export async function openEvalStreet() {
  const github = await startGitHub();
  const hook = await listenForWebhooks();
  const app = github.createApp({ slug: 'agent-policy', webhookUrl: hook.url, webhookSecret: SECRET });
  for (const login of ['dana', 'lee', 'kim', 'mallory']) github.createUser(login);
  const storage = await openStorage({ databaseUrl: null, dataFolder: 'memory://', log });
  const config = readConfig({
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKeyPem,
    WEBHOOK_SECRET: SECRET,
    GITHUB_API_URL: github.url,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
  });
  if ('problems' in config) throw new Error(config.problems.join('\n'));
  const probot = createProbot(config);
  const clients = createInstallationClients({
    auth: (id) => (id === undefined ? probot.auth() : probot.auth(id)),
    endpoints: config.endpoints,
    now: Date.now,
  });
  let founded = 0;
  let handed = 0;

  return {
    github,
    storage,
    app,
    async foundShop(options: SuiteOptions = {}) {
      founded += 1;
      const owner = `acme${founded}`;
      github.createOrganization(owner).addTeam('platform', ['dana']);
      const workflow = options.workflow === undefined ? WORKFLOW : options.workflow;
      const repository = github.createRepository(`${owner}/shop`, {
        defaultBranch: 'main',
        files: {
          '.github/agent-policy.yml': policyOf(options).replaceAll('@acme', `@${owner}`),
          'prompts/tone.md': 'Be kind.\n',
          ...(workflow === null ? {} : { [`.github/workflows/${FILE}`]: workflow }),
        },
        collaborators: { dana: 'admin', lee: 'write', kim: 'write', mallory: 'read' },
      });
      const installation = github.install(app, owner, { repositories: 'all' });
      const clock = { ms: Date.now() };
      const now = () => new Date(clock.ms);
      const deps: Dependencies = {
        ...{ storage, clients, catalogue, now, log, appId: app.id },
        ...{ orgPolicyRequired: false, groupPatienceMs: 0, historyPauseMs: 0, readingHistory: new Map() },
        coverage: { reader: createCoverageReader(), patience: COVERAGE_PATIENCE },
        evals: EVAL_PATIENCE,
        onJudged: () => {},
      };
      const receive = createIngress({ storage, appId: app.id, now, log });
      const open = (
        branch = 'change',
        files: Readonly<Record<string, string>> = { 'prompts/refund.md': `Refund ${branch}.\n` },
        draft = false,
      ) => {
        repository.branch(branch, 'main');
        repository.commit({ branch, files, message: 'Change it', author: 'lee', pusher: 'lee' });
        return repository.openPullRequest({
          ...{ author: 'lee', head: branch, base: 'main', title: 'Change it', body: 'Because.', draft },
        });
      };
      const shop = {
        owner,
        repository,
        installation,
        clock,
        deps,
        open,
        runs: () => repository.runs(FILE),
        /** Hands what GitHub has sent since to the real ingress. */
        async hear() {
          await github.idle();
          for (; handed < hook.received.length; handed += 1) {
            const { event, payload } = hook.received[handed]!;
            await receive({ id: `delivery-${handed}`, name: event, payload });
          }
        },
        /** What GitHub has sent since is lost. */
        async miss() {
          await github.idle();
          handed = hook.received.length;
        },
        /** One review; answers what it asked of GitHub Actions, and when it comes again. */
        async review(pull: PullRequestHandle) {
          github.takeRequests();
          const target = { installation: installation.id, owner, repo: 'shop', number: pull.number };
          const result = await reviewPullRequest(target, deps);
          const operations = github.takeRequests().map(({ operation }) => operation);
          const again = result.kind === 'again' ? result.at.getTime() - clock.ms : null;
          return { again, actions: operations.filter((one) => one.startsWith('actions/')) };
        },
        /** Events first, then a review. */
        async step(pull: PullRequestHandle) {
          await shop.hear();
          return shop.review(pull);
        },
        check(pull: PullRequestHandle, name = 'agent-policy/evals') {
          const run = repository.checkRuns({ sha: pull.headSha, name, app, latest: true }).at(-1);
          if (run === undefined) throw new Error(`There is no check ${name}.`);
          const { conclusion, title, summary, text } = run;
          return { run, conclusion, title: title ?? '', all: `${title}\n${summary}\n${text}` };
        },
        gate: (pull: PullRequestHandle) => shop.check(pull, 'agent-policy'),
        press(pull: PullRequestHandle, by: string, identifier = 'rerun-evals') {
          repository.pressAction(shop.check(pull).run, identifier, by);
        },
        rows: (pull: PullRequestHandle) =>
          storage.evalRuns.ofHead(repository.id, pull.number, 'support', pull.headSha),
      };
      await shop.miss();
      return shop;
    },
    async close() {
      await storage.close();
      await github.close();
      await hook.close();
    },
  };
}
