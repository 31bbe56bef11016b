// Does the ledger answer what the same history in memory answers, from whichever end it was read?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { LedgerReading, LedgerSpan, Tally } from '../../src/domain/ledger.js';
import { createMemoryLedger, type MemoryLedger } from '../../src/quality/memory-ledger.js';
import type { Ledger, SetOutcome } from '../../src/storage/ledger.js';
import type { Storage } from '../../src/storage/storage.js';
import { ENGINES, type Engine } from './engines.js';
import { aChange, aHistory, DAY, NOW, type PastChange, randomFrom, shaOf } from './ledger-history.js';

jest.setTimeout(120_000);

const SPAN: LedgerSpan = { windowSeconds: 100 * DAY, halfLifeSeconds: 20 * DAY };
const SEEDS = [1, 2, 3, 4];
/** One by one takes long. */
const FEW_SEEDS = SEEDS.slice(0, 2);
const LENGTH = 90;
/** Half of the history lies before the window. */
const LASTED = 200 * DAY;

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

  const found = async () => {
    repoId += 1;
    await ledger.open(repoId, { owner: 'acme', repo: 'shop', span: SPAN, wantedFrom: NOW - LASTED });
    return repoId;
  };

  const expectSame = async (id: number, history: readonly PastChange[], memory: MemoryLedger) => {
    while ((await ledger.expire(id, NOW, 7)) > 0);
    for (const query of queriesOf(history)) {
      const expected = comparable(memory.read(query));
      expect(comparable(await ledger.read(id, query))).toEqual(expected);
    }
  };

  test.each(FEW_SEEDS)('read forward as it happened, history %i reads as in memory', async (seed) => {
    const history = aHistory(seed, LENGTH, LASTED);
    const memory = createMemoryLedger(SPAN);
    const id = await found();
    for (const step of stepsOf(history)) {
      memory.read({ at: step.at, author: '', paths: [] });
      while ((await ledger.expire(id, step.at, 10)) > 0);
      if (step.kind === 'merged') {
        memory.record({ ...step.change, id: step.index, at: step.at, paths: step.change.files });
        await ledger.record(id, [step.change]);
      } else {
        memory.fail(step.index, step.at);
        await ledger.setOutcomes(id, [failureOf(step.change)], step.at);
      }
    }
    await expectSame(id, history, memory);
    for (const query of queriesOf(history)) {
      const last = ({ paths, folders, author, repository }: LedgerReading) =>
        [...paths, ...folders, author, repository].map(({ lastFailedAt }) => lastFailedAt);
      expect(last(await ledger.read(id, query))).toEqual(last(memory.read(query)));
    }
  });

  test.each(SEEDS)('read backwards in pages, history %i reads as in memory', async (seed) => {
    const history = aHistory(seed, LENGTH, LASTED);
    const id = await found();
    for (const page of pagesOf(history.toReversed(), randomFrom(seed))) await ledger.record(id, page);
    await ledger.setOutcomes(id, failuresOf(history), NOW);
    await expectSame(id, history, remember(history));
  });

  test.each(SEEDS)('read from the middle to both ends, history %i reads as in memory', async (seed) => {
    const history = aHistory(seed, LENGTH, LASTED);
    const random = randomFrom(seed);
    const id = await found();
    const middle = 30 + Math.floor((LENGTH - 30) * random());
    const newer = pagesOf(history.slice(middle), random);
    const older = pagesOf(history.slice(0, middle).toReversed(), random);
    const first = older.shift()!;
    await ledger.record(id, first);
    await ledger.setOutcomes(id, failuresOf(first), NOW);
    while (newer.length + older.length > 0) {
      const page = (random() < 0.5 ? newer.shift() : older.shift()) ?? newer.shift() ?? older.shift()!;
      await ledger.record(id, page);
      await ledger.setOutcomes(id, failuresOf(page), NOW);
    }
    await expectSame(id, history, remember(history));
  });

  test.each(SEEDS)('counted anew by another span, history %i reads as in memory', async (seed) => {
    const history = aHistory(seed, LENGTH, LASTED);
    const id = await found();
    await ledger.record(id, history);
    await ledger.setOutcomes(id, failuresOf(history), NOW);
    const other = { windowSeconds: 150 * DAY, halfLifeSeconds: 31 * DAY };
    await ledger.respan(id, other, NOW);
    expect((await ledger.find(id))?.span).toEqual(other);
    await expectSame(id, history, remember(history, other));
    await ledger.respan(id, SPAN, NOW);
    await expectSame(id, history, remember(history));
  });
  // Accepted: what only the older part of a history would tell is not known when the newer part is recorded.
  test('in memory a rename from an untouched file onto a touched one goes on with the touched one; read backwards it begins anew', async () => {
    const touching = (path: string, previousPath: string | null = null) => [
      { path, previousPath, additions: 1, deletions: 0 },
    ];
    const history = [
      aChange('a', { mergedAt: NOW - 2, files: touching('b') }),
      aChange('b', { mergedAt: NOW - 1, files: touching('b', 'untouched') }),
      aChange('c', { mergedAt: NOW, files: touching('b') }),
    ].map((change) => ({ ...change, failedAt: null }));
    const query = { at: NOW, author: 'sam', paths: [{ path: 'b', previousPath: null }] };
    const forward = await found();
    await ledger.record(forward, history);
    const backwards = await found();
    await ledger.record(backwards, history.toReversed());
    expect(remember(history).read(query).paths[0]!.changes).toBe(3);
    expect((await ledger.read(forward, query)).paths[0]!.changes).toBe(3);
    expect((await ledger.read(backwards, query)).paths[0]!.changes).toBe(2);
  });

  test('a change between recorded ones is counted where its file went', async () => {
    const id = await found();
    const touching = (path: string) => ({
      files: [{ path, previousPath: null, additions: 1, deletions: 0 }],
    });
    await ledger.record(id, [
      aChange('old', { mergedAt: NOW - 50 * DAY, ...touching('a') }),
      aChange('new', touching('a')),
    ]);
    await ledger.record(id, [aChange('between', { mergedAt: NOW - 25 * DAY, ...touching('a') })]);
    const query = { at: NOW, author: 'sam', paths: [{ path: 'a', previousPath: null }] };
    expect((await ledger.read(id, query)).paths[0]!.changes).toBe(3);
    const inOrder = (await ledger.readChanges(id, null, 5)).map(({ sha }) => sha);
    expect(inOrder).toEqual(['old', 'between', 'new'].map(shaOf));
  });
});

