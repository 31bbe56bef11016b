// Who may approve an agent's change, and for what? Every row of an attack is one that must not count.
import { describe, expect, test } from '@jest/globals';
import type { Requester } from '../../src/domain/authorship.js';
import type { Review } from '../../src/domain/snapshot.js';
import { humanApprovals } from '../../src/rules/human-approvals.js';
import {
  aContext,
  aHumanFinding,
  anAgentFinding,
  type ContextChanges,
  explain,
  judge,
} from '../builders/context.js';
import {
  aCommit,
  aMemory,
  aPerson,
  aReview,
  aSnapshot,
  aTeam,
  bot,
  EARLIER,
  HEAD,
  identity,
  user,
} from '../builders/snapshot.js';

const settings = {
  count: 2,
  from: ['@acme/sre'],
  independent: true,
  keepOnSameDiff: true,
  machineUsers: [] as string[],
  zone: 'infra',
  line: 12,
  paths: ['infra/a.tf', 'infra/b.tf'],
  because: [] as string[],
  listUnknown: false,
};
type Changes = Parameters<typeof aSnapshot>[0];
const judgeWith = (snapshot: Changes, changes: Partial<typeof settings> = {}, rest: ContextChanges = {}) =>
  judge(humanApprovals, { ...settings, ...changes }, aContext({ snapshot: aSnapshot(snapshot), ...rest }));
const reasonWith = (snapshot: Changes, changes: Partial<typeof settings> = {}, rest: ContextChanges = {}) =>
  explain(
    humanApprovals.evaluate(
      { ...settings, ...changes },
      aContext({ snapshot: aSnapshot(snapshot), ...rest }),
    )[0],
  );
const ONE = { count: 1 };
const WAITS_FOR_ONE = 'waiting';

describe('human-approvals: counting', () => {
  test.each([
    ['two of the team', [aReview('bo'), aReview('kim')], 'pass', '@bo and @kim approved infra/'],
    ['nobody yet', [], 'waiting', '2 approvals from @acme/sre for infra/ (0 of 2)'],
    ['one of two', [aReview('bo')], 'waiting', '2 approvals from @acme/sre for infra/ (1 of 2)'],
    [
      'somebody who is on no list',
      [aReview('bo'), aReview('alice')],
      'waiting',
      '2 approvals from @acme/sre for infra/ (1 of 2)',
    ],
    [
      'a dismissed approval',
      [aReview('bo'), aReview('kim', { state: 'DISMISSED' })],
      'waiting',
      '2 approvals from @acme/sre for infra/ (1 of 2)',
    ],
    [
      'a request for changes',
      [aReview('bo'), aReview('kim', { state: 'CHANGES_REQUESTED' })],
      'waiting',
      '2 approvals from @acme/sre for infra/ (1 of 2)',
    ],
  ] as const)('%s', (_name, reviews: readonly Review[], state, title) => {
    expect(judgeWith({ reviews })).toEqual([[state, title]]);
  });

  test.each([
    ['a person named', ['@bo'], 'pass'],
    ['a person named in other letters', ['@BO'], 'pass'],
    ['one of several lists', ['@acme/platform', '@acme/none', '@bo'], 'pass'],
    ['any person with write access', ['anyone'], 'pass'],
    ['a repository admin, which this one is not', ['admin'], 'waiting'],
    ['an e-mail, which names nobody', ['bo@acme.dev'], 'waiting'],
    ['an empty list', [], 'waiting'],
  ] as const)('from %s', (_name, from, state) => {
    expect(judgeWith({ reviews: [aReview('bo')] }, { ...ONE, from: [...from] })[0]?.[0]).toBe(state);
  });

  test('an admin counts where an admin is asked for', () => {
    expect(judgeWith({ reviews: [aReview('alice')] }, { ...ONE, from: ['admin'] })[0]?.[0]).toBe('pass');
  });

  test('one review may serve several demands', () => {
    const reviews = [aReview('bo')];
    for (const from of [['@acme/sre'], ['@acme/platform']]) {
      expect(judgeWith({ reviews }, { ...ONE, from })[0]?.[0]).toBe('pass');
    }
  });

  test('a count of zero asks nobody', () => {
    expect(judgeWith({}, { count: 0 })).toEqual([['pass', 'no approval needed for infra/']]);
  });
});

