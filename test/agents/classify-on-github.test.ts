// What may be granted when GitHub itself says who is who, and what does a forger gain?
import { describe, expect, test } from '@jest/globals';
import { classifyAuthorship } from '../../src/agents/classify.js';
import { plain } from '../../src/domain/message.js';
import { NO_QUALITY_FACTS } from '../../src/domain/quality.js';
import {
  type Account,
  type Commit,
  type CommitSignature,
  type Memory,
  NOTHING_REMEMBERED,
  type PullRequest,
  type Snapshot,
} from '../../src/domain/snapshot.js';
import { options } from './catalogue-on-disk.js';

const MONA: Account = { login: 'mona', id: 1, type: 'User' };
const DEPENDABOT: Account = { login: 'dependabot[bot]', id: 49699333, type: 'Bot' };
const COPILOT: Account = { login: 'copilot-swe-agent[bot]', id: 198982749, type: 'Bot' };
const ACTIONS: Account = { login: 'github-actions[bot]', id: 41898282, type: 'Bot' };
const STRANGER: Account = { login: 'acme-helper[bot]', id: 99, type: 'Bot' };

const BY_GITHUB: CommitSignature = { verified: true, signer: null, byGitHub: true };
const UNSIGNED: CommitSignature = { verified: false, signer: null, byGitHub: false };
const BY_MONA: CommitSignature = { verified: true, signer: MONA, byGitHub: false };

/** GitHub resolves no account for a bot's address, so `account` stays null, as in its answers. */
function commit(email: string, signature: CommitSignature | null, changes: Partial<Commit> = {}): Commit {
  const person = { name: 'somebody', email, account: null };
  return {
    sha: 'a'.repeat(40),
    message: 'Change it',
    author: person,
    committer: { name: 'GitHub', email: 'noreply@github.com', account: null },
    signature,
    coAuthors: [],
    parents: ['b'.repeat(40)],
    ...changes,
  };
}

const OF_DEPENDABOT = '49699333+dependabot[bot]@users.noreply.github.com';
const OF_MONA = '1+mona@users.noreply.github.com';

function snapshot(
  author: Account | null,
  commits: readonly Commit[],
  changes: Partial<PullRequest> = {},
  source: Snapshot['source'] = 'github',
): Snapshot {
  return {
    source,
    repository: { owner: 'acme', name: 'shop', id: 1, defaultBranch: 'main' },
    pullRequest: {
      number: 1,
      title: 'Change it',
      body: '',
      state: 'open',
      draft: false,
      author,
      baseRef: 'main',
      headRef: 'change-it',
      headSha: 'a'.repeat(40),
      headRepository: 'acme/shop',
      labels: [],
      assignees: [],
      changedFiles: 1,
      commitCount: commits.length,
      baseChangedAt: 'never',
      ...changes,
    },
    commits,
    files: [],
    reviews: [],
    codeowners: null,
    attributes: null,
    headPolicy: null,
    people: {},
    teams: {},
    checks: [],
    ownChecks: [],
    digests: {},
    quality: NO_QUALITY_FACTS,
    evals: {},
    revertOf: null,
  };
}

function pushedBy(...senders: readonly Account[]): Memory {
  return { ...NOTHING_REMEMBERED, pushes: senders.map((sender) => ({ sender, headSha: 'a'.repeat(40) })) };
}

