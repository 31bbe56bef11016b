// How long does a result of 100,000 cases take, and how much memory? Run: npx tsx test/bench/evals.bench.ts
// Each form in a process of its own, read and judged as the application does; the target is 3 s and 300 MB.
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EvalFormat } from '../../src/domain/eval-results.js';
import { judgeSuite } from '../../src/evals/judge.js';
import { readEvals } from '../../src/evals/read-evals.js';

const CASES = 100_000;
const FORMATS: readonly EvalFormat[] = ['junit', 'promptfoo', 'inspect', 'ctrf', 'json'];
async function measure(format: EvalFormat, file: string): Promise<void> {
  const { size } = await stat(file);
  const chunks = createReadStream(file, { highWaterMark: 256 * 1024 });
  const start = performance.now();
  const cpu = process.cpuUsage();
  const reading = await readEvals([{ name: format, chunks }], { format, head: null });
  const read = performance.now() - start;
  const { user } = process.cpuUsage(cpu);
  if (reading.kind !== 'read') throw new Error(JSON.stringify(reading));
  const { results } = reading;
  const judged = judgeSuite(
    { results: [results], baseline: [results] },
    { passRate: 95, zeroTolerance: ['category-4*'], requiredCategories: [], maxRegressions: 0, runs: 1 },
  );
  const all = performance.now() - start;
  if (judged.totals.cases !== CASES || judged.totals.failed !== CASES / 20) throw new Error('miscounted');
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${format}: ${(size / 1024 / 1024).toFixed(0)} MB read in ${read.toFixed(0)} ms (${(user / 1000).toFixed(0)} ms of processor), judged in ${(all - read).toFixed(0)} ms, at most ${peak.toFixed(0)} MB of memory`,
  );
}

/** A part of the file for a hundred cases at a time. */
function* make(format: EvalFormat): Generator<string> {
  const [before, row, after] = FORMS[format];
  yield before;
  for (let from = 0; from < CASES; from += 100) {
    const rows = Array.from({ length: 100 }, (_, index) => row(from + index, (from + index) % 20 !== 0));
    yield format === 'junit' ? rows.join('\n') : `${from === 0 ? '' : ','}${rows.join(',')}`;
  }
  yield after;
}

type Form = readonly [before: string, row: (n: number, passes: boolean) => string, after: string];

const TEXT = 'The answer names a share and gives no warning. '.repeat(10);
const category = (n: number) => `category-${n % 50}`;

const FORMS: Readonly<Record<EvalFormat, Form>> = {
  junit: [
    '<testsuites><testsuite name="big">',
    (n, passes) =>
      `<testcase classname="${category(n)}" name="case ${n}" time="0.012">${passes ? '' : `<failure message="no">${TEXT}</failure>`}</testcase>`,
    '</testsuite></testsuites>',
  ],
  promptfoo: [
    '{"evalId":"e","results":{"version":3,"results":[',
    (n, passes) =>
      JSON.stringify({
        success: passes,
        failureReason: passes ? 0 : 1,
        gradingResult: { pass: passes, reason: TEXT, componentResults: [{ pass: passes, reason: TEXT }] },
        response: { output: TEXT, tokenUsage: { total: 12 } },
        prompt: { raw: TEXT, label: 'p' },
        testCase: {
          description: `case ${n}`,
          vars: { question: `${n} ${TEXT}` },
          metadata: { category: category(n) },
        },
        vars: { question: `${n} ${TEXT}` },
      }),
    `],"stats":{"failures":${CASES / 20}}}}`,
  ],
  inspect: [
    '{"version":2,"status":"success","eval":{"task":"big"},"samples":[',
    (n, passes) =>
      JSON.stringify({
        id: n,
        epoch: 1,
        messages: [TEXT, TEXT, TEXT],
        scores: { match: { value: passes ? 'C' : 'I', explanation: TEXT } },
        metadata: { category: category(n) },
      }),
    ']}',
  ],
  ctrf: [
    '{"reportFormat":"CTRF","results":{"tool":{"name":"x"},"summary":{},"tests":[',
    (n, passes) =>
      JSON.stringify({
        name: `case ${n}`,
        status: passes ? 'passed' : 'failed',
        duration: 3,
        suite: [category(n)],
        trace: TEXT,
      }),
    ']}}',
  ],
  json: [
    '{"format":"agent-policy-evals","version":1,"cases":[',
    (n, passes) =>
      JSON.stringify({
        id: `case ${n}`,
        status: passes ? 'passed' : 'failed',
        category: category(n),
        message: TEXT,
      }),
    ']}',
  ],
};

const [, , asked, given] = process.argv;

if (asked !== undefined && given !== undefined) await measure(asked as EvalFormat, given);
else {
  const folder = mkdtempSync(join(tmpdir(), 'agent-policy-bench-'));
  for (const format of FORMATS) {
    const file = join(folder, format);
    for (const part of make(format)) writeFileSync(file, part, { flag: 'a' });
    const args = [...process.execArgv, fileURLToPath(import.meta.url), format, file];
    process.stdout.write(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  }
  rmSync(folder, { recursive: true });
}