describe('human-approvals: who does not count', () => {
  test.each<[string, Changes, Partial<typeof settings>, ContextChanges, string]>([
    ['the opener', { pullRequest: { author: user('bo') } }, {}, {}, 'opened this pull request'],
    ["a commit's author", { commits: [aCommit({ author: identity(user('bo')) })] }, {}, {}, 'wrote aaaaaaa'],
    [
      "a commit's committer",
      { commits: [aCommit({ committer: identity(user('bo')) })] },
      {},
      {},
      'committed aaaaaaa',
    ],
    [
      "a commit's signer",
      { commits: [aCommit({ signature: { verified: true, signer: user('bo'), byGitHub: false } })] },
      {},
      {},
      'signed aaaaaaa',
    ],
    [
      'a co-author by no-reply address',
      { commits: [aCommit({ message: 'x\n\nCo-authored-by: B <12+bo@users.noreply.github.com>' })] },
      {},
      {},
      'is a co-author of aaaaaaa',
    ],
    [
      'a co-author by a handle',
      { commits: [aCommit({ message: 'x\n\nCo-Authored-By: @bo <b@acme.dev>' })] },
      {},
      {},
      'is a co-author of aaaaaaa',
    ],
    [
      'a co-author by an address that another commit ties to the account',
      {
        commits: [
          aCommit({ message: 'x\n\nCo-authored-by: B <B@acme.dev>' }),
          aCommit({
            sha: EARLIER,
            author: { name: 'b', email: 'b@ACME.dev', account: user('bo') },
          }),
        ],
      },
      {},
      {},
      'is a co-author of aaaaaaa',
    ],
    [
      'a co-author by a private address that GitHub knows',
      { commits: [aCommit({ coAuthors: [{ name: 'B', email: 'bo@home.example', account: user('bo') }] })] },
      {},
      {},
      'is a co-author of aaaaaaa',
    ],
    [
      'the sender of a push, whatever the commits say',
      {},
      {},
      { memory: aMemory({ pushes: [{ sender: user('bo'), headSha: EARLIER }] }) },
      'pushed bbbbbbb',
    ],
    [
      'the requester',
      {},
      {},
      { authorship: anAgentFinding({ requester: { known: true, logins: ['Bo'], how: 'assignee' } }) },
      'requested this work',
    ],
    [
      'a requester of before, named no more',
      {},
      {},
      { memory: aMemory({ requesters: ['Bo'] }) },
      'requested this work',
    ],
    ['a machine user', {}, { machineUsers: ['bo'] }, {}, 'is a machine user'],
    [
      'somebody without write access',
      { people: { ann: aPerson('ann'), bo: aPerson('bo', 'triage') } },
      {},
      {},
      'has no write access',
    ],
  ])('%s', (_name, snapshot, changes, rest, why) => {
    const given = { ...snapshot, reviews: [aReview('bo')] };
    expect(judgeWith(given, { ...ONE, ...changes }, rest)).toEqual([
      [WAITS_FOR_ONE, '1 approval from @acme/sre for infra/ (0 of 1)'],
    ]);
    expect(reasonWith(given, { ...ONE, ...changes }, rest)).toContain(`@bo's does not count: ${why}.`);
  });

  test('a second account of the opener that GitHub knows by id, under a new name', () => {
    const reviews = [aReview('renamed', { author: user('renamed', 77) })];
    const teams = { '@acme/sre': aTeam(['renamed', 'bo', 'kim']) };
    const before = { reviews, teams, pullRequest: { author: user('former', 77) } };
    expect(judgeWith(before, ONE)[0]?.[0]).toBe('waiting');
  });

  test('a bot, an app or anything else that is no user, even on the list', () => {
    const teams = { '@acme/sre': aTeam(['devin[bot]', 'Copilot', 'acme', 'bo']) };
    for (const author of [
      bot('devin'),
      { login: 'Copilot', id: 1, type: 'Bot' as const },
      { login: 'acme', id: 2, type: 'Organization' as const },
    ]) {
      expect(judgeWith({ teams, reviews: [aReview('x', { author })] }, ONE)[0]?.[0]).toBe('waiting');
    }
  });

  test('an account of unknown type, until it was read', () => {
    const reviews = [aReview('zoe', { author: { login: 'zoe', id: null, type: null } })];
    const teams = { '@acme/sre': aTeam(['zoe', 'bo']) };
    expect(judgeWith({ reviews, teams }, ONE)[0]?.[0]).toBe('pending');
    expect(
      judgeWith({ reviews, teams, people: { ann: aPerson('ann'), zoe: aPerson('zoe') } }, ONE)[0]?.[0],
    ).toBe('pass');
  });

  test('known limit: a co-author by an address that GitHub ties to no account still counts', () => {
    const commits = [aCommit({ message: 'x\n\nCo-authored-by: B <bo@home.example>' })];
    expect(judgeWith({ commits, reviews: [aReview('bo')] }, ONE)[0]?.[0]).toBe('pass');
    const memory = aMemory({ pushes: [{ sender: user('bo'), headSha: HEAD }] });
    expect(judgeWith({ commits, reviews: [aReview('bo')] }, ONE, { memory })[0]?.[0]).toBe('waiting');
  });

  test('the requester counts where the policy does not ask for independence', () => {
    const authorship = anAgentFinding({ requester: { known: true, logins: ['bo'], how: 'assignee' } });
    expect(
      judgeWith({ reviews: [aReview('bo')] }, { ...ONE, independent: false }, { authorship })[0]?.[0],
    ).toBe('pass');
  });

  test.each<[string, Requester]>([
    ['nobody is named', { known: false, why: 'Nobody is named.' }],
    ['the names are none', { known: true, logins: [], how: 'assignee' }],
  ])('an unknown requester costs one approval more: %s', (_name, requester) => {
    const rest = { authorship: anAgentFinding({ requester }) };
    expect(judgeWith({ reviews: [aReview('bo'), aReview('kim')] }, {}, rest)).toEqual([
      ['waiting', '3 approvals from @acme/sre for infra/ (2 of 3)'],
    ]);
    expect(judgeWith({ reviews: [aReview('bo'), aReview('kim'), aReview('lee')] }, {}, rest)[0]?.[0]).toBe(
      'pass',
    );
  });

  const asking = (...logins: string[]) => ({
    authorship: anAgentFinding({ requester: { known: true, logins, how: 'is named in the body' } }),
  });
  const APPROVED = [aReview('bo'), aReview('kim')];

  test.each<[string, ContextChanges, Changes]>([
    ['has no account here', asking('nobody'), { people: { nobody: aPerson('nobody', 'none') } }],
    ['may only read', asking('max'), { people: { max: aPerson('max', 'read') } }],
    ['was not looked up', asking('max'), { people: {} }],
    [
      'is an app',
      asking('ci'),
      { people: { ci: { account: { login: 'ci', id: 3, type: 'Bot' }, permission: 'write' } } },
    ],
    ['bears the name of the app that opened it', asking('ci'), { pullRequest: { author: bot('ci') } }],
  ])('a requester who %s costs one approval more', (_name, rest, snapshot) => {
    const given = { ...snapshot, reviews: APPROVED };
    expect(judgeWith(given, {}, rest)).toEqual([
      ['waiting', '3 approvals from @acme/sre for infra/ (2 of 3)'],
    ]);
    expect(reasonWith(given, {}, rest)).toContain('named, but not known to have write access');
  });

  test.each<[string, ContextChanges, Changes]>([
    ['one of several may write', asking('nobody', 'ann'), {}],
    ['one of before may write', { ...asking('nobody'), memory: aMemory({ requesters: ['ann'] }) }, {}],
    ['GitHub says who opened it', asking('out'), { pullRequest: { author: user('out') }, people: {} }],
    ['a clone cannot tell', asking('nobody'), { source: 'local' }],
  ])('a named requester is enough where %s', (_name, rest, snapshot) => {
    expect(judgeWith({ ...snapshot, reviews: APPROVED }, {}, rest)[0]?.[0]).toBe('pass');
  });

  test('a few named requesters are looked up, not thousands, and none where nothing hangs on it', () => {
    const many = asking(...Array.from({ length: 5_000 }, (_, at) => `u${at}`));
    const factsFor = (changes: Partial<typeof settings>, rest: ContextChanges, snapshot: Changes = {}) =>
      humanApprovals
        .needs({ ...settings, ...changes }, aContext({ snapshot: aSnapshot(snapshot), ...rest }))
        .filter(({ kind }) => kind === 'person');
    expect(factsFor({}, many)).toHaveLength(10);
    expect(factsFor({}, asking('ann'))).toEqual([{ kind: 'person', login: 'ann' }]);
    expect(factsFor({ independent: false }, many)).toEqual([]);
    expect(factsFor({ count: 0 }, many)).toEqual([]);
    expect(factsFor({}, many, { source: 'local' })).toEqual([]);
    expect(factsFor({}, asking('ann'), { pullRequest: { author: user('ann') } })).toEqual([]);
  });

  test('nobody asked a person for their own change: it costs no approval more', () => {
    const rest = { authorship: aHumanFinding() };
    expect(judgeWith({ reviews: [aReview('bo')] }, { ...ONE, independent: false }, rest)[0]?.[0]).toBe(
      'pass',
    );
  });
});

