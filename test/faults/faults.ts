// npm run test:faults: how much is lost or judged wrong while everything breaks? `-- --long` for thousands of deliveries.
// `-- --seed 7` repeats a run. Ends with 1 if anything is.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../storage/postgres.js';
import { type FaultPlan, runFaults } from './run.js';

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    seed: { type: 'string' },
    deliveries: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const deliveries = Number(values.deliveries ?? (values.long ? 2_600 : 60));
const common = {
  seed,
  deliveries,
  companies: Math.max(3, Math.ceil(deliveries / 50)),
  kills: Math.max(2, Math.ceil(deliveries / 100)),
  faultShare: 0.1,
  silenceMs: values.long ? 30_000 : 500,
  settleMs: values.long ? 300_000 : 60_000,
};
const folder = await mkdtemp(join(tmpdir(), 'agent-policy-faults-'));
const server = await startPostgres();
try {
  await run('one process, PGlite', {
    ...common,
    instances: 1,
    databaseUrl: null,
    dataFolder: join(folder, 'one'),
    atHalf: null,
  });
  await run('three processes, PostgreSQL, restarted once', {
    ...common,
    instances: 3,
    databaseUrl: await server.createDatabase(),
    dataFolder: join(folder, 'three'),
    atHalf: server.restart,
  });
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function run(name: string, plan: FaultPlan): Promise<void> {
  console.log(`\n${name}: seed ${seed}`);
  const { wrong, twoLiveChecks, ...figures } = await runFaults(plan);
  for (const [figure, value] of Object.entries(figures)) console.log(`  ${figure.padEnd(16)} ${value}`);
  for (const line of [...wrong, ...twoLiveChecks.map((each) => `${each}: two live checks`)])
    console.log(`  ${line}`);
  const isWhole =
    figures.acknowledged === figures.deliveries && figures.lost === 0 && figures.deadLetters === 0;
  const isRight = wrong.length === 0 && twoLiveChecks.length === 0;
  console.log(isWhole && isRight ? '  nothing lost, every verdict as undisturbed' : '  FAILED');
  if (!isWhole || !isRight) process.exitCode = 1;
}
