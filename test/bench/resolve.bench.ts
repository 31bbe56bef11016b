// How long does it take to resolve 3,000 files against 300 zones of one glob each? Run with `npx tsx`.
import { parsePolicy } from '../../src/policy/parse.js';
import { resolveFile } from '../../src/policy/resolve.js';

const FILES = 3000;
const ZONES = 300;
const ROUNDS = 9;

const globs = (index: number): string =>
  [
    `services/s${index}/**`,
    `**/*.x${index}`,
    `packages/p${index}/{src,lib}/**`,
    `apps/a${index}/*.ts`,
    `**/module${index}/**/*.sql`,
  ][index % 5]!;
const text = [
  'version: 1',
  'owner: "@acme/platform"',
  'zones:',
  ...Array.from({ length: ZONES }, (_, i) => `  z${i}: { paths: ["${globs(i)}"], approvals: { count: 2 } }`),
].join('\n');
/** Other paths in every round: what was resolved before is remembered. */
const pathsOf = (round: number) =>
  Array.from({ length: FILES }, (_, i) =>
    i % 2 === 0
      ? `services/s${i % ZONES}/src/deep/folder/r${round}/file${i}.ts`
      : `packages/p${i % ZONES}/src/some/module${i % ZONES}/r${round}/file${i}.x${i % ZONES}`,
  );

const parsed = measure(() => parsePolicy(text, { knownAgents: [] }));
if (!parsed.result.ok) throw new Error(JSON.stringify(parsed.result.problems));
const { policy } = parsed.result;
console.log(`parse ${ZONES} zones (${(text.length / 1024).toFixed(0)} KB): ${parsed.ms.toFixed(1)} ms`);

const options = { baseRef: 'main', audience: 'agent', layer: 'repository', modes: 'enforce' } as const;
const rounds = Array.from({ length: ROUNDS }, (_, round) => {
  const paths = pathsOf(round);
  return measure(() => paths.filter((path) => resolveFile(policy, path, options).zones.length > 0).length);
});
const warm = rounds
  .slice(1)
  .map((round) => round.ms)
  .toSorted((a, b) => a - b);
console.log(
  `resolve ${FILES} files, ${rounds[0]!.result} in a zone: cold ${rounds[0]!.ms.toFixed(1)} ms, ` +
    `warm ${warm[Math.floor(warm.length / 2)]!.toFixed(1)} ms of CPU (median of ${warm.length}; target below 100)`,
);

function measure<T>(run: () => T): { readonly result: T; readonly ms: number } {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}
