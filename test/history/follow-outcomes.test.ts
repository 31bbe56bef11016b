// Does the ledger know what became of each change, whatever order the news arrive in?
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { MergedChange } from '../../src/domain/ledger.js';
import { environmentNote, followOutcomes } from '../../src/history/follow-outcomes.js';
import type { ChangeName } from '../../src/outcomes/change-name.js';
import type { Ledger, RecordedLink } from '../../src/storage/ledger.js';
import type { Storage } from '../../src/storage/storage.js';
import { change, DAY, NOW, openRepository, openTestStorage, shaOf, undoing } from './ledger-for-tests.js';

let storage: Storage;
let ledger: Ledger;
let repoId: number;
beforeAll(async () => {
  storage = await openTestStorage();
  ledger = storage.ledger;
}, 60_000);
afterAll(() => storage.close());
beforeEach(async () => {
  repoId = await openRepository(ledger);
});

async function record(...changes: readonly MergedChange[]): Promise<void> {
  const shas = await ledger.record(repoId, changes);
  await followOutcomes(ledger, repoId, shas, NOW);
}

/** `reverted by <name of the change>` and the like, for each change that is not kept. */
async function outcomes(names: readonly string[]): Promise<Record<string, string>> {
  const name = (sha: string | null) => names.find((one) => shaOf(one) === sha) ?? String(sha);
  const all = await ledger.readOutcomes(repoId);
  return Object.fromEntries(
    all.map(({ sha, outcome, by, share }) => [
      name(sha),
      `${outcome} by ${name(by)}${share === null ? '' : ` (${Math.round(share * 100)} %)`}`,
    ]),
  );
}

const NAMES = 'abcdefgh'.split('');
const T = 'Add the paper till';
const first = change('a', 1, { message: `${T} (#12)`, pullRequest: 12 });
const revertOf = (name: string) => `Revert "${T} (#12)" (#13)\n\nThis reverts commit ${shaOf(name)}.`;

describe('a revert', () => {
  test.each([
    ['by its whole SHA', revertOf('a')],
    ['by a cut SHA', `Back out the till\n\nThis reverts commit ${shaOf('a').slice(0, 8)}.`],
    ['by the number of its pull request', 'Undo it\n\nReverts acme/shop#12'],
    ['by its title alone', `Revert "${T}"`],
    ['by the branch of the revert button', 'Merge pull request #13 from acme/revert-12-till\n\nUndo it'],
    ['by a title that GitHub cut', 'Revert "Add the paper t…'],
  ])('is found %s', async (_how, message) => {
    await record(first);
    await record(change('b', 2, undoing(message)));
    expect(await outcomes(NAMES)).toEqual({ a: 'reverted by b' });
  });

  test('is kept with the words and with what proves it', async () => {
    await record(first, change('b', 2, undoing(revertOf('a'))));
    expect(await ledger.readLinks(repoId)).toEqual([
      {
        change: shaOf('a'),
        kind: 'revert',
        by: shaOf('b'),
        form: 'quoted-title',
        named: expect.stringContaining('Revert "Add the paper till'),
        proof: 'ancestry',
        share: null,
        at: NOW - 100 * DAY + 7_200,
      },
    ]);
  });

  test('that is read before the change it names is understood once that is read', async () => {
    await record(change('b', 2, undoing(revertOf('a'))));
    expect(await outcomes(NAMES)).toEqual({});
    await record(first);
    expect(await outcomes(NAMES)).toEqual({ a: 'reverted by b' });
  });

  test('blames nobody who came later, touches other files, or could not be undone by so few lines', async () => {
    await record(
      change('b', 2, undoing(`Revert "${T}"`)),
      change('a', 3, { message: T }),
      change('c', 4, { message: 'Paint the door', path: 'src/door.ts' }),
      change('d', 5, undoing('Revert "Paint the door"', { path: 'src/other.ts' })),
      change('e', 6, { message: 'Build the roof', path: 'src/roof.ts', added: 1_000 }),
      change('f', 7, undoing('Revert "Build the roof"', { path: 'src/roof.ts', deleted: 90 })),
    );
    expect(await outcomes(NAMES)).toEqual({});
  });

  test('of too few lines for all of it is partial, and a tenth at least', async () => {
    await record(
      change('e', 6, { message: 'Build the roof', path: 'src/roof.ts', added: 100 }),
      change('f', 7, undoing('Revert "Build the roof"', { path: 'src/roof.ts', deleted: 30 })),
    );
    expect(await outcomes(NAMES)).toEqual({ e: 'reverted by f (30 %)' });
  });

  test('of a pull request of another repository names none of ours', async () => {
    await record(first, change('b', 2, undoing('Undo it\n\nThis undoes elsewhere/other#12')));
    expect(await outcomes(NAMES)).toEqual({});
  });

  test('finds the latest change of that title, unless a SHA says better', async () => {
    const again = change('b', 2, { message: T });
    await record(first, again, change('c', 3, undoing(`Revert "${T}"`)));
    expect(await outcomes(NAMES)).toEqual({ b: 'reverted by c' });
  });

  test('takes back what it said by title when the change that its SHA names is read', async () => {
    const later = change('b', 2, { message: T });
    await record(later, change('c', 3, undoing(`Revert "${T}"\n\nThis reverts commit ${shaOf('a')}.`)));
    expect(await outcomes(NAMES)).toEqual({ b: 'reverted by c' });
    await record(change('a', 1, { message: T }));
    expect(await outcomes(NAMES)).toEqual({ a: 'reverted by c' });
  });
});

