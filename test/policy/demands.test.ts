// Does each change meet the demands that the policy makes of it, and no others?
import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/domain/message.js';
import { gateOf } from '../../src/policy/evaluate.js';
import { ABSENT, aPolicy, evaluateWith, lineOf, openVerdicts, verdictsOf } from '../builders/policies.js';
import {
  aCommit,
  aFile,
  aPerson,
  aReview,
  aSnapshot,
  bot,
  HEAD,
  identity,
  user,
  WEB_FLOW,
} from '../builders/snapshot.js';

type Changes = Parameters<typeof aSnapshot>[0];
const DEVIN = { login: 'devin-ai-integration[bot]', id: 158243242, type: 'Bot' as const };
const devin = (changes: Changes = {}) =>
  aSnapshot({
    commits: [
      aCommit({ author: identity(DEVIN), signature: { verified: true, signer: DEVIN, byGitHub: true } }),
    ],
    ...changes,
    pullRequest: {
      author: DEVIN,
      headRef: 'devin/1745314990-x',
      body: 'Requested by: @ann',
      ...changes?.pullRequest,
    },
  });
const human = (changes: Changes = {}) =>
  aSnapshot({
    commits: [aCommit({ author: identity(user('ann')), committer: WEB_FLOW, signature: null })],
    ...changes,
    pullRequest: { author: user('ann'), headRef: 'fix', ...changes?.pullRequest },
  });
const open = (repository: string, snapshot = aSnapshot(), organization?: string) =>
  openVerdicts(
    evaluateWith({ repository, snapshot, ...(organization === undefined ? {} : { organization }) }),
  );
const DOCS_ALONE = 'agents: { devin: { tier: 2 } }\nzones:\n  docs: { paths: ["docs/**"], merge: 2 }\n';
const docs = (changes: Changes = {}) => devin({ files: [aFile('docs/a.md')], ...changes });

describe('tiers', () => {
  test('a tier below what the zone asks may not propose there', () => {
    const policy = aPolicy('zones:\n  infra: { paths: ["infra/**"], propose: 2 }\n');
    const snapshot = aSnapshot({
      files: [aFile('infra/vpc/main.tf'), aFile('infra/a.tf'), aFile('src/a.ts')],
    });
    const evaluation = evaluateWith({ repository: policy, snapshot });
    expect(openVerdicts(evaluation)).toContain(
      'permission-tier fail: copilot (tier 1) may not change infra/vpc/main.tf (+1)',
    );
    expect(verdictsOf(evaluation, 'permission-tier').find(({ state }) => state === 'fail')).toMatchObject({
      zone: 'infra',
      line: 4,
    });
  });

  test('a tier at or above `merge` merges alone', () => {
    expect(open(aPolicy(DOCS_ALONE), docs())).toEqual([]);
  });

  test('one file of many that may not merge alone asks for a human', () => {
    expect(open(aPolicy(DOCS_ALONE), docs({ files: [aFile('docs/a.md'), aFile('src/a.ts')] }))).toEqual([
      'human-approvals waiting: 1 approval from @acme/platform for src/a.ts (0 of 1)',
    ]);
  });

  test('the lowest tier of all evidenced agents holds', () => {
    const commits = [aCommit({ author: identity(DEVIN) }), aCommit()];
    expect(open(aPolicy(DOCS_ALONE), docs({ commits }))).toHaveLength(1);
  });

  test('an app that no signature names brings it down to the default one', () => {
    const commits = [aCommit({ author: identity(DEVIN) }), aCommit({ author: identity(bot('sneaky-app')) })];
    expect(open(aPolicy(DOCS_ALONE), docs({ commits }))).toHaveLength(1);
  });

  test.each([
    ['a submodule', { mode: '160000' }],
    ['a symbolic link', { mode: '120000' }],
  ])('%s always needs a human', (_name, changes) => {
    expect(open(aPolicy(DOCS_ALONE), docs({ files: [aFile('docs/a', changes)] }))).toHaveLength(1);
  });

  test('unread file modes are asked for, and let nothing merge alone', () => {
    const evaluation = evaluateWith({
      repository: aPolicy(DOCS_ALONE),
      snapshot: docs({ files: [aFile('docs/a', { mode: null })] }),
    });
    expect(evaluation.missing).toEqual([{ kind: 'diff' }]);
    expect(gateOf(evaluation.decision)).toBe('action_required');
  });

  test.each(['rollback_plan: true', 'feature_flag: { files: ["flags.yml"] }'])(
    '%s is not judged yet, so a human decides',
    (requirement) => {
      const policy = aPolicy(
        `agents: { devin: { tier: 3 } }\nzones:\n  prod: { paths: ["src/**"], merge: 3, require: { ${requirement} } }\n`,
      );
      const evaluation = evaluateWith({ repository: policy, snapshot: devin() });
      expect(openVerdicts(evaluation)).toEqual([
        'human-approvals waiting: 1 approval from @acme/platform for src/app.ts (0 of 1)',
      ]);
      expect(open(policy, devin({ reviews: [aReview('bo')] }))).toEqual([]);
    },
  );

  test('a failed required check is not lifted by approvals', () => {
    const policy = aPolicy(
      'zones:\n  src: { paths: ["src/**"], require: { checks: [{ name: build, app: github-actions }] } }\n',
    );
    const checks = [{ name: 'build', app: 'github-actions', conclusion: 'skipped' as const }];
    expect(open(policy, aSnapshot({ checks, reviews: [aReview('bo')] }))).toEqual([
      'required-checks fail: check build: skipped',
    ]);
  });
});

