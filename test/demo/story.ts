// What happens to one agent's pull request on infra/, from opening to a merge that may happen?
// Each chapter acts on the simulated GitHub as the people would; the app under it is the real one.
import type { PullRequestHandle, RepositoryHandle } from '../fakes/github/model/handles.js';

export const POLICY = `version: 1
owner: "@acme/platform"
trace: { required: true }
zones:
  infrastructure:
    paths: ["infra/**", "**/*.tf"]
    approvals: { count: 2, from: ["@acme/sre"] }
quality_delta:
  size: { warn: 200, fail: 400 }
`;

export const MAIN_TF = `module "vpc" {
  source = "./modules/vpc"
  cidr   = "10.0.0.0/16"
}

module "db" {
  source  = "./modules/db"
  storage = 100
}
`;

const MUCH = Array.from({ length: 500 }, (_, at) => `export const line${at} = ${at};\n`).join('');

const SESSION = 'https://github.com/acme/shop/sessions/7d3c5a52-9b0e-4a55-8f0e-2a1c6f0f4b11';

export interface Cast {
  readonly repository: RepositoryHandle;
  /** Somebody else's agent with write access. */
  readonly agentReviewer: string;
}

export interface Chapter {
  readonly title: string;
  /** The conclusion and the beginning of the title a reviewer must see after it. */
  readonly expect: { readonly conclusion: string; readonly title: RegExp };
  /** Acts; the first chapter opens the pull request. */
  readonly act: (cast: Cast, pull: PullRequestHandle | null) => PullRequestHandle;
}

export const STORY: readonly Chapter[] = [
  {
    title: 'Copilot, asked by @bo, opens a pull request on infra/ without a trace link',
    expect: { conclusion: 'failure', title: /^Blocked: .*trace link/ },
    act: ({ repository }) => {
      repository.branch('copilot/bigger-database', 'main');
      repository.commit({
        branch: 'copilot/bigger-database',
        files: { 'infra/main.tf': MAIN_TF.replace('100', '200') },
        message: 'Give the database more room\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
        author: 'Copilot',
        pusher: 'Copilot',
        signature: 'github',
      });
      return repository.openPullRequest({
        author: 'Copilot',
        head: 'copilot/bigger-database',
        base: 'main',
        title: 'Give the database more room',
        body: 'The disk is 91 % full. This doubles it.',
        assignees: ['bo', 'Copilot'],
      });
    },
  },
  {
    title: 'The link to the agent’s session is added',
    expect: { conclusion: 'action_required', title: /^Waiting: 2 approvals from @acme\/sre .*\(0 of 2\)/ },
    act: (_cast, pull) => {
      pull!.edit({ body: `The disk is 91 % full. This doubles it.\n\nSession: ${SESSION}`, by: 'Copilot' });
      return pull!;
    },
  },
  {
    title: 'Another agent approves: it is nobody’s second pair of eyes',
    expect: { conclusion: 'action_required', title: /^Waiting: 2 approvals from @acme\/sre .*\(0 of 2\)/ },
    act: ({ agentReviewer }, pull) => {
      pull!.review({ by: agentReviewer, state: 'APPROVED', body: 'Looks good to me!' });
      return pull!;
    },
  },
  {
    title: 'Copilot pushes once more, and @kim approves the head she had open: the old one',
    expect: { conclusion: 'action_required', title: /^Waiting: 2 approvals from @acme\/sre .*\(0 of 2\)/ },
    act: (_cast, pull) => {
      const looked = pull!.headSha;
      pull!.push({
        files: { 'infra/main.tf': MAIN_TF.replace('100', '250') },
        message: 'Leave some headroom\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
        author: 'Copilot',
        signature: 'github',
      });
      pull!.review({ by: 'kim', state: 'APPROVED', commitId: looked });
      return pull!;
    },
  },
  {
    title: '@kim and @lee of @acme/sre approve this head',
    expect: { conclusion: 'success', title: /^Passed: / },
    act: (_cast, pull) => {
      pull!.review({ by: 'kim', state: 'APPROVED' });
      pull!.review({ by: 'lee', state: 'APPROVED' });
      return pull!;
    },
  },
  {
    title: 'Copilot pushes again: nobody has approved this diff',
    expect: { conclusion: 'action_required', title: /^Waiting: .*\(0 of 2\)/ },
    act: (_cast, pull) => {
      pull!.push({
        files: { 'infra/main.tf': MAIN_TF.replace('100', '900') },
        message: 'Much more headroom\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
        author: 'Copilot',
        signature: 'github',
      });
      return pull!;
    },
  },
  {
    title: 'Both look again and approve',
    expect: { conclusion: 'success', title: /^Passed: / },
    act: (_cast, pull) => {
      pull!.review({ by: 'kim', state: 'APPROVED' });
      pull!.review({ by: 'lee', state: 'APPROVED' });
      return pull!;
    },
  },
  {
    title: 'main moves on and the branch is rebased onto it: a new head, the same diff',
    expect: { conclusion: 'success', title: /^Passed: / },
    act: ({ repository }, pull) => {
      repository.commit({
        files: { 'src/cart.ts': 'export const cart = [];\n' },
        message: 'Add the cart',
        author: 'dana',
      });
      pull!.rebase('Copilot');
      return pull!;
    },
  },
  {
    title: 'Copilot adds 500 lines beside: more than the policy allows',
    expect: { conclusion: 'failure', title: /^Blocked: 50\d lines \(limit 400\)/ },
    act: (_cast, pull) => {
      pull!.push({
        files: { 'src/report/all.ts': MUCH },
        message: 'Report the disk\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
        author: 'Copilot',
        signature: 'github',
      });
      return pull!;
    },
  },
  {
    title: 'Copilot takes them out again: the diff that both approved',
    expect: { conclusion: 'success', title: /^Passed: / },
    act: (_cast, pull) => {
      pull!.push({
        files: { 'src/report/all.ts': null },
        message: 'Leave the report out\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
        author: 'Copilot',
        signature: 'github',
      });
      return pull!;
    },
  },
];
