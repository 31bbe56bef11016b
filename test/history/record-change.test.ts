// What does the ledger keep of a merged change?
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { createClassifier } from '../../src/agents/classify.js';
import type { ChangedFile } from '../../src/domain/snapshot.js';
import { toMergedChange } from '../../src/history/record-change.js';
import type { TrunkChange } from '../../src/history/select-changes.js';
import { commit, entry, pull, sha } from './trunk.js';

const catalogue = parseCatalogue(await readFile(new URL('../../config/agents.yml', import.meta.url), 'utf8'));
const memory = { pushes: [], requesters: [], evidence: [] };
const settings = {
  repository: 'acme/shop',
  classify: createClassifier({ catalogue, custom: [], automationWorkflows: [], machineUsers: [], memory }),
  isGenerated: (path: string) => path.startsWith('gen/'),
  ignore: [],
};
const COPILOT = { login: 'Copilot', id: 198982749, type: 'Bot' } as const;
const DEPENDABOT = { login: 'dependabot[bot]', id: 49699333, type: 'Bot' } as const;

function file(path: string, changes: Partial<ChangedFile> = {}): ChangedFile {
  return {
    path,
    previousPath: null,
    status: 'modified',
    additions: 3,
    deletions: 1,
    mode: null,
    patch: null,
    ...changes,
  };
}

function recorded(change: TrunkChange, files = [file('src/a.ts')], decided: 'agent' | null = null) {
  const finding = {
    authorship: 'agent',
    agents: ['devin'],
    name: 'devin',
    evidence: [],
    doubts: [],
    requester: { known: false, why: '' },
    openerVerified: false,
    traceLinks: [],
  } as const;
  return toMergedChange(change, { mergedAt: 5, files, decided: decided === null ? null : finding }, settings);
}

describe('of a pull request', () => {
  test('its own title, number and opener, at its commit on the trunk', () => {
    const one = pull(12, 'merge', { title: 'Add tax' });
    expect(recorded({ entry: entry('merge', [one]), pull: one })).toMatchObject({
      sha: sha('merge'),
      pullRequest: 12,
      title: 'Add tax',
      author: 'kim',
      authorship: 'human',
      agent: null,
      mergedAt: 5,
      lines: 4,
      isOrdinary: true,
      chance: null,
    });
  });

  test('the agent that opened it is its author, under the name it is judged by', () => {
    const one = pull(12, 'merge', { author: COPILOT, headRef: 'copilot/tax' });
    expect(recorded({ entry: entry('merge', [one]), pull: one })).toMatchObject({
      author: 'copilot (agent)',
      authorship: 'agent',
      agent: 'copilot',
    });
  });

  test('a person who is called like an agent keeps a record of their own', () => {
    const by = { ...COPILOT, login: 'copilot', id: 7, type: 'User' as const };
    const one = pull(12, 'merge', { author: by });
    expect(recorded({ entry: entry('merge', [one]), pull: one })).toMatchObject({
      author: 'copilot',
      authorship: 'human',
    });
  });

  test('what was decided when it was judged has the say', () => {
    const one = pull(12, 'merge');
    expect(recorded({ entry: entry('merge', [one]), pull: one }, undefined, 'agent')).toMatchObject({
      author: 'devin (agent)',
      agent: 'devin',
      authorship: 'agent',
    });
  });

  test('one of an automation has no outcome of its own', () => {
    const bumped = commit('bump', {
      author: {
        name: 'dependabot[bot]',
        email: '49699333+dependabot[bot]@users.noreply.github.com',
        account: null,
      },
      committer: { name: 'GitHub', email: 'noreply@github.com', account: null },
      signature: { verified: true, signer: null, byGitHub: true },
    });
    const one = pull(12, 'merge', { author: DEPENDABOT, headRef: 'dependabot/npm/x', commits: [bumped] });
    expect(recorded({ entry: entry('merge', [one]), pull: one })).toMatchObject({
      authorship: 'automation',
      author: 'dependabot[bot]',
      isOrdinary: false,
    });
  });

  test('an account that is gone leaves the name that git has', () => {
    const one = pull(12, 'merge', { author: null });
    expect(recorded({ entry: entry('merge', [one]), pull: one })).toMatchObject({
      author: 'Kim',
      authorship: 'unknown',
    });
  });
});

describe('of a direct push', () => {
  test('its first line and the account of its author', () => {
    const pushed = entry('pushed', [], { commit: commit('pushed', { message: 'Mend it\n\nMore.' }) });
    expect(recorded({ entry: pushed, pull: null })).toMatchObject({
      pullRequest: null,
      title: 'Mend it',
      author: 'kim',
      authorship: 'human',
    });
  });

  test('an agent that left its trailer there', () => {
    const message = 'Mend it\n\nGenerated with Claude Code\n\nCo-Authored-By: Claude <noreply@anthropic.com>';
    const pushed = entry('pushed', [], { commit: commit('pushed', { message }) });
    expect(recorded({ entry: pushed, pull: null })).toMatchObject({ authorship: 'assisted', author: 'kim' });
  });
});

describe('a revert', () => {
  test.each([
    ['Revert "Add tax" (#13)', ''],
    ['Revert "Add tax"\n\nThis reverts commit 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d.', ''],
    ['Take tax out (#13)', 'Reverts acme/shop#12\n'],
  ])('has no outcome of its own: %j', (message, body) => {
    const one = pull(13, 'revert', { title: message.split('\n')[0]!, body });
    const reverting = entry('revert', [one], { commit: commit('revert', { message }) });
    const change = recorded({ entry: reverting, pull: one });
    expect(change.isOrdinary).toBe(false);
    if (body !== '') expect(change.message).toContain('Reverts acme/shop#12');
  });

  test('is none that only tells of one', () => {
    const one = pull(13, 'docs', { body: 'See how this Reverts acme/shop#12 in the handbook.' });
    expect(recorded({ entry: entry('docs', [one]), pull: one }).isOrdinary).toBe(true);
  });
});

describe('of its files', () => {
  const one = pull(12, 'merge');
  const change = { entry: entry('merge', [one]), pull: one };

  test('generated ones and lockfiles are no lines', () => {
    const files = [file('src/a.ts'), file('gen/api.ts', { additions: 900 }), file('package-lock.json')];
    expect(recorded(change, files)).toMatchObject({ lines: 4, files: [{}, {}, {}] });
  });

  test('a renamed one goes on under its new name, a copied one begins anew', () => {
    const files = [
      file('b.ts', { status: 'renamed', previousPath: 'a.ts' }),
      file('c.ts', { status: 'copied', previousPath: 'b.ts' }),
    ];
    expect(recorded(change, files).files.map(({ previousPath }) => previousPath)).toEqual(['a.ts', null]);
  });

  test('counts below zero are none', () => {
    expect(recorded(change, [file('a.ts', { additions: -5, deletions: 2 })])).toMatchObject({ lines: 2 });
  });

  test('a change without any has no outcome of its own', () => {
    expect(recorded(change, [])).toMatchObject({ isOrdinary: false, lines: 0 });
  });
});