describe('who vouches for more than the default tier', () => {
  // Commits say devin, a person opened it: claimed, not verified.
  const claimed = (opener = user('ann'), changes: Changes = {}) =>
    docs({
      ...changes,
      commits: [aCommit({ author: identity(DEVIN), signature: null })],
      pullRequest: { author: opener, headRef: 'x' },
    });

  test('a person with write access who opened it', () => {
    expect(open(aPolicy(DOCS_ALONE), claimed())).toEqual([]);
  });

  test.each<[string, Changes & { opener?: ReturnType<typeof user> }]>([
    ['not a stranger', { opener: user('mallory'), people: { mallory: aPerson('mallory', 'read') } }],
    ['not a bot that opened it', { opener: bot('mallory') }],
  ])('%s', (_name, { opener, ...changes }) => {
    expect(open(aPolicy(DOCS_ALONE), claimed(opener, changes))).toContain(
      'human-approvals waiting: 1 approval from @acme/platform for docs/a.md (0 of 1)',
    );
  });

  test('an opener who was not looked up is asked for', () => {
    const evaluation = evaluateWith({ repository: aPolicy(DOCS_ALONE), snapshot: claimed(user('zoe')) });
    expect(evaluation.missing).toContainEqual({ kind: 'person', login: 'zoe' });
    expect(gateOf(evaluation.decision)).not.toBe('success');
  });

  test('nobody in a zone for everyone', () => {
    const policy = aPolicy(
      'agents: { devin: { tier: 2 } }\nzones:\n  docs: { paths: ["docs/**"], merge: 2, for: everyone, approvals: { count: 1, from: ["@acme/sre"] } }\n',
    );
    expect(open(policy, claimed())).toEqual([
      'human-approvals waiting: 1 approval from @acme/sre for docs/a.md (0 of 1)',
    ]);
    expect(open(policy, docs())).toEqual([]);
  });
});

