// Does every query of a reading go by an index, however long the history?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { LEDGER_QUERIES } from '../../src/storage/ledger-reading.js';
import { migrate } from '../../src/storage/migrations.js';
import { openLedger } from '../../src/storage/open-ledger.js';
import { ENGINES, type Engine, SILENT } from './engines.js';
import { fillLedger } from './ledger-fill.js';
import { aChange, DAY, NOW } from './ledger-history.js';

jest.setTimeout(120_000);

const REPO = 7;
const FILLED = 10_000;

describe.each(ENGINES)('readings of a long ledger on $name', ({ name: engineName, start }) => {
  let engine: Engine;
  let database: Database;
  let paths: readonly string[];

  beforeAll(async () => {
    engine = await start();
    database = await openDatabase({ ...engine, log: SILENT });
    await migrate(database);
    ({ paths } = await fillLedger(database, REPO, FILLED, NOW));
    await database.executeSql('analyze');
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await engine.stop();
  });

  test('the tables are long enough that reading one through would be told apart', async () => {
    const counts = await database.executeSql(
      `select (select count(*) from agent_policy.ledger_changes) as changes,
         (select count(*) from agent_policy.ledger_files) as files`,
    );
    expect(counts.rows[0].changes).toBe(FILLED);
    expect(counts.rows[0].files).toBeGreaterThan(4 * FILLED);
    const scan = await explain('select * from agent_policy.ledger_changes where title = $1', ['x']);
    expect(scan.map(({ type }) => type)).toContain('Seq Scan');
  });

  test.each(Object.keys(LEDGER_QUERIES) as (keyof typeof LEDGER_QUERIES)[])(
    'the query for %s reads a bounded number of rows by index',
    async (name) => {
      await expectIndexed(LEDGER_QUERIES[name], valuesOf(name));
    },
  );

  test('what is ripe and what leaves the window is found by index, also when nothing is', async () => {
    const unbounded = 'select sha from agent_policy.ledger_changes where repo_id = $1::bigint';
    const ripe = `${unbounded} and is_ordinary and not ripe_counted and chance is not null
      and -merged_at >= -$2::bigint order by -merged_at desc, -seq desc limit 10`;
    const counted = `${unbounded} and counted and -merged_at > -$2::bigint order by -merged_at desc limit 10`;
    await expectIndexed(ripe, [REPO, NOW]);
    await expectIndexed(counted, [REPO, 0]);
  });

  // A server counts its tables by itself.
  const onlyEmbedded = engineName === 'PostgreSQL' ? test.skip : test;
  onlyEmbedded('recording lets the planner know how long the history is', async () => {
    const ledger = openLedger(database, () => NOW);
    await ledger.open(8, {
      owner: 'acme',
      repo: 'new',
      span: { windowSeconds: DAY, halfLifeSeconds: DAY },
      wantedFrom: 0,
    });
    await database.executeSql('delete from pg_statistic');
    await ledger.record(
      8,
      Array.from({ length: 300 }, (_, n) => aChange(`${n}`, { mergedAt: NOW - 300 + n })),
    );
    const { rows } = await database.executeSql(
      "select count(*)::int as known from pg_stats where tablename = 'ledger_changes'",
    );
    expect(rows[0].known).toBeGreaterThan(0);
  });

  async function expectIndexed(query: string, values: readonly unknown[]): Promise<void> {
    const scans = (await explain(query, values)).filter(({ type }) => / Scan$/.test(type));
    expect(scans.length).toBeGreaterThan(0);
    const notByIndex = scans.filter(
      ({ type, table }) => table !== null && !/^(Index|Index Only|Bitmap Heap) Scan$/.test(type),
    );
    // One row for each repository; a few hundred steps of size.
    expect(notByIndex.filter(({ table }) => !['ledger_state', 'ledger_sizes'].includes(table!))).toEqual([]);
    for (const scan of scans) expect([scan, scan.rows <= 600]).toEqual([scan, true]);
  }

  function valuesOf(name: keyof typeof LEDGER_QUERIES): readonly unknown[] {
    switch (name) {
      case 'state':
        return [REPO, ['r', 'a:author0', ...paths.map((_, n) => `f:src/folder${n}`)]];
      case 'key':
        return [REPO, 'p'];
      case 'paths':
        return [REPO, paths, 'a:author0'];
      case 'pathRecords':
        return [REPO, paths, 5];
      case 'sizes':
      case 'usualChance':
        return [REPO];
    }
  }

  interface PlanNode {
    readonly type: string;
    readonly table: string | null;
    /** Rows it really gave, all loops together. */
    readonly rows: number;
  }

  async function explain(query: string, values: readonly unknown[]): Promise<readonly PlanNode[]> {
    const { rows } = await database.executeSql(`explain (analyze, format json) ${query}`, values);
    const plan = rows[0]['QUERY PLAN'];
    // biome-ignore lint/suspicious/noExplicitAny: the shape of a plan is PostgreSQL's
    const visit = (node: any): readonly PlanNode[] => [
      {
        type: node['Node Type'],
        table: node['Relation Name'] ?? null,
        rows: node['Actual Rows'] * node['Actual Loops'],
      },
      ...(node.Plans ?? []).flatMap(visit),
    ];
    return visit((typeof plan === 'string' ? JSON.parse(plan) : plan)[0].Plan);
  }
});
