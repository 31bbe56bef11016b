// Does a clone's history reach the ledger whole, once, and as the app would have recorded it?
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { createClassifier } from '../../src/agents/classify.js';
import { backfillFromClone } from '../../src/cli/backfill-clone.js';
import { readLocalChanges } from '../../src/cli/local-changes.js';
import { factsOfHistory } from '../../src/cli/local-history.js';
import { readRepositoryOutcomes } from '../../src/cli/outcomes-history.js';
import type { LedgerReading, MergedChange, Tally, TouchedPath } from '../../src/domain/ledger.js';
import type { HistoryFacts } from '../../src/domain/quality.js';
import { NOTHING_REMEMBERED } from '../../src/domain/snapshot.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import type { Ledger } from '../../src/storage/ledger.js';
import { migrate } from '../../src/storage/migrations.js';
import { openLedger } from '../../src/storage/open-ledger.js';
import { COPILOT, createRepository, type GitFixture } from './git-fixture.js';
import { runWith } from './program.js';

const DAY = 86_400;
const NOW = Math.floor(Date.now() / 1000);
const ago = (days: number) => NOW - days * DAY;
const KIM = { name: 'Kim', email: '77+kim@users.noreply.github.com' };
const KIM_AT_WORK = { name: 'Kim', email: 'kim@acme.dev' };
const LEE = { name: 'Lee Ng', email: 'lee@acme.dev' };
const ID = 4711;

const TAX = Array.from({ length: 12 }, (_, line) => `rate ${line}`).join('\n');

interface Story {
  readonly repo: GitFixture;
  readonly sha: Readonly<Record<string, string>>;
}

function tellStory(): Story {
  const repo = createRepository();
  const sha: Record<string, string> = {};
  sha.old = repo.commit({ 'src/tax.ts': `${TAX}\n` }, 'Begin', LEE, ago(400));
  sha.odd = repo.commit(
    { 'docs/für alle/📦 a\tb.md': 'x\n', 'logo.png': 'a\0b' },
    'Odd names',
    KIM,
    ago(200),
  );
  sha.broken = repo.commit({ 'src/tax.ts': `${TAX}\nrate 99\n` }, 'Add a rate (#12)', COPILOT, ago(190));
  sha.revert = repo.commit(
    { 'src/tax.ts': `${TAX}\n` },
    `Revert "Add a rate (#12)" (#13)\n\nThis reverts commit ${sha.broken}.`,
    KIM_AT_WORK,
    ago(180),
  );
  repo.git('mv', 'src/tax.ts', 'src/rates.ts');
  sha.move = repo.commit({}, 'Move the rates', KIM_AT_WORK, ago(170));
  repo.git('mv', 'src/rates.ts', 'src/final.ts');
  sha.moveAgain = repo.commit({ 'src/final.ts': `${TAX}\nmore\n` }, 'Move them again', KIM_AT_WORK, ago(160));
  repo.git('checkout', '-q', '-b', 'copilot/fix-2');
  repo.commit({ 'src/fix.ts': 'one\n' }, 'Fix half', COPILOT, ago(150));
  repo.commit({ 'src/fix.ts': 'one\ntwo\n' }, 'Fix the other half', COPILOT, ago(149));
  repo.git('checkout', '-q', 'main');
  repo.gitAt(
    ago(148),
    'merge',
    '-q',
    '--no-ff',
    '-m',
    'Merge pull request #20 from acme/copilot/fix-2\n\nFix it at last',
    'copilot/fix-2',
  );
  sha.merge = repo.git('rev-parse', 'HEAD');
  for (const name of ['one', 'two']) {
    repo.git('checkout', '-q', '-b', name, sha.merge);
    repo.commit({ [`${name}.txt`]: 'x\n' }, `Add ${name}`, LEE, ago(140));
  }
  repo.git('checkout', '-q', 'main');
  repo.commit({ 'three.txt': 'x\n' }, 'Add three', LEE, ago(139));
  repo.gitAt(ago(138), 'merge', '-q', '--no-ff', '-m', 'Merge three branches', 'one', 'two');
  sha.octopus = repo.git('rev-parse', 'HEAD');
  sha.first = repo.commit({ 'a.txt': '1\n' }, 'A clock that was never set', LEE, 0);
  sha.future = repo.commit({ 'a.txt': '2\n' }, 'A clock that is far ahead', LEE, 4_300_000_000);
  repo.git('update-index', '--add', '--cacheinfo', `160000,${sha.old},vendor/lib`);
  repo.gitAt(ago(100), 'commit', '-q', '-m', 'Add a submodule');
  sha.submodule = repo.git('rev-parse', 'HEAD');
  repo.gitAt(ago(90), 'commit', '-q', '--allow-empty', '-m', 'Say nothing');
  sha.empty = repo.git('rev-parse', 'HEAD');
  for (let day = 80; day > 20; day -= 2)
    repo.commit({ 'src/final.ts': `${TAX}\n${day}\n` }, `Set it to ${day}`, LEE, ago(day));
  sha.head = repo.git('rev-parse', 'HEAD');
  repo.git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
  return { repo, sha };
}