describe('names of a file', () => {
  const INFRA = aPolicy('zones:\n  infra: { paths: ["infra/**"], propose: 2 }\n');

  test('a file that leaves a protected folder counts under its old name', () => {
    const files = [aFile('open/main.tf', { status: 'renamed', previousPath: 'infra/main.tf' })];
    expect(open(INFRA, aSnapshot({ files }))).toContain(
      'permission-tier fail: copilot (tier 1) may not change infra/main.tf',
    );
  });

  test('and so does one that is copied out of it', () => {
    const files = [aFile('open/main.tf', { status: 'copied', previousPath: 'infra/main.tf' })];
    expect(open(INFRA, aSnapshot({ files }))).toContain(
      'permission-tier fail: copilot (tier 1) may not change infra/main.tf',
    );
  });

  test("a person's rename out of the control plane needs the owner", () => {
    const files = [aFile('ci.yml', { status: 'renamed', previousPath: '.github/workflows/ci.yml' })];
    expect(open(INFRA, human({ files }))).toEqual([
      'human-approvals waiting: 1 approval from @acme/platform for .github/workflows/ci.yml (0 of 1)',
    ]);
  });

  test.each([
    '.github/Workflows/CI.yml',
    '.GITHUB/agent-policy.yml',
    'CodeOwners',
    'sub/Agents.md',
    '.Claude/x',
  ])('%s is control plane in any letters, for everybody', (path) => {
    const files = [aFile(path)];
    const all = aPolicy('agents: { devin: { tier: 3 } }\nzones:\n  all: { paths: ["**"], merge: 2 }\n');
    expect(open(all, devin({ files }))[0]).toMatch(
      /^human-approvals waiting: 1 approval from @acme\/platform/,
    );
    expect(open(all, human({ files }))[0]).toMatch(
      /^human-approvals waiting: 1 approval from @acme\/platform/,
    );
  });
});

describe('the owner of the control plane', () => {
  const files = [aFile('.github/workflows/ci.yml')];
  const wanted = (owner: string, snapshot: ReturnType<typeof aSnapshot>) =>
    open(aPolicy('', owner), snapshot).filter((line) => line.startsWith('human-approvals'));

  test.each<[string, string, Changes, string]>([
    ['the owner', '@alice', {}, '@alice'],
    ['an admin, when the only owner wrote it', '@ann', {}, 'a repository admin'],
    ['an admin, when the owner is whoever asked', 'requester', {}, 'a repository admin'],
    [
      'an admin, when the team is gone',
      '@acme/gone',
      { teams: { '@acme/gone': { found: false, why: 'no such team' } } },
      'a repository admin',
    ],
  ])('%s', (_name, owner, changes, who) => {
    expect(wanted(owner, human({ files, ...changes }))).toEqual([
      `human-approvals waiting: 1 approval from ${who} for .github/workflows/ci.yml (0 of 1)`,
    ]);
  });

  test('stands as built-in, whatever the policy says', () => {
    const evaluation = evaluateWith({ snapshot: human({ files }) });
    expect(verdictsOf(evaluation, 'human-approvals')[0]).toMatchObject({
      layer: 'built-in',
      zone: 'control plane',
      line: null,
    });
  });
});

describe('people and what is like them', () => {
  const ZONES = aPolicy(
    'zones:\n  prompts: { paths: ["prompts/**"], for: everyone, approvals: { count: 1, from: ["@acme/sre"] } }\n  infra: { paths: ["infra/**"], propose: 3 }\n',
  );

  test('are bound by zones for everyone', () => {
    const snapshot = human({ files: [aFile('prompts/a.md')] });
    expect(open(ZONES, snapshot)).toEqual([
      'human-approvals waiting: 1 approval from @acme/sre for prompts/a.md (0 of 1)',
    ]);
    expect(open(ZONES, human({ files: [aFile('prompts/a.md')], reviews: [aReview('bo')] }))).toEqual([]);
  });

  test('and by nothing else', () => {
    expect(open(ZONES, human({ files: [aFile('infra/a.tf'), aFile('src/a.ts')] }))).toEqual([]);
    expect(open(aPolicy('trace: { required: true }\nhalt: true\n'), human())).toEqual([]);
  });

  test('a classic bot is exempt but for the control plane, and nobody had to ask it', () => {
    const dependabot = { login: 'dependabot[bot]', id: 49699333, type: 'Bot' as const };
    const update = (files: Parameters<typeof aSnapshot>[0]) =>
      aSnapshot({
        commits: [
          aCommit({
            author: identity(dependabot),
            signature: { verified: true, signer: dependabot, byGitHub: false },
          }),
        ],
        pullRequest: { author: dependabot, headRef: 'dependabot/npm/x', assignees: [] },
        ...files,
      });
    expect(evaluateWith({ snapshot: update({}) }).decision.authorship.authorship).toBe('automation');
    expect(open(ZONES, update({}))).toEqual([]);
    expect(open(ZONES, update({ files: [aFile('.github/workflows/ci.yml')] }))).toEqual([
      'human-approvals waiting: 1 approval from @acme/platform for .github/workflows/ci.yml (0 of 1)',
    ]);
    expect(open(aPolicy('treat: { automation: agent }\n'), update({}))).toHaveLength(1);
  });

  const assisted = human({
    commits: [
      aCommit({
        author: identity(user('ann')),
        signature: null,
        message: 'x\n\nCo-Authored-By: Claude <noreply@anthropic.com>',
      }),
    ],
  });

  test("an assisted change is a person's, unless the policy treats it as an agent's", () => {
    expect(evaluateWith({ snapshot: assisted }).decision.authorship.authorship).toBe('assisted');
    expect(open(aPolicy(), assisted)).toEqual([]);
    expect(open(aPolicy('treat: { assisted: agent }\n'), assisted)).toHaveLength(1);
  });
});

