// Does a replay know only what was known at the time?
import { describe, expect, test } from '@jest/globals';
import { logistic, logit } from '../../src/quality/chance.js';
import { createReplay, type HistoryCommit } from '../../src/quality/replay.js';
import { settleTimes } from '../../src/quality/settle-times.js';
import { commit, DAY, file, START, trunk } from './history.js';

function chances(commits: readonly HistoryCommit[]): readonly number[] {
  const replay = createReplay();
  return commits.map((one) => replay.next(one).probability);
}

describe('no leakage', () => {
  test('the chances of a beginning do not depend on what follows', () => {
    const commits = trunk();
    const whole = chances(commits);
    for (const end of [1, 48, 49, 500]) expect(whole.slice(0, end)).toEqual(chances(commits.slice(0, end)));
  });

  test('a revert changes the chance from the next commit on, not its own and none before', () => {
    const commits = trunk();
    const at = commits.findIndex((one, index) => index > 600 && one.reverts.length > 0);
    const without = commits.map((one, index) => (index === at ? { ...one, reverts: [] } : one));
    const [told, untold] = [chances(commits), chances(without)];
    expect(told.slice(0, at + 1)).toEqual(untold.slice(0, at + 1));
    const next = commits.findIndex((one, index) => index > at && one.files[0]!.path === 'src/risky/tax.ts');
    expect(told[next]!).toBeGreaterThan(untold[next]!);
  });

  test('a commit that claims to revert a later one, itself or an unknown one blames nobody', () => {
    const commits = trunk(300);
    const odd = commits.map((one, index) => (index === 100 ? { ...one, reverts: [100, 250, 9999] } : one));
    const kept = commits.map((one, index) => (index === 100 ? { ...one, reverts: [8888] } : one));
    expect(chances(odd)).toEqual(chances(kept));
  });
});

describe('what no commit tells', () => {
  const told = (turns: readonly (readonly [number, boolean])[]) => {
    const commits = trunk(900).map((one) => ({ ...one, reverts: [] }));
    const replay = createReplay();
    return commits.map((one, at) => {
      for (const [when, failed] of turns) if (when === at) replay.turn(commits[300]!.id, failed);
      const { probability } = replay.next(one);
      return { probability, uncorrected: logistic(logit(probability) - replay.correction.logOdds), replay };
    });
  };

  test('a failure counts from the moment it is known like one that is reverted', () => {
    const commits = trunk(900).map((one, at) => ({
      ...one,
      reverts: at === 400 ? [trunk(900)[300]!.id] : [],
    }));
    const [turned, calm] = [told([[401, true]]), told([])].map((all) =>
      all.map(({ probability }) => probability),
    );
    expect(turned!.slice(0, 401)).toEqual(calm!.slice(0, 401));
    // Whoever reverts has no outcome of its own, which moves the correction a little.
    expect(turned![401]).toBeCloseTo(chances(commits)[401]!, 3);
    expect(turned).not.toEqual(calm);
  });

  test('a failure that is taken back is forgotten, in the records and in the correction', () => {
    const [back, kept, calm] = [
      told([
        [401, true],
        [700, false],
      ]),
      told([[401, true]]),
      told([]),
    ];
    expect(back[650]!.uncorrected).not.toBeCloseTo(calm[650]!.uncorrected, 12);
    for (let at = 700; at < back.length; at += 1)
      expect(back[at]!.uncorrected).toBeCloseTo(calm[at]!.uncorrected, 9);
    const failed = [back, kept, calm].map((all) => all.at(-1)!.replay.correction.failed);
    expect(failed[0]).toBeCloseTo(failed[2]!, 9);
    expect(failed[1]).toBeGreaterThan(0.5);
  });

  test('of a commit that it does not know nothing is learnt', () => {
    const replay = createReplay();
    replay.turn(1, true);
    replay.turn(1, false);
    expect(replay.next(trunk(1)[0]!).probability).toBe(chances(trunk(1))[0]);
  });
});

describe('what it learns', () => {
  test('the risky file gets a higher chance than the calm ones', () => {
    const commits = trunk();
    const replay = createReplay();
    for (const one of commits) replay.next(one);
    const risky = createReplay();
    const calm = createReplay();
    for (const one of commits) {
      risky.next(one);
      calm.next(one);
    }
    const at = commits.at(-1)!.at;
    const last = (over: Partial<HistoryCommit>) => commit(5000, { at, author: 'author-1', ...over });
    expect(risky.next(last({ files: [file('src/risky/tax.ts')] })).probability).toBeGreaterThan(
      1.5 * calm.next(last({ files: [file('src/calm/file-1.ts')] })).probability,
    );
  });

  test('its own outcomes lift the chances of a repository where much fails, weekly and after ripening', () => {
    const failing = (length: number) =>
      Array.from({ length }, (_, id) => commit(id, id % 2 === 1 ? { reverts: [id - 1] } : {}));
    const replay = createReplay();
    const seen = failing(24 * 40).map((one) => {
      replay.next(one);
      return { day: (one.at - START) / DAY, correction: replay.correction.logOdds };
    });
    expect(seen.filter((one) => one.day < 14).every((one) => one.correction === 0)).toBe(true);
    expect(seen.at(-1)!.correction).toBeGreaterThan(1);
    expect(new Set(seen.map((one) => one.correction)).size).toBeLessThanOrEqual(6);
  });

  test('automation is counted as traffic and never as an outcome', () => {
    const replay = createReplay();
    for (let id = 0; id < 1500; id++) replay.next(commit(id, { isAutomation: true }));
    expect(replay.correction.changes).toBe(0);
  });
});

describe('odd histories', () => {
  test('times of 1970, empty commits and backward clocks are taken', () => {
    const odd = [
      commit(0, { at: 0 }),
      commit(1),
      commit(2, { at: 0, files: [] }),
      commit(3, { at: START - DAY }),
      commit(4, { files: [file('a b/ü.ts', 1e15, -3), file('a b/ü.ts')] }),
    ];
    for (const chance of chances(odd)) {
      expect(chance).toBeGreaterThan(0);
      expect(chance).toBeLessThan(1);
    }
  });

  test('one commit dated 2106 does not age the records away', () => {
    const commits = trunk(400);
    const wrong = commits.map((one, index) => (index === 200 ? { ...one, at: 4_300_000_000 } : one));
    const settle = (all: readonly HistoryCommit[]) => {
      const settling = settleTimes<HistoryCommit>();
      return [...all.flatMap((one) => settling.next(one)), ...settling.rest()];
    };
    const [right, mended] = [chances(settle(commits)), chances(settle(wrong))];
    mended.forEach((chance, index) => {
      expect(Math.abs(chance / right[index]! - 1)).toBeLessThan(0.01);
    });
    // Without settling, the records are gone.
    expect(Math.abs(chances(wrong).at(-1)! / right.at(-1)! - 1)).toBeGreaterThan(0.05);
  });

  test('settling keeps order, number and every time that is not ahead by more than a day', () => {
    const times = [5, 4, 6, 0, 7, 90_000, 90_001, 90_001 + 400 * DAY, 90_001 + 401 * DAY];
    const settling = settleTimes<{ readonly at: number }>();
    const settled = [...times.flatMap((at) => settling.next({ at })), ...settling.rest()];
    expect(settled.map((one) => one.at)).toEqual(times);
  });
});
