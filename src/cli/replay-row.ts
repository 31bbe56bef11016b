// What does one line of a history file say? Format: docs/quality.md, "Replaying a history".
import type { HistoryCommit } from '../quality/replay.js';

export type ParsedRow =
  | { readonly ok: true; readonly commit: HistoryCommit }
  | { readonly ok: false; readonly problem: string };

export function parseHistoryRow(line: string): ParsedRow {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (error) {
    return problem(`the line is not JSON (${(error as Error).message})`);
  }
  if (!isObject(row)) return problem('the line is not an object');
  const { i, ct, author, bot, subject, body, files, truth_reverts: reverts } = row;
  if (!Number.isSafeInteger(i)) return problem('"i" is not a whole number');
  if (typeof ct !== 'number' || !Number.isFinite(ct))
    return problem('"ct" is not a time in seconds since 1970');
  if (typeof author !== 'string') return problem('"author" is not text');
  if (typeof subject !== 'string') return problem('"subject" is not text');
  if (body !== undefined && body !== null && typeof body !== 'string') return problem('"body" is not text');
  if (!Array.isArray(files)) return problem('"files" is not a list');
  if (reverts !== undefined && !isNumbers(reverts))
    return problem('"truth_reverts" is not a list of whole numbers');
  const parsed: HistoryCommit['files'][number][] = [];
  for (const [index, file] of files.entries()) {
    if (!isFile(file))
      return problem(`"files"[${index}] is not [path, added, deleted, former path if renamed]`);
    const [path, added, deleted, previous] = file;
    parsed.push({
      path,
      // −1 stands for a binary file, which has no lines.
      additions: Math.max(0, added),
      deletions: Math.max(0, deleted),
      previousPath: previous ?? null,
    });
  }
  return {
    ok: true,
    commit: {
      id: i as number,
      at: ct,
      author,
      isAutomation: bot === 1 || bot === true,
      title: titleOf(subject, body ?? ''),
      files: parsed,
      reverts: reverts ?? [],
    },
  };
}

/** A merge commit carries the pull request's title in its body. */
function titleOf(subject: string, body: string): string {
  if (!/^Merge pull request #\d+ from \S/.test(subject)) return subject;
  return /^.*\S.*$/m.exec(body)?.[0].trim() ?? subject;
}

function isFile(file: unknown): file is [string, number, number, (string | null)?] {
  return (
    Array.isArray(file) &&
    typeof file[0] === 'string' &&
    Number.isFinite(file[1]) &&
    Number.isFinite(file[2]) &&
    (file[3] === undefined || file[3] === null || typeof file[3] === 'string')
  );
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isSafeInteger);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problem(text: string): ParsedRow {
  return { ok: false, problem: text };
}