describe('lists', () => {
  const BY_OWNERS = aPolicy('zones:\n  default: { approvals: { count: 1, from: [codeowners] } }\n');
  const codeowners = { path: 'CODEOWNERS', text: '/infra/ @acme/sre\n/web/ @lee @kim\n/mail/ me@acme.dev\n' };
  const files = [
    aFile('infra/a.tf'),
    aFile('infra/b.tf'),
    aFile('web/a.ts'),
    aFile('other'),
    aFile('mail/a'),
  ];

  test("each file's owners approve it, what nobody reachable owns is the owner's", () => {
    expect(open(BY_OWNERS, aSnapshot({ files, codeowners }))).toEqual([
      'human-approvals waiting: 1 approval from @acme/sre for infra/ (0 of 1)',
      'human-approvals waiting: 1 approval from @kim or @lee for web/a.ts (0 of 1)',
      'human-approvals waiting: 1 approval from @acme/platform for 2 files (0 of 1)',
    ]);
  });

  test('one review serves every list it is on', () => {
    const reviews = [aReview('kim'), aReview('alice')];
    expect(open(BY_OWNERS, aSnapshot({ files, codeowners, reviews }))).toEqual([]);
  });

  test('CODEOWNERS that was not read never passes', () => {
    const snapshot = aSnapshot({ codeowners: null, reviews: [aReview('bo'), aReview('alice')] });
    expect(gateOf(evaluateWith({ repository: BY_OWNERS, snapshot }).decision)).toBe('in_progress');
  });

  test("several agents' owners must each approve", () => {
    const policy = aPolicy(
      'agents: { devin: { tier: 1, owner: "@alice" }, copilot: { tier: 1, owner: "@kim" } }\n',
    );
    const snapshot = devin({ commits: [aCommit({ author: identity(DEVIN) }), aCommit()] });
    expect(open(policy, snapshot)).toEqual([
      'human-approvals waiting: 1 approval from @alice for src/app.ts (0 of 1)',
      'human-approvals waiting: 1 approval from @kim for src/app.ts (0 of 1)',
    ]);
  });

  test('an owner who asked for the work cannot approve it, and is told so', () => {
    const evaluation = evaluateWith({ repository: aPolicy('', '@ann') });
    const [verdict] = verdictsOf(evaluation, 'human-approvals');
    expect(verdict).toMatchObject({ state: 'waiting', remedy: { by: 'owner' } });
  });

  test('a count of zero does not let an agent merge alone', () => {
    const policy = aPolicy('zones:\n  default: { approvals: { count: 0 } }\n');
    expect(open(policy)).toHaveLength(1);
  });
});