describe('human-approvals: for which diff', () => {
  const onEarlier = [aReview('bo'), aReview('kim', { headSha: EARLIER })];
  const RE_APPROVE = '@kim to re-approve, the diff changed (1 of 2)';

  test('an approval of an earlier head with the same diff counts', () => {
    expect(judgeWith({ reviews: onEarlier, digests: { [HEAD]: 'd', [EARLIER]: 'd' } })[0]?.[0]).toBe('pass');
  });

  test.each([
    ['the diff changed', { digests: { [HEAD]: 'd', [EARLIER]: 'e' } }, {}, 'waiting', RE_APPROVE],
    [
      'the policy keeps none',
      { digests: { [HEAD]: 'd', [EARLIER]: 'd' } },
      { keepOnSameDiff: false },
      'waiting',
      '@kim to re-approve, the head changed (1 of 2)',
    ],
    [
      'the digest of the earlier head is not known',
      { digests: { [HEAD]: 'd' } },
      {},
      'waiting',
      '@kim to re-approve, the head changed (1 of 2)',
    ],
    [
      'the digest of this head is not known',
      { digests: { [EARLIER]: 'd' } },
      {},
      'waiting',
      '@kim to re-approve, the head changed (1 of 2)',
    ],
  ] as const)(
    'an approval of an earlier head does not count when %s',
    (_name, snapshot, changes, state, title) => {
      expect(judgeWith({ reviews: onEarlier, ...snapshot }, changes)).toEqual([[state, title]]);
    },
  );

  test.each([
    ['before the base branch was changed', '2026-11-20T12:00:01Z', 'waiting'],
    ['in the second in which it was changed', '2026-11-20T12:00:00Z', 'waiting'],
    ['after it was changed', '2026-11-20T11:59:59Z', 'pass'],
    ['when nobody can read when it was changed', 'soon', 'waiting'],
    ['when nobody knows whether it was changed', null, 'pending'],
  ] as const)('an approval %s, on the very same head', (_name, baseChangedAt, state) => {
    expect(judgeWith({ reviews: [aReview('bo')], pullRequest: { baseChangedAt } }, ONE)[0]?.[0]).toBe(state);
  });

  test('a retarget is said to be the reason', () => {
    const retargeted = { reviews: [aReview('bo')], pullRequest: { baseChangedAt: '2026-11-20T13:00:00Z' } };
    expect(judgeWith(retargeted, ONE)).toEqual([['waiting', '@bo to re-approve, the base changed (0 of 1)']]);
  });

  test('digests are asked for where an approval hangs on them, and only there', () => {
    const needs = (reviews: readonly Review[]) =>
      humanApprovals
        .needs(settings, aContext({ snapshot: aSnapshot({ reviews }) }))
        .filter(({ kind }) => kind !== 'person');
    expect(needs([aReview('bo')])).toEqual([{ kind: 'team', team: '@acme/sre' }]);
    expect(needs([aReview('bo', { headSha: EARLIER })])).toEqual([
      { kind: 'team', team: '@acme/sre' },
      { kind: 'digest', headSha: EARLIER },
      { kind: 'digest', headSha: HEAD },
    ]);
    expect(needs([aReview('ann', { headSha: EARLIER })])).toEqual([{ kind: 'team', team: '@acme/sre' }]);
  });
});