const STORY: readonly MergedChange[] = [
  first,
  change('b', 2, undoing(revertOf('a'))),
  change('c', 3, { message: `Reapply "${T}"\n\nThis reverts commit ${shaOf('b')}.` }),
  change('d', 4, { message: 'Count faster', path: 'src/d.ts', pullRequest: 20 }),
  change('e', 5, { message: 'Fix the count\n\nRegression from #20.', path: 'src/d.ts', added: 2 }),
  change('f', 6, { message: 'Sell hats (#30)', path: 'src/f.ts', pullRequest: 30 }),
  change('g', 7, undoing('Revert "Sell hats (#30)" (#31)', { path: 'src/f.ts', pullRequest: 31 })),
  change('h', 8, { message: 'Reland: Sell hats (#30)', path: 'src/f.ts' }),
  change('i', 9, { message: 'Sell shoes', path: 'src/i.ts' }),
  change('j', 10, undoing('Revert "Sell shoes"', { path: 'src/i.ts' })),
  change('k', 11, { message: 'Revert "Revert "Sell shoes""', path: 'src/i.ts' }),
  change('l', 12, undoing('Revert "Revert "Revert "Sell shoes"""', { path: 'src/i.ts' })),
  change('m', 13, { message: 'Paint it', path: 'src/m.ts' }),
];
const TOLD = { d: 'hotfixed by e', i: 'reverted by j' };

describe('the same story', () => {
  const names = STORY.map((_, index) => String.fromCharCode(97 + index));

  test('a revert that was reverted or followed by a reland no longer counts, and its own revert marks again', async () => {
    await record(...STORY);
    expect(await outcomes(names)).toEqual(TOLD);
  });

  const rotated = (by: number) => [...STORY.slice(by), ...STORY.slice(0, by)];
  test.each([
    ['one by one', STORY.map((one) => [one])],
    ['backwards, one by one', STORY.toReversed().map((one) => [one])],
    ['backwards in pages of four', pages(STORY.toReversed(), 4)],
    ['from the middle on, then what was before', rotated(6).map((one) => [one])],
    ['the even ones first', [STORY.filter((_, i) => i % 2 === 0), STORY.filter((_, i) => i % 2 === 1)]],
    ['in disorder', [7, 2, 11, 0, 9, 4, 1, 12, 10, 5, 3, 8, 6].map((at) => [STORY[at]!])],
  ])('is told alike when it is read %s', async (_how, order) => {
    for (const page of order) await record(...page);
    expect(await outcomes(names)).toEqual(TOLD);
  });

  test('is told once, however often it is read', async () => {
    await record(...STORY);
    const links = await ledger.readLinks(repoId);
    for (let time = 0; time < 2; time += 1)
      await followOutcomes(
        ledger,
        repoId,
        STORY.map(({ sha }) => sha),
        NOW,
      );
    expect(await ledger.readLinks(repoId)).toEqual(links);
    expect(await outcomes(names)).toEqual(TOLD);
  });

  test('moves the counters of the touched paths', async () => {
    await record(...STORY);
    const reading = await ledger.read(repoId, {
      at: NOW,
      author: 'sam',
      paths: ['src/a.ts', 'src/d.ts', 'src/i.ts'].map((path) => ({ path, previousPath: null })),
    });
    expect(reading.paths.map(({ failed }) => failed)).toEqual([0, 0, 1]);
  });
});

