// Does the ledger answer what the same history in memory answers, on both engines?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EMPTY_TALLY, OUTCOME_AGING, type Tally, type TouchedPath } from '../../src/domain/ledger.js';
import { NOT_CORRECTED } from '../../src/domain/quality.js';
import { addLateFailure, addOutcomes, correctRate, NO_OUTCOMES } from '../../src/quality/correction.js';
import { QUALITY_WEIGHTS } from '../../src/quality/weights.js';
import type { Ledger, SetOutcome } from '../../src/storage/ledger.js';
import type { Storage } from '../../src/storage/storage.js';
import { ENGINES, type Engine } from './engines.js';
import { aChange, DAY, NOW, shaOf } from './ledger-history.js';

jest.setTimeout(60_000);

const SPAN = { windowSeconds: 365 * DAY, halfLifeSeconds: 60 * DAY };

describe.each(ENGINES)('the ledger on $name', ({ start }) => {
  let engine: Engine;
  let storage: Storage;
  let ledger: Ledger;
  let repoId = 0;

  beforeAll(async () => {
    engine = await start();
    storage = await engine.open();
    ledger = storage.ledger;
  }, 60_000);
  afterAll(async () => {
    await storage.close();
    await engine.stop();
  });

  const found = async (span = SPAN) => {
    repoId += 1;
    await ledger.open(repoId, {
      owner: 'acme',
      repo: `shop-${repoId}`,
      span,
      wantedFrom: NOW - 365 * DAY,
    });
    return repoId;
  };

  test('records a change once and counts it', async () => {
    const id = await found();
    expect(await ledger.record(id, [aChange('a1')])).toEqual([shaOf('a1')]);
    expect(await ledger.record(id, [aChange('a1'), aChange('a1')])).toEqual([]);
    const reading = await ledger.read(id, {
      at: NOW,
      author: 'sam',
      paths: [{ path: 'src/a.ts', previousPath: null }],
    });
    const once = {
      changes: 1,
      failed: 0,
      weight: expect.closeTo(1, 12),
      weightFailed: 0,
      lastFailedAt: null,
    };
    expect(reading).toEqual({
      repository: once,
      author: once,
      paths: [once],
      folders: [once],
      familiarPaths: 1,
    });
  });

  test('two recordings of the same change at once count it once', async () => {
    const id = await found();
    const answers = await Promise.all([1, 2, 3].map(() => ledger.record(id, [aChange('a1'), aChange('a2')])));
    expect(answers.flat().toSorted()).toEqual([shaOf('a1'), shaOf('a2')].toSorted());
    expect((await readPath(id, 'src/a.ts')).changes).toBe(2);
  });

  test('writers of one repository take turns instead of locking each other out', async () => {
    const id = await found();
    await ledger.record(id, [aChange('a'), aChange('b')]);
    const link = {
      change: shaOf('a'),
      kind: 'revert',
      by: 'later',
      form: 'sha',
      named: 'a',
      proof: 'named',
      share: null,
      at: NOW,
    } as const;
    const one = () =>
      storage.inTransaction(async () => {
        await ledger.saveLinks(id, [link]);
        await ledger.setOutcomes(id, [failure('a'), failure('b')], NOW);
        await ledger.note(id, 'later');
      });
    const other = (round: number) =>
      storage.inTransaction(async () => {
        await ledger.note(id, 'later');
        await ledger.setChances(id, [{ sha: shaOf('b'), chance: 0.1 }]);
        await ledger.record(id, [aChange(`new ${round}`)]);
        await ledger.removeLinks(id, 'later');
      });
    const rounds = Array.from({ length: 10 }, (_, round) => round);
    await Promise.all(rounds.flatMap((round) => [one(), other(round)]));
    expect(await readPath(id, 'src/a.ts')).toMatchObject({ changes: 12, failed: 2 });
  });

  test('refuses to record for a repository that was not opened, and says so', async () => {
    await expect(ledger.record(999_999, [aChange('a')])).rejects.toThrow(
      'record merged changes: repository 999999 has no ledger yet',
    );
    expect(await ledger.read(999_999, { at: NOW, author: 'sam', paths: [file('a')] })).toEqual({
      repository: EMPTY_TALLY,
      author: EMPTY_TALLY,
      paths: [EMPTY_TALLY],
      folders: [EMPTY_TALLY],
      familiarPaths: 0,
    });
  });

  test('a failure counts from when it is set until the change is kept again, each once', async () => {
    const id = await found();
    await ledger.record(id, [aChange('a', { mergedAt: NOW - 60 * DAY }), aChange('b')]);
    const reverted = {
      sha: shaOf('a'),
      outcome: 'reverted',
      at: NOW - 5 * DAY,
      by: 'c',
      share: 0.9,
    } as const;
    await ledger.setOutcomes(id, [reverted], NOW);
    await ledger.setOutcomes(id, [{ ...reverted, outcome: 'rolled-back' }], NOW);
    const failed = await readPath(id, 'src/a.ts');
    expect(failed).toMatchObject({ changes: 2, failed: 1, lastFailedAt: NOW - 5 * DAY });
    expect(failed.weightFailed).toBeCloseTo(0.5, 9);
    expect(await ledger.readPeople(id)).toEqual({ changes: 2, failed: 1 });
    expect(await ledger.readOutcomes(id)).toEqual([{ ...reverted, outcome: 'rolled-back' }]);
    expect(await ledger.readPathRecords(id, ['src/a.ts', 'src/b.ts'], 5)).toEqual([
      {
        path: 'src/a.ts',
        changes: 2,
        failed: 1,
        failures: [{ sha: shaOf('a'), pullRequest: null, outcome: 'rolled-back', at: NOW - 5 * DAY }],
      },
    ]);
    // A later fix is an outcome of its own, and no failure that the chance was fitted on.
    await ledger.setOutcomes(id, [{ ...reverted, outcome: 'hotfixed' }], NOW);
    expect(await readPath(id, 'src/a.ts')).toMatchObject({ changes: 2, failed: 0 });
    expect(await ledger.readOutcomes(id)).toEqual([{ ...reverted, outcome: 'hotfixed' }]);
    await ledger.setOutcomes(id, [{ ...reverted, outcome: 'incident' }], NOW);
    expect(await readPath(id, 'src/a.ts')).toMatchObject({ changes: 2, failed: 1 });
    await ledger.setOutcomes(
      id,
      [{ sha: shaOf('a'), outcome: 'kept', at: null, by: null, share: null }],
      NOW,
    );
    expect(await readPath(id, 'src/a.ts')).toMatchObject({
      changes: 2,
      failed: 0,
      weightFailed: 0,
      lastFailedAt: null,
    });
    expect(await ledger.readOutcomes(id)).toEqual([]);
    expect(await ledger.readPathRecords(id, ['src/a.ts'], 5)).toEqual([]);
  });

  test('a change without an outcome of its own never fails, and says nothing of people or agents', async () => {
    const id = await found();
    await ledger.record(id, [
      aChange('a', { isOrdinary: false }),
      aChange('b', { authorship: 'agent', agent: 'devin' }),
    ]);
    await ledger.setOutcomes(id, [failure('a'), failure('b')], NOW);
    expect(await readPath(id, 'src/a.ts')).toMatchObject({ changes: 2, failed: 1 });
    expect(await ledger.readPeople(id)).toEqual({ changes: 0, failed: 0 });
    expect(await ledger.readAgent(id, 'devin')).toEqual({ changes: 1, failed: 1 });
    expect(await ledger.readSizes(id)).toEqual([{ lines: 4, changes: 1 }]);
  });

  test('the three newest failures of a file stand for it, the worst file first', async () => {
    const id = await found();
    const files = (...paths: string[]) =>
      paths.map((path) => ({ ...file(path), additions: 1, deletions: 0 }));
    await ledger.record(
      id,
      [1, 2, 3, 4, 5].map((n) =>
        aChange(n, {
          pullRequest: n,
          mergedAt: NOW - n,
          files: files('bad', n < 3 ? 'worse' : 'good', 'other'),
        }),
      ),
    );
    await ledger.setOutcomes(
      id,
      [2, 3, 4, 5].map((n) => ({ ...failure(n), at: NOW + n * 10 })),
      NOW + 100,
    );
    const records = await ledger.readPathRecords(id, ['worse', 'good', 'bad', 'unknown'], 2);
    expect(records.map(({ path, changes, failed }) => [path, changes, failed])).toEqual([
      ['bad', 5, 4],
      ['good', 3, 3],
    ]);
    expect(records[0]!.failures.map(({ pullRequest }) => pullRequest)).toEqual([5, 4, 3]);
  });

  test('what leaves the window is taken off every counter', async () => {
    const id = await found();
    await ledger.record(id, [aChange('old', { mergedAt: NOW - 300 * DAY }), aChange('new')]);
    await ledger.setOutcomes(id, [failure('old')], NOW);
    expect(await ledger.expire(id, NOW + 100 * DAY, 10)).toBe(1);
    expect(await ledger.expire(id, NOW + 100 * DAY, 10)).toBe(0);
    expect(await readPath(id, 'src/a.ts')).toMatchObject({ changes: 1, failed: 0 });
    expect(await ledger.readSizes(id)).toEqual([{ lines: 4, changes: 1 }]);
    expect(await ledger.readPathRecords(id, ['src/a.ts'], 5)).toEqual([]);
    expect((await ledger.readOutcomes(id)).map(({ sha }) => sha)).toEqual([shaOf('old')]);
    // Known later still, it stays outside.
    await ledger.setOutcomes(id, [{ ...failure('old'), outcome: 'kept' }], NOW);
    await ledger.setOutcomes(id, [failure('old')], NOW);
    expect(await readPath(id, 'src/a.ts')).toMatchObject({ changes: 1, failed: 0 });
  });

  test('recording forward takes old changes out by itself', async () => {
    const id = await found();
    await ledger.record(id, [aChange('old', { mergedAt: NOW - 370 * DAY })]);
    expect((await readPath(id, 'src/a.ts')).changes).toBe(1);
    await ledger.record(id, [aChange('new')]);
    expect((await readPath(id, 'src/a.ts')).changes).toBe(1);
  });

  test('the correction follows an outcome that changed after it was counted, as in memory', async () => {
    const id = await found();
    const mergedAt = NOW - 40 * DAY;
    await ledger.record(id, [
      aChange('a', { mergedAt, chance: 0.02 }),
      aChange('b', { mergedAt, chance: null }),
    ]);
    const ripe = await ledger.readRipe(id, NOW - OUTCOME_AGING.ripeningSeconds, 10);
    expect(ripe).toEqual([{ sha: shaOf('a'), mergedAt, chance: 0.02, failed: false }]);
    const counted = addOutcomes(NO_OUTCOMES, [{ mergedAt, uncorrected: 0.02, failed: false }], NOW);
    const correction = { ...correctRate(counted), at: NOW };
    await ledger.saveCorrection(id, counted, correction, [shaOf('a')]);
    expect(await ledger.readRipe(id, NOW, 10)).toEqual([]);
    const later = NOW + 9 * DAY;
    await ledger.setOutcomes(id, [failure('a')], later);
    const expected = addLateFailure(counted, mergedAt, later);
    const stored = (await ledger.find(id))!.outcomes;
    expect(stored.failed).toBeCloseTo(expected.failed, 12);
    expect(stored.expected).toBeCloseTo(expected.expected, 12);
    expect(stored).toMatchObject({ asOf: expected.asOf, changes: 1 });
    await ledger.setOutcomes(id, [{ ...failure('a'), outcome: 'kept' }], later);
    expect((await ledger.find(id))!.outcomes.failed).toBeCloseTo(0, 12);
    expect(await ledger.readCorrections(id, 5)).toEqual([correction]);
    expect((await ledger.find(id))!.correction).toEqual(correction);
  });

  test('outcomes are weighted by the shipped figures', () => {
    const { ripeningSeconds, halfLifeSeconds } = QUALITY_WEIGHTS.correction;
    expect(OUTCOME_AGING).toEqual({ ripeningSeconds, halfLifeSeconds });
  });

  test('the usual chance is the median of the newest 500, and none of fewer than 20', async () => {
    const id = await found();
    const changes = (from: number, to: number, chance: number) =>
      Array.from({ length: to - from }, (_, n) =>
        aChange(from + n, { mergedAt: NOW - 1_000 + from + n, chance, files: [] }),
      );
    await ledger.record(id, changes(0, 19, 0.5));
    expect(await ledger.readUsualChance(id)).toBeNull();
    await ledger.record(id, changes(19, 20, 0.5));
    expect(await ledger.readUsualChance(id)).toBe(0.5);
    await ledger.record(id, [...changes(20, 271, 0.25), ...changes(271, 520, 0.1)]);
    expect(await ledger.readUsualChance(id)).toBe(0.25);
    await ledger.setChances(id, [
      { sha: shaOf(20), chance: 0.1 },
      { sha: shaOf(21), chance: 0.1 },
    ]);
    expect(await ledger.readUsualChance(id)).toBe(0.1);
  });

  test('a commit dated 2106 weighs like one of today, one of 1970 nothing', async () => {
    const id = await found();
    await ledger.record(id, [aChange('a'), aChange('b', { mergedAt: 4_294_967_295 })]);
    await ledger.record(id, [aChange('c', { mergedAt: 0 }), aChange('d', { mergedAt: -5 })]);
    const reading = await ledger.read(id, { at: NOW, author: 'sam', paths: [file('src/a.ts')] });
    expect(reading.repository.changes).toBe(2);
    expect(reading.repository.weight).toBeGreaterThan(1.5);
    expect(reading.repository.weight).toBeLessThanOrEqual(2);
    const known = await ledger.readNames(id, 0);
    expect(known.map(({ sha }) => sha).slice(0, 2)).toEqual([shaOf('b'), shaOf('a')]);
    expect(known[0]!.mergedAt).toBeLessThan(Math.max(NOW, Date.now() / 1_000) + 2 * DAY);
  });

  test('a half-life of an hour outlives years', async () => {
    const id = await found({ windowSeconds: DAY, halfLifeSeconds: 3_600 });
    for (const days of [900, 600, 300, 0]) {
      await ledger.record(id, [aChange(`at ${days}`, { mergedAt: NOW - days * DAY })]);
      expect(
        (await ledger.read(id, { at: NOW - days * DAY, author: 'sam', paths: [] })).repository,
      ).toMatchObject({
        changes: 1,
        weight: expect.closeTo(1, 12),
      });
    }
  });

  test('takes hostile paths, texts and counts', async () => {
    const id = await found();
    const long = `deep/${'é'.repeat(3_000)}`;
    const paths = [
      'a "b" {c},\\d',
      'null',
      ' ',
      'nul\u0000l',
      'lone\ud800',
      'smile 😀',
      "quo'te",
      long,
      `${long}2`,
    ];
    await ledger.record(id, [
      aChange('hostile', {
        title: '\u0000'.repeat(3),
        message: '😀'.repeat(9_000),
        author: 'x'.repeat(5_000),
        pullRequest: -1,
        lines: Number.NaN,
        chance: Number.POSITIVE_INFINITY,
        files: paths.map((path) => ({
          path,
          previousPath: '',
          additions: -7,
          deletions: Number.POSITIVE_INFINITY,
        })),
      }),
      aChange('empty', { files: [], lines: -3 }),
    ]);
    const reading = await ledger.read(id, { at: NOW, author: 'x'.repeat(5_000), paths: paths.map(file) });
    expect(reading.paths.map(({ changes }) => changes)).toEqual(paths.map(() => 1));
    expect(reading.familiarPaths).toBe(paths.length);
    expect(reading.author.changes).toBe(1);
    const [, stored] = await ledger.readChanges(id, null, 10);
    const [first] = (await ledger.readChanges(id, null, 10)).filter(({ files }) => files.length > 0);
    expect(stored).toBeDefined();
    expect(first).toMatchObject({ pullRequest: null, lines: 0, chance: null });
    expect(first!.files[0]).toMatchObject({ path: paths[0], additions: 0, deletions: 1_000_000_000 });
    expect((await ledger.findChange(id, { sha: shaOf('hostile') }))!.message).toHaveLength(16_000);
    expect(await ledger.readSizes(id)).toEqual([{ lines: 0, changes: 2 }]);
  });

  test('takes a commit of 50,000 files', async () => {
    const id = await found();
    const files = Array.from({ length: 50_000 }, (_, n) => ({
      ...file(`src/${n % 700}/${n}`),
      additions: 1,
      deletions: 0,
    }));
    await ledger.record(id, [aChange('large', { files })]);
    await ledger.setOutcomes(id, [failure('large')], NOW);
    const reading = await ledger.read(id, { at: NOW, author: 'sam', paths: files });
    expect(reading.familiarPaths).toBe(50_000);
    expect(reading.paths.every(({ failed }) => failed === 1)).toBe(true);
    expect(reading.folders).toHaveLength(700);
  });

  test('hundred changes of five files are recorded in well under a second', async () => {
    const id = await found();
    const changes = Array.from({ length: 100 }, (_, n) =>
      aChange(n, {
        mergedAt: NOW + n,
        files: [0, 1, 2, 3, 4].map((k) => ({ ...file(`src/${n % 7}/${k}`), additions: 1, deletions: 0 })),
      }),
    );
    const from = performance.now();
    await ledger.record(id, changes);
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  test('changes are found by SHA, its beginning or pull request, and read oldest first in pages', async () => {
    const id = await found();
    await ledger.record(id, [
      aChange('one', { mergedAt: NOW - 3, pullRequest: 7 }),
      aChange('two', { mergedAt: NOW - 3, pullRequest: 8 }),
      aChange('three', { mergedAt: NOW - 1, pullRequest: 8 }),
    ]);
    await ledger.record(id, [aChange('zero', { mergedAt: NOW - 9 })]);
    const one = { sha: shaOf('one'), pullRequest: 7, message: 'Change one', mergedAt: NOW - 3 };
    expect(await ledger.findChange(id, { sha: one.sha })).toEqual(one);
    expect(await ledger.findChange(id, { sha: one.sha.slice(0, 8).toUpperCase() })).toEqual(one);
    expect(await ledger.findChange(id, { sha: one.sha.slice(0, 6) })).toBeNull();
    expect(await ledger.findChange(id, { sha: 'f'.repeat(40) })).toBeNull();
    expect((await ledger.findChange(id, { pullRequest: 8 }))?.sha).toBe(shaOf('three'));
    expect(await ledger.findChange(id, { pullRequest: 9 })).toBeNull();
    expect((await ledger.readNames(id, NOW - 3)).map(({ sha }) => sha)).toEqual(
      ['three', 'two', 'one'].map(shaOf),
    );
    const pages: string[][] = [];
    for (let after: string | null = null; pages.length < 5; after = pages.at(-1)!.at(-1)!) {
      const page = await ledger.readChanges(id, after, 2);
      if (page.length === 0) break;
      pages.push(page.map(({ sha }) => sha));
    }
    expect(pages).toEqual([['zero', 'one'].map(shaOf), ['two', 'three'].map(shaOf)]);
    const [first] = await ledger.readChanges(id, null, 1);
    expect(first).toEqual(aChange('zero', { mergedAt: NOW - 9, message: '' }));
  });

  test('two changes share a file also when it was renamed between them', async () => {
    const id = await found();
    const touching = (path: string, previousPath: string | null = null) => ({
      files: [{ path, previousPath, additions: 1, deletions: 0 }],
    });
    await ledger.record(id, [
      aChange('a', { mergedAt: NOW - 5, ...touching('old') }),
      aChange('b', { mergedAt: NOW - 4, ...touching('new', 'old') }),
      aChange('c', { mergedAt: NOW - 3, ...touching('new') }),
      aChange('d', { mergedAt: NOW - 2, ...touching('old') }),
    ]);
    expect(await ledger.shareFile(id, shaOf('a'), shaOf('c'))).toBe(true);
    expect(await ledger.shareFile(id, shaOf('a'), shaOf('d'))).toBe(false);
    expect(await ledger.shareFile(id, shaOf('a'), shaOf('unknown'))).toBe(false);
  });

  test('a link is kept once, by its best proof', async () => {
    const id = await found();
    const link = {
      change: shaOf('a'),
      kind: 'revert',
      by: shaOf('b'),
      form: 'sha',
      named: 'This reverts commit a\u0000',
      proof: 'ancestry',
      share: null,
      at: NOW,
    } as const;
    await ledger.saveLinks(id, [link, link, { ...link, kind: 'fix' }]);
    await ledger.saveLinks(id, [{ ...link, proof: 'diff', share: 0.8 }]);
    await ledger.saveLinks(id, [{ ...link, proof: 'named' }]);
    const named = 'This reverts commit a\ufffd';
    expect(await ledger.readLinks(id)).toEqual([
      { ...link, kind: 'fix', named },
      { ...link, named, proof: 'diff', share: 0.8 },
    ]);
  });

  test('the newest status of a deployment counts, in whatever order they arrive', async () => {
    const id = await found();
    const at = (minute: number) => `2026-11-01T00:0${minute}:00.000Z`;
    const deployment = { id: '5', environment: 'production', sha: shaOf('a'), state: 'success', at: at(2) };
    await ledger.saveDeployment(id, deployment);
    await ledger.saveDeployment(id, { ...deployment, state: 'in_progress', at: at(1) });
    await ledger.saveDeployment(id, { ...deployment, id: '4', at: at(0) });
    await ledger.saveDeployment(id, { ...deployment, environment: 'staging' });
    expect(await ledger.readDeployments(id, 'production', 10)).toEqual([
      { ...deployment, id: '4', at: at(0) },
      deployment,
    ]);
    await expect(ledger.saveDeployment(id, { ...deployment, at: 'soon' })).rejects.toThrow(
      '"soon" is no ISO 8601 time',
    );
  });

  test('a renamed repository is found by its new name, and progress is kept', async () => {
    const id = await found();
    await ledger.saveProgress(id, { readFrom: NOW - 10, newestSha: shaOf('a'), cursor: 'page 2' });
    const state = await ledger.open(id, { owner: 'Acme', repo: `renamed-${id}`, span: SPAN, wantedFrom: 0 });
    expect(state).toMatchObject({
      readFrom: NOW - 10,
      newestSha: shaOf('a'),
      cursor: 'page 2',
      wantedFrom: NOW - 365 * DAY,
    });
    expect((await ledger.findByName('acme', `RENAMED-${id}`))?.repoId).toBe(id);
    expect(await ledger.findByName('acme', `shop-${id}`)).toBeNull();
    await ledger.saveProgress(id, { cursor: null });
    expect(await ledger.find(id)).toMatchObject({ cursor: null, newestSha: shaOf('a') });
    expect(await ledger.find(999_998)).toBeNull();
  });

  test('due are those to be corrected, and those whose history is not read to the end', async () => {
    const id = await found();
    const isDue = async (before: number) => (await ledger.due(before)).some(({ repoId }) => repoId === id);
    expect(await isDue(NOW)).toBe(true);
    await ledger.saveCorrection(id, NO_OUTCOMES, { ...NOT_CORRECTED, at: NOW }, []);
    expect(await isDue(NOW - 1)).toBe(true);
    await ledger.saveProgress(id, { readFrom: NOW - 365 * DAY });
    expect(await isDue(NOW - 1)).toBe(false);
    expect(await isDue(NOW)).toBe(true);
  });

  async function readPath(id: number, path: string): Promise<Tally> {
    return (await ledger.read(id, { at: NOW, author: 'sam', paths: [file(path)] })).paths[0]!;
  }
});

function file(path: string): TouchedPath {
  return { path, previousPath: null };
}

function failure(name: string | number): SetOutcome {
  return { sha: shaOf(name), outcome: 'reverted', at: NOW, by: 'later', share: 1 };
}
