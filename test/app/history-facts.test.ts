// Whose record does a touched file bring along, and how far does the reading reach?
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Dependencies } from '../../src/app/dependencies.js';
import { readHistoryFacts } from '../../src/app/history-facts.js';
import type { HistoryFacts } from '../../src/domain/quality.js';
import type { ChangedFile } from '../../src/domain/snapshot.js';
import type { Storage } from '../../src/storage/storage.js';
import { anAgent } from '../builders/decision.js';
import { aFile, aSnapshot } from '../builders/snapshot.js';
import { change, DAY, NOW, openTestStorage } from '../history/ledger-for-tests.js';

const YEAR = { windowSeconds: 365 * DAY, halfLifeSeconds: 60 * DAY };
const ID = 4711;

let storage: Storage;
beforeAll(async () => {
  storage = await openTestStorage();
}, 60_000);
afterAll(() => storage.close());

function read(
  files: readonly ChangedFile[],
  { repoId = ID, repo = 'shop', span = YEAR, now = NOW } = {},
): Promise<HistoryFacts> {
  return readHistoryFacts(
    { storage, now: () => new Date(now * 1_000) } as unknown as Dependencies,
    { installation: 5, owner: 'acme', repo, number: 12 },
    { repoId, snapshot: aSnapshot({ files }), authorship: anAgent('copilot'), span },
  );
}

test('a renamed file brings its record along, a copy leaves it with the first one', async () => {
  await storage.ledger.open(ID, { owner: 'acme', repo: 'shop', span: YEAR, wantedFrom: NOW - 365 * DAY });
  await storage.ledger.record(ID, [
    change('a', 1, { message: 'One', path: 'src/a.ts' }),
    change('b', 2, { message: 'Two', path: 'src/a.ts' }),
  ]);
  const from = { previousPath: 'src/a.ts' };
  const { reading } = await read([
    aFile('src/renamed.ts', { ...from, status: 'renamed' }),
    aFile('src/copied.ts', { ...from, status: 'copied' }),
  ]);
  expect(reading.paths.map(({ changes }) => changes)).toEqual([2, 0]);
});

test('the first look at a repository begins its history, and says that nothing is read', async () => {
  const facts = await read([aFile('src/a.ts')], { repoId: 1 });
  expect(facts).toMatchObject({ readDays: 0, wantedDays: 365, halfLifeDays: 60 });
  expect(await storage.queue.stats()).toMatchObject({ waiting: 1 });
});

test('a policy that asks for another window is not waited for: the window in use is the one that is said', async () => {
  const at = { owner: 'acme', repo: 'till', span: YEAR, wantedFrom: NOW - 365 * DAY };
  await storage.ledger.open(2, at);
  await storage.ledger.saveProgress(2, { readFrom: at.wantedFrom, newestSha: 'f'.repeat(40) });
  const { waiting } = await storage.queue.stats();
  const span = { windowSeconds: 730 * DAY, halfLifeSeconds: 30 * DAY };
  expect(await read([], { repoId: 2, repo: 'till', span })).toMatchObject({
    readDays: 365,
    wantedDays: 365,
    halfLifeDays: 60,
  });
  // The job counts anew.
  expect((await storage.queue.stats()).waiting).toBe(waiting + 1);
});