describe('automation is granted by verified identity only', () => {
  test('to a bot that opened it, made every commit and pushed', () => {
    const finding = classifyAuthorship(
      snapshot(DEPENDABOT, [commit(OF_DEPENDABOT, BY_GITHUB)]),
      options({ memory: pushedBy(DEPENDABOT) }),
    );
    expect([finding.authorship, finding.name, finding.doubts]).toEqual(['automation', 'dependabot', []]);
    expect(finding.evidence.map((one) => [one.kind, one.strength, one.points])).toEqual([
      ['opener', 'verified', 'automation'],
    ]);
  });

  test.each([
    ['a person opened it', MONA, [commit(OF_DEPENDABOT, BY_GITHUB)], NOTHING_REMEMBERED, 'human', /^$/],
    [
      'a commit is not signed',
      DEPENDABOT,
      [commit(OF_DEPENDABOT, UNSIGNED)],
      NOTHING_REMEMBERED,
      'unknown',
      /1 of 1 commits are not provably by Dependabot/,
    ],
    [
      'a signature could not be read',
      DEPENDABOT,
      [commit(OF_DEPENDABOT, null)],
      NOTHING_REMEMBERED,
      'unknown',
      /not provably/,
    ],
    [
      'a person signed in its name',
      DEPENDABOT,
      [commit(OF_DEPENDABOT, BY_MONA)],
      NOTHING_REMEMBERED,
      'unknown',
      /not provably/,
    ],
    [
      'a person’s commit follows',
      DEPENDABOT,
      [commit(OF_DEPENDABOT, BY_GITHUB), commit(OF_MONA, BY_GITHUB)],
      NOTHING_REMEMBERED,
      'unknown',
      /1 of 2 commits/,
    ],
    [
      'a person pushed',
      DEPENDABOT,
      [commit(OF_DEPENDABOT, BY_GITHUB)],
      pushedBy(DEPENDABOT, MONA),
      'unknown',
      /mona pushed to it/,
    ],
    [
      'another bot signed',
      DEPENDABOT,
      [commit('29139614+renovate[bot]@users.noreply.github.com', BY_GITHUB)],
      NOTHING_REMEMBERED,
      'unknown',
      /not provably/,
    ],
    [
      'the account has another id',
      { ...DEPENDABOT, id: 7 },
      [commit(OF_DEPENDABOT, BY_GITHUB)],
      NOTHING_REMEMBERED,
      'unknown',
      /another id/,
    ],
    [
      'any workflow may have opened it',
      ACTIONS,
      [commit('41898282+github-actions[bot]@users.noreply.github.com', BY_GITHUB)],
      NOTHING_REMEMBERED,
      'unknown',
      /any workflow can open/,
    ],
  ] as const)('not when %s', (_why, opener, commits, memory, authorship, doubt) => {
    const finding = classifyAuthorship(snapshot(opener, commits), options({ memory }));
    expect(finding.authorship).toBe(authorship);
    expect(finding.doubts.map(plain).join('; ')).toMatch(doubt);
  });

  test('not when commits are missing', () => {
    const finding = classifyAuthorship(
      snapshot(DEPENDABOT, [commit(OF_DEPENDABOT, BY_GITHUB)], { commitCount: 2 }),
      options(),
    );
    expect([finding.authorship, finding.doubts.map(plain)]).toEqual([
      'unknown',
      ['not all commits were read'],
    ]);
  });

  test('not to a workflow the owner lists, as long as GitHub does not tell which one it was', () => {
    const finding = classifyAuthorship(
      snapshot(ACTIONS, [commit('41898282+github-actions[bot]@users.noreply.github.com', BY_GITHUB)]),
      options({ automationWorkflows: ['release.yml'] }),
    );
    expect(finding.authorship).toBe('unknown');
  });
});