describe('trace', () => {
  test.each([
    ['no section: reported, never blocking', '', [], 0],
    ['required', 'trace: { required: true }\n', ['trace-link fail: no trace link'], 0],
    ['required, and approved by people', 'trace: {}\n', ['trace-link fail: no trace link'], 1],
    [
      'fields',
      'trace: { required: false, fields: [model] }\n',
      ['trace-fields fail: no trailer Agent-Model'],
      0,
    ],
  ])('%s', (_name, section, expected) => {
    expect(open(aPolicy(section), aSnapshot({ reviews: [aReview('bo')] }))).toEqual(expected);
  });

  test('a link of the agent passes', () => {
    const body =
      'Link to Devin run: https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef\nRequested by: @ann';
    const snapshot = devin({ pullRequest: { body }, reviews: [aReview('bo')] });
    expect(open(aPolicy('trace: { required: true }\n'), snapshot)).toEqual([]);
    const missing = evaluateWith({ repository: aPolicy('trace: { required: true }\n'), snapshot: devin() });
    expect(plain(verdictsOf(missing, 'trace-link')[0]!.remedy!.what)).toContain(
      'links to the session on app.devin.ai, or put',
    );
    const elsewhere = aPolicy(
      'agents: { devin: { trace: { hosts: ["langfuse.acme.dev"] } } }\ntrace: { required: true }\n',
    );
    expect(open(elsewhere, snapshot)).toEqual([
      'trace-link fail: trace link leads to app.devin.ai, which is not allowed',
    ]);
  });
});

describe('halt', () => {
  test.each([
    ['all agents', 'halt: true\n', 'halt fail: copilot, by the policy (line 3)'],
    ['this agent', 'halt: [copilot]\n', 'halt fail: copilot, by the policy (line 3)'],
    [
      'all agents, in observe mode too',
      'halt: true\nmode: observe\n',
      'halt fail: copilot, by the policy (line 3)',
    ],
  ])('%s', (_name, section, expected) => {
    const evaluation = evaluateWith({
      repository: aPolicy(section),
      snapshot: aSnapshot({ reviews: [aReview('bo')] }),
    });
    expect(openVerdicts(evaluation)).toEqual([expected]);
    expect(gateOf(evaluation.decision)).toBe('failure');
  });

  test("the organisation's halt holds whatever the repository says", () => {
    const evaluation = evaluateWith({
      repository: aPolicy('halt: false\n'),
      organization: aPolicy('halt: [copilot]\n'),
      snapshot: aSnapshot({ reviews: [aReview('bo')] }),
    });
    expect(gateOf(evaluation.decision)).toBe('failure');
    expect(verdictsOf(evaluation, 'halt')[0]?.layer).toBe('organization');
  });

  test('another agent is not halted', () => {
    expect(open(aPolicy('halt: [devin]\n'), aSnapshot({ reviews: [aReview('bo')] }))).toEqual([]);
  });
});

describe('what this version cannot judge', () => {
  const approved = aSnapshot({ reviews: [aReview('bo')] });
  test.each([
    ['trace.verify: bound', 'trace: { required: false, verify: bound }\n', 3],
    ['error_budget', 'error_budget: { change_failure_rate: 15% }\n', 3],
    ['checkpoints', 'checkpoints: [secret]\n', 3],
    ['agents.copilot.budget', 'agents: { copilot: { budget: { usd: 1 } } }\n', 3],
    ['approvals.confirm', 'zones: { a: { paths: ["src/**"], approvals: { confirm: true } } }\n', 3],
  ])('%s waits for the owner', (key, section, line) => {
    const evaluation = evaluateWith({ repository: aPolicy(section), snapshot: approved });
    expect(openVerdicts(evaluation)).toEqual([
      `not-built waiting: the owner: ${key} cannot be judged yet (line ${line})`,
    ]);
    expect(gateOf(evaluation.decision)).toBe('action_required');
  });

  test('sampling is asked only of what could merge alone', () => {
    const policy = aPolicy(`${DOCS_ALONE}sampling: { human_review: 10% }\n`);
    expect(open(policy, docs())).toEqual([
      'not-built waiting: the owner: sampling cannot be judged yet (line 6)',
    ]);
    expect(open(policy, devin({ reviews: [aReview('bo')] }))).toEqual([]);
  });

  test.each([
    ['waivers', 'waivers: { by: ["@acme/leads"] }\n'],
    ['escalation', 'escalation: { mention: ["@acme/oncall"] }\n'],
    ["another agent's budget", 'agents: { devin: { budget: { usd: 1 } } }\n'],
    ['suites that no zone asks for', 'evals: { suites: { s: { workflow: e.yml } } }\n'],
    [
      'another zone',
      'zones: { a: { paths: ["infra/**"], evals: [s] } }\nevals: { suites: { s: { workflow: e.yml } } }\n',
    ],
  ])('%s demands nothing of this change', (_name, section) => {
    expect(open(aPolicy(section), approved)).toEqual([]);
  });

  test('an observed suite only observes', () => {
    const policy = aPolicy(
      'zones: { a: { paths: ["src/**"], evals: [s] } }\nevals: { suites: { s: { workflow: e.yml, mode: observe } } }\n',
    );
    expect(gateOf(evaluateWith({ repository: policy, snapshot: approved }).decision)).toBe('neutral');
  });
});

