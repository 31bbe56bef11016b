// Does judging one change cost the same after 10, 10,000 and 1,000,000 merged changes? Run with `npx tsx`.
// The ledgers are filled by SQL; one change of 30 files is read on both engines, and 100 changes are recorded.
import { openDatabase } from '../../src/storage/database.js';
import { LEDGER_QUERIES } from '../../src/storage/ledger-reading.js';
import { migrate } from '../../src/storage/migrations.js';
import { openLedger } from '../../src/storage/open-ledger.js';
import { ENGINES, SILENT } from '../storage/engines.js';
import { fillLedger } from '../storage/ledger-fill.js';
import { aChange, DAY, NOW } from '../storage/ledger-history.js';

const LENGTHS = (process.env.LEDGER_LENGTHS ?? '10,10000,1000000').split(',').map(Number);
const READ_TARGET_MS = 20;
const RECORD_TARGET_MS = 1_000;
const WARM_UP = 20;
const ROUNDS = 40;

for (const { name, start } of ENGINES) {
  for (const [index, length] of LENGTHS.entries()) {
    const engine = await start();
    const database = await openDatabase({ ...engine, log: SILENT });
    await migrate(database);
    const ledger = openLedger(database, () => NOW);
    const begun = performance.now();
    const { paths } = await fillLedger(database, 1, length, NOW);
    await database.executeSql('analyze');
    const filled = (performance.now() - begun) / 1_000;
    const query = {
      at: NOW,
      author: 'author7',
      paths: paths.map((path) => ({ path, previousPath: null })),
    };
    const times: number[] = [];
    // The first ones wait for compilation.
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const from = performance.now();
      await ledger.read(1, query);
      await ledger.readSizes(1);
      await ledger.readUsualChance(1);
      await ledger.readPathRecords(1, paths, 5);
      await ledger.readAgent(1, 'devin');
      await ledger.readPeople(1);
      times.push(performance.now() - from);
    }
    const sorted = times.slice(WARM_UP).toSorted((a, b) => a - b);
    const median = sorted[Math.floor(ROUNDS / 2)]!;
    const slowest = sorted[Math.floor(ROUNDS * 0.95)]!;
    const recordFrom = performance.now();
    await ledger.record(
      1,
      Array.from({ length: 100 }, (_, n) =>
        aChange(`new${n}`, {
          mergedAt: NOW + n,
          files: Array.from({ length: 5 }, (_, file) => ({
            path: paths[(n * 3 + file) % paths.length]!,
            previousPath: null,
            additions: 3,
            deletions: 1,
          })),
        }),
      ),
    );
    const recorded = performance.now() - recordFrom;
    const expireFrom = performance.now();
    const expired = await ledger.expire(1, NOW + 15 * DAY, 100);
    const expiring = performance.now() - expireFrom;
    console.log(
      `  ${name}, ${length} changes (filled in ${filled.toFixed(0)} s): read ${median.toFixed(1)} ms, first ` +
        `${times[0]!.toFixed(1)} ms, 95 % within ${slowest.toFixed(1)} ms (target ${READ_TARGET_MS}) · record 100 × 5 files ` +
        `${recorded.toFixed(0)} ms (target ${RECORD_TARGET_MS}) · expire ${expired} in ${expiring.toFixed(0)} ms`,
    );
    if (median > READ_TARGET_MS || recorded > RECORD_TARGET_MS) process.exitCode = 1;
    if (index === LENGTHS.length - 1) {
      for (const [asked, text] of Object.entries(LEDGER_QUERIES)) {
        const values = {
          state: [1, ['r', 'a:author7', 'f:src/folder1', 'f:src/folder2']],
          key: [1, 'p'],
          paths: [1, paths, 'a:author7'],
          sizes: [1],
          usualChance: [1],
          pathRecords: [1, paths, 5],
        }[asked];
        const { rows } = await database.executeSql(
          `explain (analyze, costs off, timing off) ${text}`,
          values,
        );
        console.log(`    ${asked}`);
        for (const row of rows) console.log(`      ${row['QUERY PLAN']}`);
      }
    }
    await database.close();
    await engine.stop();
  }
}
