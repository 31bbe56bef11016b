// Reads eval results as the application does, from texts by name, and makes them for the judgement.
import { readFileSync } from 'node:fs';
import type { CaseStatus, EvalCase, EvalResults } from '../../src/domain/eval-results.js';
import { plain } from '../../src/domain/message.js';
import { type EvalsQuestion, readEvals } from '../../src/evals/read-evals.js';
import { countStatuses, type EvalReading } from '../../src/evals/results.js';
import { inPieces } from '../formats/streams.js';

export function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
}

export function ask(
  files: Readonly<Record<string, string | Uint8Array>>,
  question: Partial<EvalsQuestion> = {},
  pieces = 4096,
): Promise<EvalReading> {
  const named = Object.entries(files).map(([name, content]) => ({ name, chunks: inPieces(content, pieces) }));
  return readEvals(named, { format: null, head: null, ...question });
}

export async function resultsOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  question: Partial<EvalsQuestion> = {},
  pieces?: number,
): Promise<EvalResults> {
  const reading = await ask(files, question, pieces);
  if (reading.kind !== 'read') throw new Error(`${reading.kind}: ${plain(reading.why)}`);
  return reading.results;
}

/** `malformed: The results cannot be read: …`. */
export async function whyNot(
  files: Readonly<Record<string, string | Uint8Array>>,
  question: Partial<EvalsQuestion> = {},
): Promise<string> {
  const reading = await ask(files, question);
  return reading.kind === 'read' ? 'read' : `${reading.kind}: ${plain(reading.why)}`;
}

/** `id category[tags] status` a line. */
export function table({ runs }: EvalResults, run = 0): string[] {
  return runs[run]!.cases.map(
    ({ id, category, tags, status }) =>
      `${id} | ${category ?? '-'}${tags.length === 0 ? '' : ` [${tags.join(' ')}]`} | ${status}`,
  );
}

export function makeCase(id: string, status: CaseStatus = 'passed', more: Partial<EvalCase> = {}): EvalCase {
  return { id, category: null, tags: [], status, message: null, seconds: null, failedBefore: false, ...more };
}

/** Results of one file with one run. */
export function makeResults(...cases: readonly EvalCase[]): EvalResults {
  return {
    format: 'json',
    tool: null,
    suite: null,
    head: null,
    runs: cases.length === 0 ? [] : [{ cases, totals: countStatuses(cases) }],
    cost: null,
    tokens: null,
    notes: [],
  };
}

/** The suite of 240 cases: 229 pass, 11 fail in four categories. */
export function supportRegression(): EvalCase[] {
  const failing = [
    ['unsafe_financial_advice', 4],
    ['incorrect_refund_policy', 3],
    ['tool_call_schema_error', 2],
    ['prompt_injection', 2],
  ] as const;
  const failed = failing.flatMap(([category, count]) =>
    Array.from({ length: count }, (_, index) => makeCase(`${category}/${index + 1}`, 'failed', { category })),
  );
  const passed = Array.from({ length: 229 }, (_, index) =>
    makeCase(`case/${index + 1}`, 'passed', { category: failing[index % 4]![0] }),
  );
  return [...failed, ...passed];
}