describe('observe', () => {
  test('a policy that observes reports and blocks nothing', () => {
    const evaluation = evaluateWith({ repository: aPolicy('mode: observe\n') });
    expect(openVerdicts(evaluation)).toHaveLength(1);
    expect(gateOf(evaluation.decision)).toBe('neutral');
  });

  test('a zone that enforces in a policy that observes holds an agent of any tier', () => {
    const policy = aPolicy(
      'mode: observe\nagents: { devin: { tier: 3 } }\nzones:\n  deploy: { mode: enforce, paths: ["deploy/**"], approvals: { from: ["@acme/sre"] } }\n',
    );
    const snapshot = devin({ files: [aFile('deploy/a.yml')] });
    expect(gateOf(evaluateWith({ repository: policy, snapshot }).decision)).toBe('action_required');
  });

  test('a zone that observes adds to what is enforced and takes nothing from it', () => {
    const policy = aPolicy(
      'zones:\n  trial: { mode: observe, paths: ["src/**"], approvals: { count: 2, from: ["@acme/sre"] } }\n',
    );
    const files = [aFile('src/a.ts'), aFile('other.ts')];
    const evaluation = evaluateWith({ repository: policy, snapshot: aSnapshot({ files }) });
    expect(
      evaluation.decision.verdicts
        .filter(({ rule }) => rule === 'human-approvals')
        .map((one) => [one.mode, lineOf(one)]),
    ).toEqual([
      ['enforce', 'human-approvals waiting: 1 approval from @acme/platform for 2 files (0 of 1)'],
      ['observe', 'human-approvals waiting: 2 approvals from @acme/sre for src/a.ts (0 of 2)'],
    ]);
    const approved = evaluateWith({
      repository: policy,
      snapshot: aSnapshot({ files, reviews: [aReview('alice')] }),
    });
    expect(gateOf(approved.decision)).toBe('neutral');
  });
});

