// What do tests of coverage in the app stand on? A simulated GitHub, real storage, and shops with a pull request.
import { pino } from 'pino';
import { readConfig } from '../../src/app/config.js';
import { readCoverageFacts } from '../../src/app/coverage-facts.js';
import { COVERAGE_PATIENCE } from '../../src/app/coverage-patience.js';
import { createCoverageReader } from '../../src/app/coverage-reader.js';
import type { Dependencies } from '../../src/app/dependencies.js';
import { EVAL_PATIENCE } from '../../src/app/eval-patience.js';
import { createIngress } from '../../src/app/ingress.js';
import { createProbot } from '../../src/app/probot.js';
import type { CoverageFacts, CoverageSource } from '../../src/domain/quality.js';
import { createInstallationClients, createTokenClient } from '../../src/github/connect.js';
import { readPullRequest } from '../../src/github/read-pull-request.js';
import { openStorage } from '../../src/storage/storage.js';
import { fetchToken, listenForWebhooks } from '../fakes/github/client-for-tests.js';
import { type NewArtifact, startGitHub } from '../fakes/github/index.js';
import { makeZip, type ZipPart } from '../formats/make-zip.js';

export const HEAD: CoverageSource = { artifact: 'coverage', run: 'head' };
export const DEFAULT: CoverageSource = { artifact: 'coverage', run: 'default-branch' };
const SECRET = 'a secret of tests';
const log = pino({ level: 'silent' });

/** Lines 2 to 6 of `src/tax.ts` are added; 2, 3 and 6 are run. */
const BEFORE = { 'src/tax.ts': 'a\nz\n', 'src/pay.ts': 'a\n', 'README.md': '# Shop\n' };
export const AFTER = { 'src/tax.ts': 'a\nb\nc\nd\ne\nf\nz\n' };

export function lcov(path = 'src/tax.ts', hits: readonly number[] = [1, 1, 1, 0, 0, 1, 1]): string {
  const lines = hits.map((count, index) => `DA:${index + 1},${count}\n`);
  return `TN:\nSF:${path}\n${lines.join('')}end_of_record\n`;
}

export function zipOf(...parts: readonly (ZipPart | string)[]): Buffer {
  return makeZip(
    parts.map((part) => (typeof part === 'string' ? { name: 'lcov.info', content: part } : part)),
  );
}

export const GOOD = zipOf(lcov());
export const READ = ['actions/list-artifacts-for-repo', 'actions/download-artifact', 'pulls/list-files'];
export const MEASURED: Partial<CoverageFacts> = {
  kind: 'measured',
  files: [{ path: 'src/tax.ts', covered: 3, executable: 5, uncovered: [{ start: 4, end: 5, lines: 2 }] }],
  unmeasured: [],
  project: { covered: 5, executable: 7 },
  base: null,
  usual: null,
  notes: [],
};

export type Street = Awaited<ReturnType<typeof openStreet>>;
export type Shop = Awaited<ReturnType<Street['foundShop']>>;

/** One GitHub and one storage for as many shops as there are tests. */
export async function openStreet() {
  const github = await startGitHub();
  const hook = await listenForWebhooks();
  const app = github.createApp({ slug: 'agent-policy', webhookUrl: hook.url, webhookSecret: SECRET });
  const actions = github.createApp({ slug: 'github-actions' });
  github.createUser('bo');
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

  return {
    github,
    storage,
    appId: app.id,
    /** A repository with a pull request by @bo, and what the app needs to read its coverage. */
    async foundShop(files: Record<string, string | null> = AFTER, before: Record<string, string> = BEFORE) {
      founded += 1;
      const owner = `acme${founded}`;
      github.createOrganization(owner);
      const repository = github.createRepository(`${owner}/shop`, {
        defaultBranch: 'main',
        private: true,
        files: before,
        collaborators: { bo: 'write' },
      });
      const installation = github.install(app, owner, { repositories: 'all' });
      const open = (changed: Record<string, string | null>, head: string) => {
        repository.branch(head, 'main');
        repository.commit({ branch: head, files: changed, message: 'Change it', author: 'bo' });
        return repository.openPullRequest({ author: 'bo', head, base: 'main', title: 'Change it', body: '' });
      };
      const pull = open(files, 'change');
      const clock = { ms: Date.now() };
      const deps: Dependencies = {
        storage,
        clients,
        appId: app.id,
        // Who wrote a change is none of coverage's business.
        catalogue: [] as unknown as Dependencies['catalogue'],
        orgPolicyRequired: false,
        groupPatienceMs: 0,
        historyPauseMs: 0,
        readingHistory: new Map(),
        evals: EVAL_PATIENCE,
        coverage: { reader: createCoverageReader(), patience: COVERAGE_PATIENCE },
        onJudged: () => {},
        now: () => new Date(clock.ms),
        log,
      };
      const client = await clients.forInstallation(installation.id);
      const targetOf = ({ number }: { readonly number: number }) => ({
        ...{ installation: installation.id, owner, repo: 'shop' },
        number,
      });

      const shop = {
        owner,
        repository,
        installation,
        pull,
        open,
        clock,
        deps,
        client,
        targetOf,
        /** Reads the pull request first, as a review does; `requests` are those beyond it. */
        async look(
          source: CoverageSource = HEAD,
          { of = pull, by = client, using = deps, reader = client } = {},
        ) {
          const target = targetOf(of);
          const reading = await readPullRequest(reader, { ...target, appId: app.id });
          if (reading === null) throw new Error('There is no such pull request.');
          github.takeRequests();
          const found = await readCoverageFacts(using, by, target, repository.id, reading.snapshot, source);
          const requests = github.takeRequests().map(({ operation }) => operation);
          return { ...found, requests, snapshot: reading.snapshot };
        },
        /** Whoever sees no artifact is told to wait first; this is after it. */
        async lookLater(source: CoverageSource = HEAD) {
          const first = await shop.look(source);
          if (first.facts.kind !== 'pending')
            throw new Error(`Not waited for: ${JSON.stringify(first.facts)}`);
          clock.ms += 31 * 60_000;
          return shop.look(source);
        },
        /** A check of some other app is done. */
        runOther: (sha = pull.headSha) =>
          repository.createCheckRun({
            app: github.createApp({ slug: `ci-${github.world.nextId()}` }),
            ...{ name: 'lint', conclusion: 'success', sha },
          }),
        runChecks(conclusion: string | null = 'success', sha = pull.headSha) {
          const done = conclusion === null ? { status: 'in_progress' as const } : { conclusion };
          return repository.createCheckRun({ app: actions, name: 'test', sha, ...done });
        },
        upload: (content: Buffer, more: Partial<NewArtifact> = {}) =>
          repository.uploadArtifact({ name: 'coverage', content, headSha: pull.headSha, ...more }),
        /** A client of its own, with fewer permissions or without a limit it has met. */
        async connect(permissions?: Readonly<Record<string, string>>) {
          const token = await fetchToken(github, installation, permissions && { permissions });
          return createTokenClient({ token, endpoints: config.endpoints, now: Date.now });
        },
        /** Hands the newest webhook of that name to the real ingress. */
        async ingest(name: string) {
          await github.idle();
          const index = hook.received.findLastIndex(
            ({ event, payload }) => event === name && payload.repository.id === repository.id,
          );
          const receive = createIngress({ storage, appId: app.id, now: () => new Date(), log });
          await receive({ id: `${founded}-${index}`, name, payload: hook.received[index]!.payload });
        },
      };
      return shop;
    },
    async close() {
      await storage.close();
      await github.close();
      await hook.close();
    },
  };
}