test('links that were proved line by line in a clone stay as they are', async () => {
  await record(first, change('b', 2, undoing('Tidy up')));
  const proved: RecordedLink = {
    change: shaOf('a'),
    kind: 'revert',
    by: shaOf('b'),
    form: 'sha',
    named: 'a',
    proof: 'diff',
    share: 0.9,
    at: NOW,
  };
  await ledger.saveLinks(repoId, [proved]);
  await followOutcomes(ledger, repoId, [shaOf('a'), shaOf('b')], NOW);
  expect(await ledger.readLinks(repoId)).toEqual([proved]);
});

describe('an incident', () => {
  const at = (hours: number) => new Date((NOW - 100 * DAY + hours * 3_600) * 1_000);
  const blame = async (names: readonly ChangeName[], hours: number, issue = 7) => {
    await ledger.saveIncident(repoId, { issue, causes: names.length === 0 ? [] : [names], asOf: at(hours) });
    await followOutcomes(ledger, repoId, [], NOW);
  };
  const pull = (number: number): ChangeName => ({ kind: 'pull-request', number, repository: null });

  test('marks the change it names, and clears it when it names it no longer', async () => {
    await record(first);
    await blame([pull(12)], 5);
    expect(await outcomes(NAMES)).toEqual({ a: 'incident by #7' });
    expect((await ledger.readOutcomes(repoId))[0]!.at).toBe(at(5).getTime() / 1_000);
    await blame([], 6);
    expect(await outcomes(NAMES)).toEqual({});
    expect(await ledger.readLinks(repoId)).toEqual([]);
  });

  test('keeps the moment at which it was said first', async () => {
    await record(first);
    await blame([pull(12)], 5);
    await blame([pull(12)], 50);
    expect((await ledger.readOutcomes(repoId))[0]!.at).toBe(at(5).getTime() / 1_000);
  });

  test('news that arrive late change nothing', async () => {
    await record(first);
    await blame([], 6);
    await blame([pull(12)], 5);
    expect(await outcomes(NAMES)).toEqual({});
  });

  test('waits for a change that is not read yet', async () => {
    await blame([{ kind: 'sha', sha: shaOf('a').slice(0, 9) }], 5);
    expect(await outcomes(NAMES)).toEqual({});
    await record(first);
    expect(await outcomes(NAMES)).toEqual({ a: 'incident by #7' });
  });

  test('blames nothing that was merged after it, and no pull request of another repository', async () => {
    await record(first);
    await blame([pull(12)], 0.5);
    await blame([{ kind: 'pull-request', number: 12, repository: 'acme/other' }], 9, 8);
    expect(await outcomes(NAMES)).toEqual({});
  });

  test('a later revert outweighs it, and it comes back when that is undone', async () => {
    await record(first);
    await blame([pull(12)], 1.5);
    await record(change('b', 2, undoing(revertOf('a'))));
    expect(await outcomes(NAMES)).toEqual({ a: 'reverted by b' });
    await record(change('c', 3, { message: `Revert "Revert"\n\nThis reverts commit ${shaOf('b')}.` }));
    expect(await outcomes(NAMES)).toEqual({ a: 'incident by #7' });
  });
});

