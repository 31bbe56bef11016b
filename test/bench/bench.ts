// npm run bench: every figure that is promised, one after the other.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCHES = ['requests', 'ack', 'evaluate', 'resolve', 'ledger', 'evals'];

for (const name of BENCHES) {
  console.log(`\n${name}`);
  const file = fileURLToPath(new URL(`./${name}.bench.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', file], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