describe('human-approvals: what is not known or cannot be', () => {
  test.each([
    ['the reviews were not read', { reviews: null }, {}, 'pending'],
    ['CODEOWNERS was not read', {}, { listUnknown: true }, 'pending'],
    ['the team was not read', { teams: {}, reviews: [aReview('bo'), aReview('kim')] }, {}, 'pending'],
    [
      'the team does not exist',
      { teams: { '@acme/sre': { found: false, why: 'no such team' } as const }, reviews: [aReview('bo')] },
      {},
      'waiting',
    ],
  ] as const)('%s', (_name, snapshot, changes, state) => {
    expect(judgeWith(snapshot, changes)[0]?.[0]).toBe(state);
  });

  test('a clone knows no reviews, and says so apart', () => {
    const snapshot = aSnapshot({ source: 'local', reviews: null });
    const [finding] = humanApprovals.evaluate(settings, aContext({ snapshot }));
    expect(finding).toMatchObject({ state: 'waiting', notKnown: true });
  });

  test('says when everybody on the list took part, and asks the owner instead', () => {
    const context = aContext();
    const [finding] = humanApprovals.evaluate({ ...settings, ...ONE, from: ['@ann'] }, context);
    expect(finding?.remedy?.by).toBe('owner');
    expect(explain(finding)).toMatchInlineSnapshot(`
"@ann may not approve it: requested this work. Zone infra asks for 1 approval (line 12).
Nobody on @ann may approve this change: name more people in the policy on the default branch.
@ann may not approve it: requested this work.
infra/a.tf
infra/b.tf"
`);
  });

  test('says who counts, who does not and why, and who acts', () => {
    const reviews = [aReview('bo'), aReview('kim', { headSha: EARLIER }), aReview('ann'), aReview('alice')];
    expect(reasonWith({ reviews, digests: { [HEAD]: 'd', [EARLIER]: 'e' } })).toMatchInlineSnapshot(`
"@bo approved this head. @kim approved bbbbbbb; the diff changed since. @ann's does not count: requested this work. Zone infra asks for 2 approvals (line 12).
@kim: review aaaaaaa.
@bo counts: approved this head
@kim does not count: approved bbbbbbb; the diff changed since
@ann does not count: requested this work
@alice does not count: is on none of the lists
infra/a.tf
infra/b.tf"
`);
  });
});
