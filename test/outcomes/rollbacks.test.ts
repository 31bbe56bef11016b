// Is a deployment taken for a rollback only if it took an environment back?
import { describe, expect, test } from '@jest/globals';
import { type DeploymentStatus, findRollbacks } from '../../src/outcomes/rollbacks.js';

const TRUNK = ['a', 'b', 'c', 'd'];
const positionOf = (sha: string) => (TRUNK.includes(sha) ? TRUNK.indexOf(sha) : null);

/** `c` succeeds, `!c` fails, `c@staging` elsewhere, `c=1` reports for deployment 1. */
function deploy(...steps: readonly string[]): readonly DeploymentStatus[] {
  return steps.map((step, index) => {
    const [, failed, sha, environment, id] = /^(!?)(\w+)(?:@(\w+))?(?:=(\d+))?$/.exec(step)!;
    return {
      id: id ?? `d${index}`,
      environment: environment ?? 'production',
      sha: sha!,
      state: failed === '!' ? 'failure' : 'success',
      at: new Date(Date.UTC(2025, 0, 1 + index)).toISOString(),
    };
  });
}

describe('a success of an older commit', () => {
  test('blames the commits in between', () => {
    expect(findRollbacks(deploy('a', 'd', 'b'), positionOf).rollbacks).toEqual([
      {
        environment: 'production',
        deployment: 'd2',
        from: 'd',
        to: 'b',
        at: '2025-01-03T00:00:00.000Z',
        undone: { first: 2, last: 3 },
      },
    ]);
  });

  test('is found whatever order the statuses come in', () => {
    expect(findRollbacks([...deploy('a', 'd', 'b')].reverse(), positionOf).rollbacks.length).toBe(1);
  });

  test('is judged within its environment', () => {
    expect(findRollbacks(deploy('d', 'b@staging'), positionOf).rollbacks).toEqual([]);
  });
});

describe('no rollback', () => {
  test.each([
    ['going on', ['a', 'b', 'd']],
    ['the same commit again', ['a', 'd', 'd']],
    ['a failed deployment of an older commit', ['d', '!b']],
    ['a late report of the same deployment', ['a=1', 'd=1', 'b=1']],
  ])('%s', (_, steps) => {
    expect(findRollbacks(deploy(...steps), positionOf).rollbacks).toEqual([]);
  });

  test('a commit that is not on the trunk is said, and compared with nothing', () => {
    expect(findRollbacks(deploy('d', 'hotfix', 'b'), positionOf)).toEqual({
      rollbacks: [],
      unknown: ['hotfix'],
    });
  });
});
