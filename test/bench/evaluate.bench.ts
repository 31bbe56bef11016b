// How much CPU does the whole evaluation of 3,000 files against 300 zones of one glob each take? Run with `npx tsx`.
import { readFile } from 'node:fs/promises';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { NOTHING_REMEMBERED, type Snapshot } from '../../src/domain/snapshot.js';
import { evaluate, gateOf } from '../../src/policy/evaluate.js';
import { aFile, aSnapshot } from '../builders/snapshot.js';

const FILES = 3000;
const ZONES = 300;
const ROUNDS = 9;

const catalogue = parseCatalogue(await readFile(new URL('../../config/agents.yml', import.meta.url), 'utf8'));
const globs = (i: number) =>
  [
    `services/s${i}/**`,
    `**/*.x${i}`,
    `packages/p${i}/{src,lib}/**`,
    `apps/a${i}/*.ts`,
    `**/module${i}/**/*.sql`,
  ][i % 5]!;
const text = [
  'version: 1',
  'owner: "@acme/platform"',
  'zones:',
  ...Array.from(
    { length: ZONES },
    (_, i) => `  z${i}: { paths: ["${globs(i)}"], approvals: { count: 2, from: ["@acme/sre"] } }`,
  ),
].join('\n');
const found = { kind: 'found', text, bytes: text.length, sha: 'f'.repeat(40) } as const;

/** Other paths in every round: what was resolved before is remembered. */
function change(round: number): Snapshot {
  const base = aSnapshot();
  const files = Array.from({ length: FILES }, (_, i) =>
    aFile(`services/s${i % ZONES}/src/r${round}/file${i}.ts`),
  );
  return { ...base, files, pullRequest: { ...base.pullRequest, changedFiles: FILES } };
}

const rounds = Array.from({ length: ROUNDS }, (_, round) => {
  const snapshot = change(round);
  const begun = process.cpuUsage();
  const { decision } = evaluate({
    snapshot,
    memory: NOTHING_REMEMBERED,
    now: new Date(0),
    policies: { repository: found, organization: { kind: 'absent' } },
    catalogue,
  });
  const { user, system } = process.cpuUsage(begun);
  return { ms: (user + system) / 1000, gate: gateOf(decision), verdicts: decision.verdicts.length };
});
const warm = rounds
  .slice(1)
  .map(({ ms }) => ms)
  .toSorted((a, b) => a - b);
const median = warm[Math.floor(warm.length / 2)]!;
console.log(
  `evaluate ${FILES} files × ${ZONES} zones (${rounds[0]!.verdicts} verdicts, ${rounds[0]!.gate}): ` +
    `cold ${rounds[0]!.ms.toFixed(0)} ms, warm ${median.toFixed(0)} ms of CPU (median of ${warm.length}; target below 100)`,
);