let story: Story;
let dataFolder: string;

const backfill = (folder: string, ...flags: readonly string[]) =>
  runWith({ DATA_FOLDER: folder }, 'backfill', '--since', '365d', ...flags);
const newFolder = () => join(mkdtempSync(join(tmpdir(), 'agent-policy-data-')), 'data');

async function withLedger<T>(
  folder: string,
  look: (ledger: Ledger, database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({
    databaseUrl: null,
    dataFolder: folder,
    log: pino({ level: 'silent' }),
  });
  try {
    return await look(openLedger(database), database);
  } finally {
    await database.close();
  }
}

async function readFacts(repo: string, paths: readonly TouchedPath[]): Promise<HistoryFacts> {
  const span = { windowSeconds: 365 * DAY, halfLifeSeconds: 60 * DAY };
  const read = await readRepositoryOutcomes({
    repo,
    ref: 'HEAD',
    since: ago(365),
    issues: null,
    deployments: null,
  });
  const local = await readLocalChanges({
    repo,
    repository: 'acme/shop',
    trunk: read.trunk,
    parents: read.parents,
    shallow: read.shallow,
    since: ago(365),
    until: NOW,
    classify: createClassifier({
      catalogue,
      custom: [],
      automationWorkflows: [],
      machineUsers: [],
      memory: NOTHING_REMEMBERED,
    }),
    isGenerated: () => false,
    ignore: [],
    onProgress: () => undefined,
  });
  return factsOfHistory({
    changes: local.changes,
    outcomes: new Map(read.outcomes.map((outcome) => [outcome.sha, outcome])),
    span,
    now: NOW,
    readFrom: local.readFrom,
    author: 'copilot (agent)',
    agent: 'copilot',
    paths,
  });
}

const catalogue = parseCatalogue(readFileSync(new URL('../../config/agents.yml', import.meta.url), 'utf8'));

const LEDGER_TABLES = [
  'changes',
  'paths',
  'names',
  'files',
  'keys',
  'authored',
  'sizes',
  'links',
  'corrections',
];

/** Everything that is recorded, as text. */
function dump(folder: string): Promise<string> {
  return withLedger(folder, async (_, database) => {
    const tables = [...LEDGER_TABLES, 'state', 'name_keys', 'notes'];
    const rows = await Promise.all(
      tables.map(
        async (table) =>
          (await database.executeSql(`select t::text as row from agent_policy.ledger_${table} t order by 1`))
            .rows,
      ),
    );
    return rows.map((found, index) => [tables[index], ...found.map(({ row }) => row)].join('\n')).join('\n');
  });
}

beforeAll(async () => {
  story = tellStory();
  dataFolder = newFolder();
});

describe('backfill --repo', () => {
  let changes: ReadonlyMap<string, MergedChange>;
  const of = (name: string) => changes.get(story.sha[name]!)!;

  beforeAll(async () => {
    const ran = await backfill(dataFolder, '--repo', story.repo.folder, '--repo-id', String(ID));
    expect(ran.err).toBe('');
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(
      /^acme\/shop: 42 changes merged since \d{4}-\d\d-\d\d \(365 days\), 42 new in the records\.\n/,
    );
    expect(ran.out).toContain('Written by people: 40 · agents: 2 (copilot 2).');
    expect(ran.out).toContain('Failed: 1 (1 reverted).');
    expect(ran.out).toMatch(/, HEAD at [0-9a-f]{10}\. GitHub was not asked\./);
    const all = await withLedger(dataFolder, (ledger) => ledger.readChanges(ID, null, 1_000));
    changes = new Map(all.map((change) => [change.sha, change]));
  });

  test('what was merged before the time asked for is left out', () => {
    expect(changes.has(story.sha.old!)).toBe(false);
    expect(changes.size).toBe(42);
  });

  test('odd paths and binary files are recorded as they are', () => {
    expect(of('odd').files).toEqual([
      { path: 'docs/für alle/📦 a\tb.md', previousPath: null, additions: 1, deletions: 0 },
      { path: 'logo.png', previousPath: null, additions: 0, deletions: 0 },
    ]);
    expect(of('submodule').files.map(({ path }) => path)).toEqual(['vendor/lib']);
    expect(of('empty')).toMatchObject({ files: [], isOrdinary: false });
  });

  test('a merge is one change: the whole branch, by whoever wrote it, with the title of its pull request', () => {
    expect(of('merge')).toMatchObject({
      pullRequest: 20,
      title: 'Fix it at last',
      author: 'copilot (agent)',
      authorship: 'agent',
      agent: 'copilot',
      lines: 2,
      files: [{ path: 'src/fix.ts', additions: 2, deletions: 0 }],
    });
    expect(of('octopus').files.map(({ path }) => path)).toEqual(['one.txt', 'two.txt']);
  });

  test('a person is one author under every address, by login where any of them tells it', () => {
    expect([of('odd').author, of('revert').author, of('move').author]).toEqual(['kim', 'kim', 'kim']);
    expect(of('octopus').author).toBe('Lee Ng');
  });

  test('wrong clocks age nothing away and put nothing into the future', () => {
    const at = (name: string) => Math.round((NOW - of(name).mergedAt) / DAY);
    for (const name of ['first', 'future']) {
      expect(at(name)).toBeLessThanOrEqual(138);
      expect(at(name)).toBeGreaterThanOrEqual(100);
    }
    expect(at('submodule')).toBe(100);
  });

  test('the outcome is known by the lines, and a renamed file keeps its record', async () => {
    await withLedger(dataFolder, async (ledger) => {
      expect(await ledger.readOutcomes(ID)).toEqual([
        { sha: story.sha.broken, outcome: 'reverted', at: ago(180), by: story.sha.revert, share: 1 },
      ]);
      const [link] = await ledger.readLinks(ID);
      expect(link).toMatchObject({ change: story.sha.broken, by: story.sha.revert, proof: 'diff', share: 1 });
      const reading = await ledger.read(ID, {
        at: NOW,
        author: 'copilot (agent)',
        paths: [{ path: 'src/final.ts', previousPath: null }],
      });
      // The failed change, its revert, two renames and thirty more.
      expect(reading.paths[0]).toMatchObject({ changes: 34, failed: 1, lastFailedAt: ago(180) });
      expect(reading.author).toMatchObject({ changes: 2, failed: 1 });
      expect(reading.repository).toMatchObject({ changes: 42, failed: 1 });
      expect(await ledger.readAgent(ID, 'copilot')).toEqual({ changes: 2, failed: 1 });
      expect((await ledger.readPathRecords(ID, ['src/final.ts'], 5))[0]).toMatchObject({
        changes: 34,
        failed: 1,
      });
    });
  });

  test('every change has the chance that it had when it was merged, and the correction is worked out', async () => {
    expect([...changes.values()].filter(({ chance }) => chance === null)).toEqual([]);
    await withLedger(dataFolder, async (ledger) => {
      const state = (await ledger.find(ID))!;
      expect(state).toMatchObject({ owner: 'acme', repo: 'shop', newestSha: story.sha.head, cursor: null });
      expect(state.readFrom).toBeLessThanOrEqual(state.wantedFrom);
      expect(state.correction.at).not.toBeNull();
      // Neither a revert nor a change without files says how often changes fail here.
      expect(state.correction.changes).toBe(40);
      expect(await ledger.readUsualChance(ID)).toBeGreaterThan(0.001);
    });
  });

  test('a change that is judged offline, from the clone alone, is judged by the same figures', async () => {
    const paths = [{ path: 'src/final.ts', previousPath: null }];
    const facts = await readFacts(story.repo.folder, paths);
    await withLedger(dataFolder, async (ledger) => {
      const reading = await ledger.read(ID, { at: NOW, author: 'copilot (agent)', paths });
      const close = (tally: Tally) => ({
        ...tally,
        weight: Math.round(tally.weight * 1e6),
        weightFailed: Math.round(tally.weightFailed * 1e6),
      });
      const rounded = ({ repository, author, paths: touched, folders, familiarPaths }: LedgerReading) => ({
        repository: close(repository),
        author: close(author),
        paths: touched.map(close),
        folders: folders.map(close),
        familiarPaths,
      });
      expect(rounded(facts.reading)).toEqual(rounded(reading));
      expect(facts.sizes).toEqual(await ledger.readSizes(ID));
      expect(facts.agent).toEqual({ name: 'copilot', ...(await ledger.readAgent(ID, 'copilot')) });
      expect(facts.people).toEqual(await ledger.readPeople(ID));
      expect(facts.riskyPaths).toEqual(await ledger.readPathRecords(ID, ['src/final.ts'], 5));
      expect(facts.usualChance).toBeCloseTo((await ledger.readUsualChance(ID))!, 4);
      expect(facts.correction.changes).toBe((await ledger.find(ID))!.correction.changes);
      expect([facts.readDays, facts.wantedDays]).toEqual([365, 365]);
    });
  });

  test('the same again changes nothing', async () => {
    const before = await dump(dataFolder);
    const ran = await backfill(dataFolder, '--repo', story.repo.folder);
    expect(ran.out).toContain('42 changes merged since');
    expect(ran.out).toContain(', 0 new in the records.');
    expect(ran.code).toBe(0);
    expect(await dump(dataFolder)).toBe(before);
  });

  test('a shorter time takes nothing back that is known of older changes', async () => {
    const before = await withLedger(dataFolder, (ledger) => ledger.readOutcomes(ID));
    const since = String(Math.floor((NOW - ago(185)) / DAY));
    const env = { DATA_FOLDER: dataFolder };
    const ran = await runWith(env, 'backfill', '--since', `${since}d`, '--repo', story.repo.folder);
    expect(ran.code).toBe(0);
    expect(before).toHaveLength(1);
    expect(await withLedger(dataFolder, (ledger) => ledger.readOutcomes(ID))).toEqual(before);
  });

  test('--format json says the same to machines', async () => {
    const ran = await backfill(dataFolder, '--repo', story.repo.folder, '--format', 'json');
    expect(JSON.parse(ran.out)).toMatchObject({
      repository: 'acme/shop',
      id: ID,
      days: { read: 365, wanted: 365 },
      changes: 42,
      recorded: 0,
      authors: { people: 40, agents: { copilot: 2 }, automation: 0, unknown: 0 },
      failed: { reverted: 1, hotfixed: 0, incident: 0, 'rolled-back': 0 },
      requests: 0,
      done: true,
      continue_at: null,
    });
  });

  test('newer and older changes join what is there, whatever came first', async () => {
    const folder = newFolder();
    const flags = ['--repo', story.repo.folder];
    const at = (ref: string) => ['--ref', ref];
    await runWith(
      { DATA_FOLDER: folder },
      'backfill',
      '--since',
      '165d',
      ...flags,
      ...at(story.sha.future!),
      '--repo-id',
      String(ID),
    );
    const newer = await backfill(folder, ...flags);
    expect(newer.code).toBe(0);
    await withLedger(folder, async (ledger) => {
      const query = { at: NOW, author: 'kim', paths: [{ path: 'src/final.ts', previousPath: null }] };
      const reading = await ledger.read(ID, query);
      expect(reading.repository).toMatchObject({ changes: 42, failed: 1 });
      expect(reading.paths[0]).toMatchObject({ changes: 34, failed: 1 });
    });
  });

  test('stopped on the way it keeps what it has, and goes on from there', async () => {
    const repo = createRepository();
    for (let change = 0; change < 120; change += 1)
      repo.gitAt(ago(120 - change), 'commit', '-q', '--allow-empty', '-m', `Change ${change}`);
    const folder = newFolder();
    const database = await openDatabase({
      databaseUrl: null,
      dataFolder: folder,
      log: pino({ level: 'silent' }),
    });
    await migrate(database);
    let asked = 0;
    const done = await backfillFromClone(
      {
        repo: repo.folder,
        ref: 'HEAD',
        owner: 'acme',
        name: 'shop',
        repoId: ID,
        since: ago(365),
        now: NOW,
        catalogue,
        isStopped: () => {
          asked += 1;
          return asked > 1;
        },
      },
      { ledger: openLedger(database), database, findDecided: async () => null, close: database.close },
      { show: () => undefined, close: () => undefined },
    );
    const state = await openLedger(database).find(ID);
    await database.close();
    expect(done).toMatchObject({ recorded: 100, stopped: true });
    // Nobody takes it for read, so the app goes on too.
    expect(state).toMatchObject({ readFrom: null, newestSha: null });
    const rest = await backfill(folder, '--repo', repo.folder, '--as', 'acme/shop');
    expect(rest.out).toContain('120 changes merged');
    expect(rest.out).toContain(', 20 new in the records.');
  });

  test('what the policy ignores counts in no size, as when the history comes from GitHub', async () => {
    const repo = createRepository();
    const policy = 'version: 1\nowner: "@acme/platform"\nquality_delta: { size: { ignore: ["data/**"] } }\n';
    const sha = repo.commit({ 'data/rows.csv': 'a\nb\nc\n', 'src/a.ts': '1\n' }, 'Add rows', KIM, ago(9));
    repo.commit({ '.github/agent-policy.yml': policy }, 'Ignore rows', LEE, ago(8));
    const folder = newFolder();
    const ran = await backfill(folder, '--repo', repo.folder, '--as', 'acme/shop', '--repo-id', '5');
    expect(ran.code).toBe(0);
    await withLedger(folder, async (ledger) => {
      const changes = await ledger.readChanges(5, null, 10);
      expect(changes.find((change) => change.sha === sha)).toMatchObject({ lines: 1, files: [{}, {}] });
    });
  });

  test('a shallow clone says what it lacks, and its oldest commit is no change of everything', async () => {
    const clone = mkdtempSync(join(tmpdir(), 'agent-policy-shallow-'));
    execFileSync('git', ['clone', '-q', '--depth', '4', `file://${story.repo.folder}`, clone]);
    const folder = newFolder();
    const ran = await backfill(folder, '--repo', clone, '--as', 'acme/shop', '--repo-id', String(ID));
    expect(ran.out).toContain('acme/shop: 3 changes merged');
    expect(ran.out).toContain('Note: The clone is shallow, so nothing is known before its 4 commits.');
    await withLedger(folder, async (ledger) => {
      const state = (await ledger.find(ID))!;
      // The app goes on reading what the clone does not have.
      expect(state.readFrom).toBeGreaterThan(state.wantedFrom);
    });
  });
});

describe('backfill refuses what would end in wrong records', () => {
  test('while the app runs on the embedded engine, and says what to do', async () => {
    await withLedger(dataFolder, async () => {
      const ran = await backfill(dataFolder, '--repo', story.repo.folder);
      expect(ran.code).toBe(2);
      expect(ran.err).toMatch(
        /^The app's records are in use: process \d+ on .* has the data folder\. .* Stop the app, run this again/,
      );
    });
  });

  test('a repository that the app never saw, without its number', async () => {
    const ran = await backfill(dataFolder, '--repo', story.repo.folder, '--as', 'acme/new');
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('--repo-id "$(gh api repos/acme/new --jq .id)"');
  });

  test('another number than the app knows', async () => {
    const ran = await backfill(dataFolder, '--repo', story.repo.folder, '--repo-id', '1');
    expect(ran.err).toContain(`The app knows acme/shop as repository ${ID}, not 1.`);
    expect(ran.code).toBe(2);
  });

  test('a clone of another repository, before anything is written', async () => {
    const other = createRepository();
    for (let day = 80; day > 20; day -= 2)
      other.commit({ 'x.ts': `${day}\n` }, `Other ${day}`, LEE, ago(day) + 60);
    const before = await dump(dataFolder);
    const flags = ['--since', '800d', '--repo', other.folder, '--as', 'acme/shop'];
    const ran = await runWith({ DATA_FOLDER: dataFolder }, 'backfill', ...flags);
    expect(ran.err).toContain('is no clone of acme/shop: of its 29 changes');
    expect(ran.code).toBe(2);
    expect(await dump(dataFolder)).toBe(before);
  });

  test.each<[string, readonly string[], Record<string, string>, RegExp]>([
    ['no place of records', [], {}, /there are none in \.\/data\. Set DATABASE_URL or DATA_FOLDER/],
    ['no database', [], { DATABASE_URL: 'mysql://x' }, /^DATABASE_URL: does not begin with postgres/],
    ['no repository', ['--repo', tmpdir()], {}, /is not a git repository/],
    ['no time', ['--since', 'soon'], {}, /--since soon is no time\. Give a number of days/],
    ['before git', ['--since', '1970-01-01'], {}, /--since 1970-01-01: give a day from 1990-01-01 on/],
    ['no day', ['--since', '2026-02-31'], {}, /--since 2026-02-31 is no time/],
    ['the future', ['--since', '2999-01-01'], {}, /lies in the future/],
  ])('%s', async (_, flags, env, words) => {
    const base = flags.includes('--repo') ? [] : ['--repo', story.repo.folder];
    const ran = await runWith(env, 'backfill', '--since', '9d', ...base, ...flags);
    expect(ran.err).toMatch(words);
    expect(ran.code).toBe(2);
  });

  test('GitHub without a token', async () => {
    const ran = await backfill(dataFolder, 'acme/shop');
    expect(ran.err).toContain('backfill OWNER/NAME reads GitHub with the token in GITHUB_TOKEN');
    expect(ran.code).toBe(2);
  });
});
