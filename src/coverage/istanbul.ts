// What do Istanbul's JSON files say: coverage-final.json with its statements, coverage-summary.json with its totals?
// Jest, nyc, c8 and Vitest write both.
import { z } from 'zod';
import { code, say } from '../domain/message.js';
import { eachMember } from '../formats/json-members.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import { type Marks, markLine, marksOf } from './line-marks.js';
import type { LineTotals } from './report.js';

const statements = z.object({
  path: z.string().optional(),
  statementMap: z.record(z.string(), z.object({ start: z.object({ line: z.number() }) })),
  s: z.record(z.string(), z.number()),
});
/** Older versions of nyc wrap the entry. */
const wrapped = z.object({ data: statements }).transform(({ data }) => data);
const finalEntry = z.union([statements, wrapped]);

/**
 * A line is executable if a statement begins on it, and was run if one of those was: Istanbul's own rule.
 * https://github.com/istanbuljs/istanbuljs/blob/main/packages/istanbul-lib-coverage/lib/file-coverage.js
 */
export async function readIstanbulFinal(file: NamedFile, marks: Marks): Promise<void> {
  await eachMember(file.name, file.chunks, (path, value) => {
    const entry = parseEntry(file, path, finalEntry, value);
    const found = marksOf(marks, entry.path ?? path);
    for (const [id, { start }] of Object.entries(entry.statementMap)) {
      const count = Object.hasOwn(entry.s, id) ? entry.s[id]! : null;
      if (count === null) {
        throw new Unreadable(say`${code(file.name)}: a statement of ${code(path)} without a count`);
      }
      markLine(marks, found, start.line, count);
    }
  });
}

const summaryEntry = z.object({ lines: z.object({ total: z.number(), covered: z.number() }) });

/** Totals of the whole project; the file says nothing about single lines. */
export async function readIstanbulSummary(file: NamedFile): Promise<LineTotals> {
  let total: LineTotals | null = null;
  await eachMember(file.name, file.chunks, (path, value) => {
    if (path !== 'total') return;
    const { lines } = parseEntry(file, path, summaryEntry, value);
    if (!(lines.covered >= 0 && lines.covered <= lines.total && Number.isSafeInteger(lines.total))) {
      throw new Unreadable(say`${code(file.name)}: ${lines.covered} of ${lines.total} lines cannot be`);
    }
    total = { covered: lines.covered, executable: lines.total };
  });
  if (total !== null) return total;
  throw new Unreadable(say`${code(file.name)}: the summary has no total`);
}

function parseEntry<T>(file: NamedFile, path: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Unreadable(
    say`${code(file.name)}: the entry of ${code(path)} has not Istanbul’s form at ${code(where || 'its top')}`,
  );
}