describe('human is granted by verified identity only', () => {
  test('to a person, whatever e-mail the commits carry', () => {
    const finding = classifyAuthorship(snapshot(MONA, [commit('mona@laptop.local', UNSIGNED)]), options());
    expect([finding.authorship, finding.evidence, finding.requester]).toEqual([
      'human',
      [],
      { known: true, logins: ['mona'], how: 'opened it' },
    ]);
  });

  test('a classic bot’s commits in a person’s pull request change nothing', () => {
    const commits = [
      commit(OF_MONA, UNSIGNED),
      commit('114827586+autofix-ci[bot]@users.noreply.github.com', BY_GITHUB),
    ];
    expect(classifyAuthorship(snapshot(MONA, commits), options()).authorship).toBe('human');
  });

  test.each([
    ['nobody is named', null, {}, /does not say who opened/],
    ['the type is not told', { ...MONA, type: null }, {}, /does not say what mona is/],
    ['it is a placeholder', { ...MONA, type: 'Mannequin' }, {}, /no account of a person/],
    ['it is a bot nobody knows', STRANGER, {}, /acme-helper\[bot\] is no person/],
    ['it is a machine user', MONA, { machineUsers: ['Mona'] }, /mona is no person/],
    ['an unknown bot pushed', MONA, { memory: pushedBy(STRANGER) }, /acme-helper\[bot\] took part/],
  ] as const)('not when %s', (_why, opener, changes, doubt) => {
    const finding = classifyAuthorship(snapshot(opener, [commit(OF_MONA, UNSIGNED)]), options(changes));
    expect(finding.authorship).toBe('unknown');
    expect(finding.doubts.map(plain).join('; ')).toMatch(doubt);
  });

  test('not when an unknown bot wrote a commit, or commits are missing', () => {
    const foreign = [commit('99+acme-helper[bot]@users.noreply.github.com', UNSIGNED)];
    expect(classifyAuthorship(snapshot(MONA, foreign), options()).authorship).toBe('unknown');
    const few = snapshot(MONA, [commit(OF_MONA, UNSIGNED)], { commitCount: 251 });
    expect(classifyAuthorship(few, options()).authorship).toBe('unknown');
  });
});

describe('strength', () => {
  test('an agent’s own bot account is verified, and so is the opener', () => {
    const finding = classifyAuthorship(snapshot(COPILOT, [commit(OF_MONA, UNSIGNED)]), options());
    expect([finding.authorship, finding.openerVerified, finding.evidence[0]?.strength]).toEqual([
      'agent',
      true,
      'verified',
    ]);
  });

  test.each([
    ['a user account of an agent', { login: 'cursoragent', id: 5, type: 'User' }],
    ['an app that only resembles one', { login: 'acme-claude[bot]', id: 5, type: 'Bot' }],
    ['an app under another id', { ...COPILOT, login: 'Copilot', id: 5 }],
  ] as const)('not verified: %s', (_what, opener) => {
    const finding = classifyAuthorship(snapshot(opener, []), options());
    expect([finding.authorship, finding.openerVerified, finding.evidence[0]?.strength]).toEqual([
      'agent',
      false,
      'claimed',
    ]);
  });

  test('nothing is verified offline', () => {
    const finding = classifyAuthorship(snapshot(COPILOT, [], {}, 'local'), options());
    expect([finding.authorship, finding.openerVerified]).toEqual(['agent', false]);
  });

  test('an agent’s commit is verified when GitHub signed it for the agent, else claimed', () => {
    const email = '158243242+devin-ai-integration[bot]@users.noreply.github.com';
    const strengthOf = (signature: CommitSignature) =>
      classifyAuthorship(snapshot(MONA, [commit(email, signature)]), options()).evidence[0]?.strength;
    expect([strengthOf(BY_GITHUB), strengthOf(UNSIGNED), strengthOf(BY_MONA)]).toEqual([
      'verified',
      'claimed',
      'claimed',
    ]);
  });

  test('a forged mark is enough to tighten', () => {
    const finding = classifyAuthorship(
      snapshot(MONA, [commit('cursoragent@cursor.com', UNSIGNED)]),
      options(),
    );
    expect([finding.authorship, finding.evidence[0]?.strength]).toEqual(['agent', 'claimed']);
  });
});

describe('offline', () => {
  test('the claims of a clone stand in for what GitHub would verify', () => {
    const local = (author: Account, commits: readonly Commit[]) =>
      classifyAuthorship(snapshot(author, commits, { body: null }, 'local'), options()).authorship;
    expect(local({ ...DEPENDABOT, id: null, type: null }, [commit(OF_DEPENDABOT, null)])).toBe('automation');
    expect(
      local({ ...DEPENDABOT, id: null, type: null }, [commit(OF_DEPENDABOT, null), commit(OF_MONA, null)]),
    ).toBe('unknown');
    expect(local(MONA, [commit(OF_MONA, null)])).toBe('human');
    expect(local({ ...STRANGER, type: null }, [commit(OF_MONA, null)])).toBe('unknown');
  });
});
