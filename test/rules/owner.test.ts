import { describe, expect, test } from '@jest/globals';
import { owner } from '../../src/rules/owner.js';
import { aContext, anAgentFinding, judge } from '../builders/context.js';
import { aPerson, aSnapshot, aTeam, bot } from '../builders/snapshot.js';

const settings = { owner: '@alice', agent: 'devin', machineUsers: [] as readonly string[] };
const judgeWith = (changes: Partial<typeof settings>, context = aContext()) =>
  judge(owner, { ...settings, ...changes }, context);

describe('owner', () => {
  test.each([
    ['a person with write access', {}, 'pass', '@alice answers for it'],
    ['logins are compared without case', { owner: '@ALICE' }, 'pass', '@ALICE answers for it'],
    ['a team with write access', { owner: '@acme/platform' }, 'pass', '@acme/platform answers for it'],
    ['the requester', { owner: 'requester' }, 'pass', '@ann answers for it'],
    ['a person who may only read', { owner: '@reader' }, 'fail', 'the owner @reader cannot answer for it'],
    ['a bot', { owner: '@helper' }, 'fail', 'the owner @helper cannot answer for it'],
    ['a machine user', { machineUsers: ['alice'] }, 'fail', 'the owner @alice cannot answer for it'],
    [
      'a team that may only read',
      { owner: '@acme/readers' },
      'fail',
      'the owner @acme/readers cannot answer for it',
    ],
    [
      'a team that does not exist',
      { owner: '@acme/gone' },
      'fail',
      'the owner @acme/gone cannot answer for it',
    ],
    [
      'a team without members',
      { owner: '@acme/empty' },
      'fail',
      'the owner @acme/empty cannot answer for it',
    ],
    ['a person who was not looked up', { owner: '@zoe' }, 'pending', 'access of the owner @zoe is not known'],
    [
      'a team that was not looked up',
      { owner: '@acme/new' },
      'pending',
      'access of the owner @acme/new is not known',
    ],
  ] as const)('%s', (_name, changes, state, title) => {
    const snapshot = aSnapshot({
      people: {
        ...aSnapshot().people,
        reader: aPerson('reader', 'read'),
        helper: { account: { ...bot('helper'), login: 'helper' }, permission: 'write' },
      },
      teams: {
        ...aSnapshot().teams,
        '@acme/readers': aTeam(['bo'], 'read'),
        '@acme/gone': { found: false, why: 'no such team' },
        '@acme/empty': aTeam([]),
      },
    });
    expect(judgeWith(changes, aContext({ snapshot }))).toEqual([[state, title]]);
  });

  test('fails when the requester answers and nobody knows who that is', () => {
    const authorship = anAgentFinding({ requester: { known: false, why: 'No one is named.' } });
    expect(judgeWith({ owner: 'requester' }, aContext({ authorship }))).toEqual([
      ['fail', 'nobody is known to answer for this change'],
    ]);
  });

  test('asks for the one fact it needs', () => {
    expect(owner.needs(settings, aContext())).toEqual([{ kind: 'person', login: 'alice' }]);
    expect(owner.needs({ ...settings, owner: '@acme/platform' }, aContext())).toEqual([
      { kind: 'team', team: '@acme/platform' },
    ]);
  });

  test('a login that is a property of every object is not looked up by accident', () => {
    expect(judgeWith({ owner: '@constructor' })[0]?.[0]).toBe('pending');
  });
});
