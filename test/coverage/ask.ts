// Reads coverage as the application does, from texts by name.
import type { KnownPaths } from '../../src/coverage/map-paths.js';
import { readCoverage } from '../../src/coverage/read-coverage.js';
import type { CoverageReading, CoverageReport } from '../../src/coverage/report.js';
import { plain } from '../../src/domain/message.js';
import { inPieces } from '../formats/streams.js';

export const HEAD = 'a'.repeat(40);
const PATHS = [
  'README.md',
  'src/tax.ts',
  'src/pay.ts',
  'src/tax.go',
  'src/pay.go',
  'src/main/java/com/acme/shop/Tax.java',
  'src/main/java/com/acme/shop/Pay.java',
];

export interface Question {
  readonly paths?: readonly string[];
  readonly isComplete?: boolean;
  readonly measuredAt?: string | null;
  /** Size of the pieces the bytes come in. */
  readonly pieces?: number;
}

export function ask(
  files: Readonly<Record<string, string | Uint8Array>>,
  { paths = PATHS, isComplete = true, measuredAt = null, pieces = 4096 }: Question = {},
): Promise<CoverageReading> {
  const known: KnownPaths = { paths: new Set(paths), isComplete };
  const named = Object.entries(files).map(([name, content]) => ({
    name,
    chunks: inPieces(content, pieces),
  }));
  return readCoverage(named, { known, head: HEAD, measuredAt });
}

export async function reportOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  question: Question = {},
): Promise<CoverageReport> {
  const reading = await ask(files, question);
  if (reading.kind === 'read') return reading.report;
  throw new Error(`${reading.kind}: ${plain(reading.why)}`);
}

/** `path: covered | uncovered`, by path. */
export function linesOf(report: CoverageReport): Record<string, string> {
  return Object.fromEntries(
    [...report.files].map(([path, { covered, uncovered }]) => [path, `${covered} | ${uncovered}`]),
  );
}
