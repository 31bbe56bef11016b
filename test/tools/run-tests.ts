// Does everything hold? Lint, types, unused code, generated files and every test, with one closing line.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from './generate.js';

interface Tally {
  passed: number;
  failed: number;
}

const ROOT = new URL('../..', import.meta.url).pathname;
const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);

const tally: Tally = { passed: 0, failed: 0 };
const scratch = await mkdtemp(join(tmpdir(), 'agent-policy-test-'));
try {
  await step('build', () => succeeds(bin('tsc'), ['-p', 'tsconfig.json']));
  await step('lint', () => succeeds(bin('biome'), ['check', '--error-on-warnings', '.']));
  await step('types', () => succeeds(bin('tsc'), ['-p', 'tsconfig.test.json']));
  await step('unused code', () => succeeds(bin('knip'), []));
  await compareGenerated();
  await runJest();
} finally {
  await rm(scratch, { recursive: true, force: true });
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;

async function step(name: string, check: () => Promise<boolean>): Promise<void> {
  const started = Date.now();
  const ok = await check();
  if (ok) tally.passed += 1;
  else tally.failed += 1;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** Every generated file is made again in a temporary folder and compared with the committed one. */
async function compareGenerated(): Promise<void> {
  const files = await generate(scratch);
  for (const file of files) {
    await step(`generated ${file}`, async () => {
      const [fresh, committed] = await Promise.all([
        readFile(join(scratch, file), 'utf8'),
        readFile(join(ROOT, file), 'utf8').catch(() => null),
      ]);
      if (fresh === committed) return true;
      console.log(
        `${file} is ${committed === null ? 'missing' : 'stale'}: run \`npm run generate\` and commit it.`,
      );
      return false;
    });
  }
}

async function runJest(): Promise<void> {
  const report = join(scratch, 'jest.json');
  const ok = await succeeds(bin('jest'), ['--json', `--outputFile=${report}`, ...process.argv.slice(2)], {
    NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
  });
  const result = await readFile(report, 'utf8').then(
    (text) => JSON.parse(text) as JestReport,
    () => null,
  );
  if (result === null) {
    console.log('FAIL jest wrote no report');
    tally.failed += 1;
    return;
  }
  tally.passed += result.numPassedTests;
  tally.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  const clean = result.numFailedTests + result.numRuntimeErrorTestSuites === 0;
  if (result.numPassedTests === 0 || (!ok && clean)) tally.failed += 1;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

function succeeds(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', (error) => {
      console.log(`${command}: ${error.message}`);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}