describe('a deployment', () => {
  const deploy = async (id: number, sha: string, minutes: number, environment = 'production') => {
    const at = new Date((NOW - DAY + minutes * 60) * 1_000).toISOString();
    await ledger.saveDeployment(repoId, { id: String(id), environment, sha, state: 'success', at });
    await ledger.note(repoId, environmentNote(environment));
    await followOutcomes(ledger, repoId, [], NOW);
  };
  const four = ['a', 'b', 'c', 'd'].map((name, index) =>
    change(name, index + 1, { message: `Change ${name}`, path: `src/${name}.ts` }),
  );

  test('of an older commit takes out what lay between, and nothing else', async () => {
    await record(...four);
    await deploy(1, shaOf('c'), 0);
    await deploy(2, shaOf('d'), 1);
    expect(await outcomes(NAMES)).toEqual({});
    await deploy(3, shaOf('b'), 2);
    expect(await outcomes(NAMES)).toEqual({ c: 'rolled-back by 3', d: 'rolled-back by 3' });
  });

  test('stays a rollback when hundreds of later ones have come', async () => {
    await record(...four);
    await deploy(1, shaOf('d'), 0);
    await deploy(2, shaOf('b'), 1);
    const later = Array.from({ length: 198 }, (_, index) => index + 3);
    for (const id of later) {
      const at = new Date((NOW - DAY + id * 60) * 1_000).toISOString();
      const given = { environment: 'production', sha: shaOf('d'), state: 'success', at };
      await ledger.saveDeployment(repoId, { id: String(id), ...given });
    }
    // Now what ran before it is no longer among the newest 200.
    await deploy(201, shaOf('d'), 201);
    await deploy(202, shaOf('d'), 202);
    expect(await outcomes(NAMES)).toEqual({ c: 'rolled-back by 2', d: 'rolled-back by 2' });
  });

  test('to another environment is no rollback', async () => {
    await record(...four);
    await deploy(1, shaOf('d'), 0);
    await deploy(2, shaOf('b'), 1, 'production-eu');
    expect(await outcomes(NAMES)).toEqual({});
  });

  test('that was begun earlier and ends later is no rollback', async () => {
    await record(...four);
    await deploy(2, shaOf('d'), 0);
    await deploy(1, shaOf('b'), 1);
    expect(await outcomes(NAMES)).toEqual({});
  });

  test('concludes nothing from a commit that is not on the trunk', async () => {
    await record(...four);
    await deploy(1, shaOf('d'), 0);
    await deploy(2, shaOf('elsewhere'), 1);
    await deploy(3, shaOf('b'), 2);
    expect(await outcomes(NAMES)).toEqual({});
  });

  test('is understood later when the commits were read after it', async () => {
    await deploy(1, shaOf('d'), 0);
    await deploy(2, shaOf('b'), 1);
    await record(four[3]!, four[2]!);
    expect(await outcomes(NAMES)).toEqual({});
    await record(four[1]!, four[0]!);
    expect(await outcomes(NAMES)).toEqual({ c: 'rolled-back by 2', d: 'rolled-back by 2' });
  });
});

test('news from before the longest window are dropped, and what they said stands', async () => {
  const at = (days: number) => new Date((NOW - days * DAY) * 1_000);
  const causes: ChangeName[][] = [[{ kind: 'sha', sha: shaOf('a') }]];
  await record(first, change('b', 2, { message: `Fix it\n\nFixes: ${shaOf('gone')}` }));
  await ledger.saveIncident(repoId, { issue: 7, causes, asOf: at(50) });
  const deployed = { environment: 'production', sha: shaOf('b'), state: 'success' };
  await ledger.saveDeployment(repoId, { ...deployed, id: '1', at: at(50).toISOString() });
  await ledger.saveDeployment(repoId, { ...deployed, id: '2', at: at(20).toISOString() });
  await followOutcomes(ledger, repoId, [], NOW);
  const waiting = [`sha:${shaOf('gone').slice(0, 7)}`];
  expect(await ledger.findNoted(repoId, waiting)).toEqual([{ by: shaOf('b'), mark: null }]);

  await ledger.forgetNews(repoId, NOW - 30 * DAY);
  expect(await ledger.findNoted(repoId, waiting)).toEqual([]);
  expect(await ledger.findIncident(repoId, 7)).toBeNull();
  expect((await ledger.readDeployments(repoId, 'production', 9)).map(({ id }) => id)).toEqual(['2']);
  await followOutcomes(ledger, repoId, [], NOW);
  expect(await outcomes(NAMES)).toEqual({ a: 'incident by #7' });
});

test('a note that comes while another is answered is not lost', async () => {
  await ledger.note(repoId, '#7');
  const [seen] = await ledger.findNoted(repoId, []);
  await ledger.note(repoId, '#7');
  await ledger.settleNote(repoId, seen!, []);
  const [left] = await ledger.findNoted(repoId, []);
  expect(left!.mark).toBeGreaterThan(seen!.mark!);
  await ledger.settleNote(repoId, left!, []);
  expect(await ledger.findNoted(repoId, [])).toEqual([]);
});

function pages<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
