// What is the chance of failure worth on replayed histories? Run with `npx tsx test/bench/risk.bench.ts FILES…`.
// Per history the first 20 % of the commits are only learned from, and the last 14 days left out: their reverts may
// still come. Ordinary changes only: no reverts, no automation, no commits without files.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseHistoryRow } from '../../src/cli/replay-row.js';
import { createReplay, type HistoryCommit } from '../../src/quality/replay.js';
import { settleTimes } from '../../src/quality/settle-times.js';

const BURN_IN = 0.2;
const LEFT_OUT_SECONDS = 14 * 86_400;

interface Scored {
  readonly chance: number;
  readonly failed: boolean;
}

const histories = process.argv.slice(2);
if (histories.length === 0) {
  console.error('Give one or more histories: npx tsx test/bench/risk.bench.ts history.jsonl.gz');
  process.exit(2);
}

const all: Scored[] = [];
const perHistory: { auc: number; precision: number; top10: number; top20: number }[] = [];
let changes = 0;
let cpuMs = 0;
for (const file of histories) {
  const scored = score(readHistory(file));
  all.push(...scored);
  const failures = scored.filter((one) => one.failed).length;
  if (failures === 0 || failures === scored.length) {
    console.log(`${basename(file)}: ${failures} failures of ${scored.length}: nothing to rank`);
    continue;
  }
  const row = {
    auc: areaUnderCurve(scored),
    precision: averagePrecision(scored),
    top10: recallInTop(scored, 0.1),
    top20: recallInTop(scored, 0.2),
  };
  perHistory.push(row);
  console.log(
    `${basename(file)}: AUC ${row.auc.toFixed(3)}, average precision ${row.precision.toFixed(3)}, recall in the ` +
      `riskiest 10 % ${row.top10.toFixed(2)}, 20 % ${row.top20.toFixed(2)}, failures ${failures} of ${scored.length}`,
  );
}
const mean = (pick: (row: (typeof perHistory)[number]) => number) =>
  perHistory.reduce((sum, row) => sum + pick(row), 0) / perHistory.length;
console.log(
  `mean: AUC ${mean((r) => r.auc).toFixed(3)}, average precision ${mean((r) => r.precision).toFixed(3)}, recall ` +
    `${mean((r) => r.top10).toFixed(2)} and ${mean((r) => r.top20).toFixed(2)}`,
);
printCalibration(all);
console.log(
  `${changes} changes scored and counted in ${(cpuMs / 1000).toFixed(1)} s of CPU: ` +
    `${Math.round(changes / (cpuMs / 1000))} a second, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB at the end`,
);

function readHistory(file: string): readonly HistoryCommit[] {
  const bytes = readFileSync(file);
  const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
  const settle = settleTimes<HistoryCommit>();
  const commits = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = parseHistoryRow(line);
    if (!row.ok) throw new Error(`${file}:${index + 1}: ${row.problem}`);
    return settle.next(row.commit);
  });
  return [...commits, ...settle.rest()];
}

function score(commits: readonly HistoryCommit[]): readonly Scored[] {
  const before = process.cpuUsage();
  const replay = createReplay();
  const chances = commits.map((commit) => replay.next(commit).probability);
  const { user, system } = process.cpuUsage(before);
  cpuMs += (user + system) / 1000;
  changes += commits.length;
  const failed = new Set(commits.flatMap((commit) => commit.reverts));
  const end = commits.reduce((latest, commit) => Math.max(latest, commit.at), 0) - LEFT_OUT_SECONDS;
  const start = Math.floor(commits.length * BURN_IN);
  return commits.flatMap((commit, index) =>
    index < start ||
    commit.at >= end ||
    commit.isAutomation ||
    commit.reverts.length > 0 ||
    commit.files.length === 0
      ? []
      : [{ chance: chances[index]!, failed: failed.has(commit.id) }],
  );
}

/** Mann-Whitney: how often a failed change got the higher chance of two; ties count half. */
function areaUnderCurve(scored: readonly Scored[]): number {
  const sorted = scored.toSorted((a, b) => a.chance - b.chance);
  let ranks = 0;
  let failures = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]!.chance === sorted[from]!.chance) to += 1;
    for (let index = from; index < to; index++) {
      if (!sorted[index]!.failed) continue;
      ranks += (from + 1 + to) / 2;
      failures += 1;
    }
    from = to;
  }
  return (ranks - (failures * (failures + 1)) / 2) / (failures * (sorted.length - failures));
}

function averagePrecision(scored: readonly Scored[]): number {
  let found = 0;
  let sum = 0;
  scored
    .toSorted((a, b) => b.chance - a.chance)
    .forEach((one, index) => {
      if (!one.failed) return;
      found += 1;
      sum += found / (index + 1);
    });
  return sum / found;
}

function recallInTop(scored: readonly Scored[], share: number): number {
  const top = scored.toSorted((a, b) => b.chance - a.chance).slice(0, Math.ceil(scored.length * share));
  return top.filter((one) => one.failed).length / scored.filter((one) => one.failed).length;
}

function printCalibration(scored: readonly Scored[]): void {
  const sorted = scored.toSorted((a, b) => a.chance - b.chance);
  const size = Math.floor(sorted.length / 10);
  let inside = 0;
  console.log('calibration, all histories pooled (decile: predicted, observed with 95 % Wilson interval)');
  for (let decile = 0; decile < 10; decile++) {
    const rows = sorted.slice(decile * size, decile === 9 ? undefined : (decile + 1) * size);
    const predicted = rows.reduce((sum, row) => sum + row.chance, 0) / rows.length;
    const failures = rows.filter((row) => row.failed).length;
    const [low, high] = wilson(failures, rows.length);
    const holds = predicted >= low && predicted <= high;
    if (holds) inside += 1;
    const percent = (value: number) => (100 * value).toFixed(2).padStart(5);
    console.log(
      `  ${decile + 1}: ${percent(predicted)} %, ${percent(failures / rows.length)} % (${percent(low)}–${percent(high)})${holds ? '' : ' outside'}`,
    );
  }
  console.log(`predictions inside the interval: ${inside} of 10 deciles`);
}

function wilson(hits: number, total: number): readonly [number, number] {
  const z = 1.96;
  const share = hits / total;
  const middle = (share + z ** 2 / (2 * total)) / (1 + z ** 2 / total);
  const half =
    (z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2))) / (1 + z ** 2 / total);
  return [middle - half, middle + half];
}