describe('layers', () => {
  const ORG =
    'version: 1\nowner: "@acme/security"\nzones:\n  secrets: { paths: ["**/*.pem"], approvals: { count: 1, from: ["@alice"] } }\n';

  test('the organisation demands only what it states', () => {
    const reviews = [aReview('bo')];
    expect(open(aPolicy(), aSnapshot({ reviews }), ORG)).toEqual([]);
    expect(open(aPolicy(), aSnapshot({ reviews, files: [aFile('a/b.pem')] }), ORG)).toEqual([
      'human-approvals waiting: 1 approval from @alice for a/b.pem (0 of 1)',
    ]);
  });

  test('a repository cannot loosen it, only tighten', () => {
    const loose = aPolicy(
      'agents: { default: { tier: 3 } }\nzones:\n  all: { paths: ["**"], merge: 2, approvals: { count: 0 } }\n',
    );
    const snapshot = aSnapshot({ files: [aFile('a.pem')] });
    expect(open(loose, snapshot)).toEqual([]);
    const strict =
      'version: 1\nowner: "@acme/security"\nagents: { default: { tier: 1 } }\nzones:\n  secrets: { paths: ["**/*.pem"], merge: never, approvals: { from: ["@alice"] } }\n';
    const evaluation = evaluateWith({ repository: loose, organization: strict, snapshot });
    expect(openVerdicts(evaluation)).toContain(
      'human-approvals waiting: 1 approval from @alice for a.pem (0 of 1)',
    );
    expect(evaluation.decision.tier).toBe(1);
  });

  test('approvals that the organisation states hold for an agent of any tier', () => {
    const trusting = aPolicy(DOCS_ALONE);
    const snapshot = docs({ files: [aFile('docs/a.pem')] });
    expect(open(trusting, snapshot)).toEqual([]);
    expect(open(trusting, snapshot, ORG)).toEqual([
      'human-approvals waiting: 1 approval from @alice for docs/a.pem (0 of 1)',
    ]);
  });

  test('merge: never without a list means its owner', () => {
    const org = 'version: 1\nowner: "@kim"\nzones:\n  all: { paths: ["**"], merge: never }\n';
    expect(open(aPolicy(), aSnapshot({ reviews: [aReview('bo')] }), org)).toEqual([
      'human-approvals waiting: 1 approval from @kim for src/app.ts (0 of 1)',
    ]);
  });

  test('tier 0 of the organisation only reads, in a repository without a policy too', () => {
    const evaluation = evaluateWith({
      repository: ABSENT,
      organization: 'version: 1\nowner: "@alice"\nagents: { copilot: { tier: 0 } }\n',
      snapshot: aSnapshot(),
    });
    expect(openVerdicts(evaluation)).toEqual([
      'permission-tier fail: copilot (tier 0) may not change src/app.ts',
    ]);
  });

  test('the control plane asks one owner, not two', () => {
    const snapshot = human({ files: [aFile('CODEOWNERS')] });
    expect(open(aPolicy(), snapshot, ORG)).toEqual([
      'human-approvals waiting: 1 approval from @acme/platform for CODEOWNERS (0 of 1)',
    ]);
  });

  test('a broken policy of the organisation fails agents beside a good one of the repository', () => {
    const snapshot = aSnapshot({ reviews: [aReview('bo')] });
    const evaluation = evaluateWith({ repository: aPolicy(), organization: 'version: 2\n', snapshot });
    expect(gateOf(evaluation.decision)).toBe('failure');
    expect(evaluation.decision.layers.map(({ file, status }) => [file, status.kind])).toEqual([
      ['.github/agent-policy.yml', 'valid'],
      ['acme/.github: .github/agent-policy.yml', 'invalid'],
    ]);
  });
});

test('a zone of another base branch demands nothing', () => {
  const policy = aPolicy('zones:\n  infra: { paths: ["infra/**"], branches: ["release/*"], propose: 3 }\n');
  const files = [aFile('infra/a.tf')];
  expect(open(policy, aSnapshot({ files, reviews: [aReview('bo')] }))).toEqual([]);
  expect(open(policy, aSnapshot({ files, pullRequest: { baseRef: 'release/1' } }))[0]).toMatch(
    /^permission-tier fail/,
  );
});

test('naming asks for a branch only of agents that choose their own freely', () => {
  const policy = aPolicy(
    'naming: { branch: "agent/**" }\nagents: { acme-codegen: { match: { logins: ["acme-codegen[bot]"] } } }\n',
  );
  const own = aSnapshot({
    commits: [aCommit({ author: identity(bot('acme-codegen')), sha: HEAD })],
    pullRequest: { author: bot('acme-codegen'), headRef: 'feature' },
    reviews: [aReview('bo'), aReview('alice')],
  });
  expect(open(policy, own)).toEqual(['naming fail: branch feature does not match agent/**']);
  expect(open(policy, aSnapshot({ reviews: [aReview('bo')] }))).toEqual([]);
});
