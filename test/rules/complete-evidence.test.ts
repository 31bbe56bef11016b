import { describe, expect, test } from '@jest/globals';
import { completeEvidence } from '../../src/rules/complete-evidence.js';
import { aContext, judge } from '../builders/context.js';
import { aCommit, aFile, aSnapshot } from '../builders/snapshot.js';

const judgeWith = (snapshot: ReturnType<typeof aSnapshot>, agent = true) =>
  judge(completeEvidence, { agent }, aContext({ snapshot }));

describe('complete-evidence', () => {
  test.each([
    ['everything was read', aSnapshot(), 'pass', 'every file and commit was read'],
    ['a change without files', aSnapshot({ files: [] }), 'pass', 'every file and commit was read'],
    [
      'one file more than GitHub lists',
      aSnapshot({
        files: Array.from({ length: 3000 }, (_, index) => aFile(`src/${index}.ts`)),
        pullRequest: { changedFiles: 3001 },
      }),
      'fail',
      '3001 files, of which 3000 could be read',
    ],
    [
      'one commit more than GitHub lists',
      aSnapshot({ commits: Array.from({ length: 250 }, () => aCommit()), pullRequest: { commitCount: 251 } }),
      'fail',
      '251 commits, of which 250 could be read',
    ],
    [
      'fewer files counted than read, a push in between',
      aSnapshot({ files: [aFile('a'), aFile('b')], pullRequest: { changedFiles: 1 } }),
      'fail',
      '1 files, of which 2 could be read',
    ],
    [
      'a renamed file whose former name was not read',
      aSnapshot({ files: [aFile('open/a.tf', { status: 'renamed' })] }),
      'pending',
      '1 renamed file without a former name',
    ],
  ] as const)('%s', (_name, snapshot, state, title) => {
    expect(judgeWith(snapshot)).toEqual([[state, title]]);
  });

  test('both limits are told at once', () => {
    const snapshot = aSnapshot({ pullRequest: { changedFiles: 9, commitCount: 9 } });
    expect(judgeWith(snapshot).map(([state]) => state)).toEqual(['fail', 'fail']);
  });

  test("for a person's change the gap is said, and the owner asked elsewhere", () => {
    const snapshot = aSnapshot({ pullRequest: { changedFiles: 9 } });
    expect(judgeWith(snapshot, false)).toEqual([['skipped', '9 files, of which 1 could be read']]);
  });

  test('former names are asked for, and nothing else', () => {
    const renamed = aSnapshot({ files: [aFile('open/a.tf', { status: 'renamed' })] });
    expect(completeEvidence.needs({ agent: true }, aContext({ snapshot: renamed }))).toEqual([
      { kind: 'diff' },
    ]);
    expect(completeEvidence.needs({ agent: true }, aContext())).toEqual([]);
  });
});