type Step = { readonly at: number; readonly index: number; readonly change: PastChange } & {
  readonly kind: 'merged' | 'failed';
};

/** What happened until now, in time order. */
function stepsOf(history: readonly PastChange[]): readonly Step[] {
  return history
    .flatMap((change, index): Step[] => [
      { kind: 'merged', at: change.mergedAt, index, change },
      ...(change.failedAt === null ? [] : [{ kind: 'failed', at: change.failedAt, index, change } as const]),
    ])
    .filter(({ at }) => at <= NOW)
    .sort((a, b) => a.at - b.at || (a.kind === b.kind ? a.index - b.index : a.kind === 'merged' ? -1 : 1));
}

function remember(history: readonly PastChange[], span = SPAN): MemoryLedger {
  const memory = createMemoryLedger(span);
  for (const { kind, at, index, change } of stepsOf(history)) {
    if (kind === 'merged') memory.record({ ...change, id: index, at, paths: change.files });
    else memory.fail(index, at);
  }
  return memory;
}

function failureOf({ sha, failedAt }: PastChange): SetOutcome {
  return { sha, outcome: 'reverted', at: failedAt, by: 'later', share: 1 };
}

function failuresOf(history: readonly PastChange[]): readonly SetOutcome[] {
  return history.filter(({ failedAt }) => failedAt !== null && failedAt <= NOW).map(failureOf);
}

function pagesOf(history: readonly PastChange[], random: () => number): PastChange[][] {
  const pages: PastChange[][] = [];
  for (let begin = 0; begin < history.length; ) {
    // Of a first page within one second nobody could tell in which order it is.
    const length = 3 + Math.floor(random() * 20);
    pages.push(history.slice(begin, begin + length));
    begin += length;
  }
  return pages;
}

function queriesOf(history: readonly PastChange[]) {
  const names = [...new Set(history.flatMap(({ files }) => files.map(({ path }) => path)))];
  return ['sam', 'kim', 'devin', 'nobody'].map((author, index) => ({
    at: NOW,
    author,
    paths: [
      ...names.map((path) => ({ path, previousPath: null })),
      { path: `new-${index}`, previousPath: names[index]! },
      { path: 'unknown/file', previousPath: 'unknown/other' },
    ],
  }));
}

/** Without `lastFailedAt`, which depends on the order of recording; weights to nine figures. */
function comparable({ repository, author, paths, folders, familiarPaths }: LedgerReading) {
  const tally = ({ changes, failed, weight, weightFailed }: Tally) =>
    changes === 0
      ? null
      : { changes, failed, weight: weight.toFixed(9), weightFailed: weightFailed.toFixed(9) };
  return {
    repository: tally(repository),
    author: tally(author),
    paths: paths.map(tally),
    folders: folders.map(tally),
    familiarPaths,
  };
}
