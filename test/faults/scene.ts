// What happens on GitHub while things break? Companies, agents' pull requests and what is done to them, by a seed.
import type { App, GitHub, PullRequestHandle, RepositoryHandle } from '../fakes/github/index.js';

export const SECRET = 'a-secret-for-loopback-faults';
const SESSION = 'https://github.com/acme/shop/sessions/7d3c5a52-9b0e-4a55-8f0e-2a1c6f0f4b11';

export interface Scene {
  readonly app: App;
  /** Does one thing, the same one for the same seed. */
  step(): void;
  /** `owner/repo#number` → conclusion of the newest `agent-policy` run on its head. */
  conclusions(): ReadonlyMap<string, string | null>;
  /** Heads whose runs are not one live run after finished ones that each said something else. */
  doubled(): readonly string[];
}

/** Mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function createScene(github: GitHub, seed: number, companies: number): Scene {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const app = github.createApp({ slug: 'agent-policy', webhookSecret: SECRET });
  const ci = github.createApp({ slug: 'other-ci', webhookSecret: 'unused' });
  for (const login of ['dana', 'bo', 'kim']) github.createUser(login);
  github.createBot('copilot-swe-agent', { login: 'Copilot', id: 198982749 });
  const shops = Array.from({ length: companies }, (_, i) => foundCompany(github, app, ci, `acme${i + 1}`));
  const pulls: {
    readonly shop: RepositoryHandle;
    readonly name: string;
    readonly pull: PullRequestHandle;
  }[] = [];

  const open = () => {
    const { shop, owner } = pick(shops);
    const head = `copilot/change-${pulls.length}`;
    const path = pick(['infra/main.tf', 'src/index.ts', 'docs/a.md']);
    shop.branch(head, 'main');
    shop.commit({
      branch: head,
      files: { [path]: `change ${pulls.length}\n` },
      message: 'Change it\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
      author: 'Copilot',
      pusher: 'Copilot',
      signature: 'github',
    });
    const body = random() < 0.8 ? `Session: ${SESSION}` : 'No trace.';
    const pull = shop.openPullRequest({
      author: 'Copilot',
      head,
      base: 'main',
      title: 'Change it',
      body,
      assignees: ['bo', 'Copilot'],
    });
    pulls.push({ shop, name: `${owner}/shop#${pull.number}`, pull });
  };

  return {
    app,
    step() {
      const kind = random();
      if (pulls.length === 0 || kind < 0.35) return open();
      const { shop, pull } = pick(pulls);
      if (kind < 0.55) {
        pull.push({ files: { 'src/more.ts': `${kind}\n` }, author: 'Copilot', signature: 'github' });
      } else if (kind < 0.8) {
        pull.review({ by: pick(['dana', 'kim']), state: pick(['APPROVED', 'CHANGES_REQUESTED']) });
      } else {
        shop.createCheckRun({ app: ci, name: 'build', sha: pull.headSha, conclusion: 'success' });
      }
    },
    conclusions: () =>
      new Map(
        pulls.map(({ shop, name, pull }) => [
          name,
          shop.checkRuns({ sha: pull.headSha, name: 'agent-policy', app, latest: true }).at(-1)?.conclusion ??
            null,
        ]),
      ),
    doubled: () =>
      pulls.flatMap(({ shop, name, pull }) => {
        const runs = shop
          .checkRuns({ sha: pull.headSha, name: 'agent-policy', app })
          .toSorted((a, b) => a.id - b.id);
        const isDoubled = runs.some(
          (run, i) =>
            i > 0 && (runs[i - 1]!.status !== 'completed' || runs[i - 1]!.externalId === run.externalId),
        );
        return isDoubled ? [name] : [];
      }),
  };
}

function foundCompany(github: GitHub, app: App, ci: App, owner: string) {
  const organization = github.createOrganization(owner);
  const shop = github.createRepository(`${owner}/shop`, {
    defaultBranch: 'main',
    files: {
      'infra/main.tf': 'a\nb\nc\n',
      'src/index.ts': 'export {};\n',
      'docs/a.md': '# A\n',
      '.github/agent-policy.yml': `version: 1
owner: "@${owner}/sre"
trace: { required: true }
zones:
  infrastructure: { paths: ["infra/**"], approvals: { count: 1, from: ["@${owner}/sre"] } }
`,
    },
    collaborators: { dana: 'admin', bo: 'write', kim: 'write', Copilot: 'write' },
  });
  organization.addTeam('sre', ['kim'], { repositories: { [`${owner}/shop`]: 'write' } });
  github.install(app, owner, { repositories: 'all' });
  github.install(ci, owner, { repositories: 'all' });
  return { shop, owner };
}
