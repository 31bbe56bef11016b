// What becomes of a change when reverts are reverted, partly or again?
import { describe, expect, test } from '@jest/globals';
import {
  followChanges,
  isoTime,
  type OutcomeLink,
  type OutcomeReport,
} from '../../src/outcomes/follow-changes.js';

const trunk = {
  shaAt: (position: number) => `c${position}`,
  timeAt: (position: number) => position * 86_400,
  pullRequestAt: () => null,
};

function revert(change: number, by: number, share: number | null = 1): OutcomeLink {
  return {
    kind: 'revert',
    change,
    by,
    form: 'sha',
    named: `c${change}`,
    proof: share === null ? 'ancestry' : 'diff',
    share,
  };
}

const fix = (change: number, by: number): OutcomeLink => ({
  ...revert(change, by, null),
  kind: 'fix',
  form: 'sentence',
});

function became(...links: readonly OutcomeLink[]) {
  return Object.fromEntries(
    followChanges(links, [], trunk).map(({ sha, outcome, by, share }) => [sha, { outcome, by, share }]),
  );
}

describe('a change', () => {
  test('is reverted by what undid it', () => {
    expect(became(revert(1, 2))).toEqual({ c1: { outcome: 'reverted', by: 'c2', share: 1 } });
  });

  test('is reverted in part', () => {
    expect(became(revert(1, 2, 0.25))).toEqual({ c1: { outcome: 'reverted', by: 'c2', share: 0.25 } });
  });

  test('is reverted more by two', () => {
    expect(became(revert(1, 2, 0.5), revert(1, 3, 0.5)).c1).toEqual({
      outcome: 'reverted',
      by: 'c3',
      share: 0.75,
    });
  });

  test('has no share if nothing was compared', () => {
    expect(became(revert(1, 2, null)).c1).toEqual({ outcome: 'reverted', by: 'c2', share: null });
  });

  test('is kept once the revert is reverted, and the reverter is not blamed', () => {
    expect(became(revert(1, 2), revert(2, 3))).toEqual({
      c1: { outcome: 'kept', by: null, share: 0 },
      c2: { outcome: 'kept', by: null, share: 0 },
    });
  });

  test('is kept if most of the revert was taken back', () => {
    expect(became(revert(1, 2), revert(2, 3, 0.8)).c1?.outcome).toBe('kept');
    expect(became(revert(1, 2), revert(2, 3, 0.3)).c1).toEqual({ outcome: 'reverted', by: 'c2', share: 0.7 });
  });

  test('is reverted again once the revert of the revert is reverted', () => {
    expect(became(revert(1, 2), revert(2, 3), revert(3, 4)).c1).toEqual({
      outcome: 'reverted',
      by: 'c2',
      share: 1,
    });
  });

  test('is reverted again by a later revert', () => {
    expect(became(revert(1, 2), revert(2, 3), revert(1, 4)).c1).toEqual({
      outcome: 'reverted',
      by: 'c4',
      share: 1,
    });
  });

  test('is hotfixed by a fix that names it, unless it was reverted', () => {
    expect(became(fix(1, 2)).c1).toEqual({ outcome: 'hotfixed', by: 'c2', share: null });
    expect(became(fix(1, 2), revert(1, 3)).c1?.outcome).toBe('reverted');
  });

  test('keeps everything that happened to it, oldest first', () => {
    const [one] = followChanges([revert(2, 4), fix(1, 3), revert(1, 2)], [], trunk);
    expect(one?.evidence.map(({ kind, by }) => `${kind} ${by}`)).toEqual([
      'revert c2',
      'fix c3',
      'reland c4',
    ]);
  });
});

describe('reports', () => {
  const report = (kind: OutcomeReport['kind'], by: string): OutcomeReport => ({
    kind,
    change: 1,
    by,
    at: '2025-01-02T00:00:00Z',
    form: 'x',
    named: 'x',
  });

  test('a rollback outweighs an incident, and both a fix', () => {
    const outcome = (...reports: readonly OutcomeReport[]) => followChanges([fix(1, 2)], reports, trunk)[0];
    expect(outcome(report('incident', '#7'))).toMatchObject({ outcome: 'incident', by: '#7' });
    expect(outcome(report('incident', '#7'), report('rollback', '9'))).toMatchObject({
      outcome: 'rolled-back',
      by: '9',
    });
    expect(outcome(report('incident', '#7'), report('rollback', '9'))?.evidence.length).toBe(3);
  });
});

test('a clock may say anything', () => {
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
  expect(isoTime(1e15)).toBe('+275760-09-13T00:00:00.000Z');
});
