// Are migrations run once, in order, and refused backwards?
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { MIGRATIONS, type Migration, migrate } from '../../src/storage/migrations.js';
import { openLedger } from '../../src/storage/open-ledger.js';
import { ENGINES, type Engine, SILENT } from './engines.js';

const next = (number: number, ...statements: readonly string[]): Migration => ({
  number,
  name: `test ${number}`,
  statements,
});

describe.each(ENGINES)('migrations on $name', ({ name, start }) => {
  let engine: Engine;
  let database: Database;
  beforeAll(async () => {
    engine = await start();
    database = await openDatabase({ ...engine, log: SILENT });
  }, 30_000);
  afterAll(async () => {
    await database.close();
    await engine.stop();
  });

  const numbers = async () =>
    (await database.executeSql('select number from agent_policy.migrations order by number')).rows.map(
      (row) => row.number,
    );

  test('are numbered from 1 without a gap', () => {
    expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  test('bring the database of a version without ledger to this one, and keep what it holds', async () => {
    await migrate(
      database,
      MIGRATIONS.filter(({ number }) => number <= 3),
    );
    await database.executeSql(
      `insert into agent_policy.requesters (repo_id, pr, login, seen_at) values (5, 12, 'kim', now())`,
    );
    await migrate(database);
    expect(await numbers()).toEqual(MIGRATIONS.map(({ number }) => number));
    const { rows } = await database.executeSql('select login from agent_policy.requesters');
    expect(rows).toEqual([{ login: 'kim' }]);
    const ledger = openLedger(database);
    const span = { windowSeconds: 1_000, halfLifeSeconds: 100 };
    await ledger.open(5, { owner: 'acme', repo: 'shop', span, wantedFrom: 1 });
    expect(await ledger.find(5)).toMatchObject({ readFrom: null, newestSha: null });
  });

  test('run once, also when several servers start at once', async () => {
    const others = name === 'PostgreSQL' ? [await openDatabase({ ...engine, log: SILENT })] : [];
    await Promise.all([database, database, ...others].map((each) => migrate(each)));
    await Promise.all(others.map((each) => each.close()));
    expect(await numbers()).toEqual(MIGRATIONS.map(({ number }) => number));
  });

  test('one that fails leaves nothing of itself', async () => {
    const broken = [
      ...MIGRATIONS,
      next(99, 'create table agent_policy.half (id int)', 'select no_such_thing'),
    ];
    await expect(migrate(database, broken)).rejects.toThrow('no_such_thing');
    expect(await numbers()).toEqual(MIGRATIONS.map(({ number }) => number));
    await expect(database.executeSql('select 1 from agent_policy.half')).rejects.toThrow('half');
  });

  test('a database of a newer version is refused', async () => {
    await migrate(database, [...MIGRATIONS, next(99, 'select 1')]);
    await expect(migrate(database)).rejects.toThrow(
      `written by a newer version (migration 99, this version knows ${MIGRATIONS.length})`,
    );
  });
});
