// What may be written of a change that was read from a foreign history?
// Commits name any time, counts and texts; a column must take them, and one wrong clock must not weigh the rest away.
import { createHash } from 'node:crypto';
import { FAILURES } from '../domain/outcome.js';
import { storableText } from './storable.js';

/** Follows the name of the column `outcome`: what the counters take for a failure. */
export const IS_FAILURE = `in (${FAILURES.map((outcome) => `'${outcome}'`).join(', ')})`;

/** PostgreSQL indexes at most about 2,700 bytes; longer paths are known by their beginning and digest. */
const MAX_KEY_BYTES = 1_000;
const MAX_COUNT = 1_000_000_000;

/** The text as a key: equal for equal texts, different for different ones, short enough for an index. */
export function keyText(text: string): string {
  const storable = storableText(text);
  if (Buffer.byteLength(storable) <= MAX_KEY_BYTES) return storable;
  const digest = createHash('sha256').update(storable).digest('hex');
  return `${storableText(storable.slice(0, 100))}\u2026${digest}`;
}

export function cutText(text: string, characters: number): string {
  return storableText(text.slice(0, characters));
}

/** A count of lines or changes: whole, not negative, at most 10^9; what is no number is 0. */
export function countOf(value: number): number {
  return Number.isFinite(value)
    ? Math.min(MAX_COUNT, Math.max(0, Math.trunc(value)))
    : value > 0
      ? MAX_COUNT
      : 0;
}

/** Seconds since 1970, not before and not after `latest`. */
export function timeOf(value: number, latest: number): number {
  return Number.isFinite(value) ? Math.min(latest, Math.max(0, Math.trunc(value))) : 0;
}

/** From 0 to 1; `null` for what is no number. */
export function shareOf(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.min(1, Math.max(0, value));
}

/** A positive whole number, or none. */
export function numberOf(value: number | null): number | null {
  return value !== null && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** Exact up to 20 lines, then each step about 5 % wide, so that all of them are a few hundred. */
const SIZE_STEPS = openSteps(20, 1.05);

/** Lines at which the step begins that this many lines fall in. */
export function sizeStep(lines: number): number {
  let low = 0;
  let high = SIZE_STEPS.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (SIZE_STEPS[middle]! <= lines) low = middle;
    else high = middle - 1;
  }
  return SIZE_STEPS[low]!;
}

function openSteps(exact: number, factor: number): readonly number[] {
  const steps = Array.from({ length: exact + 1 }, (_, lines) => lines);
  for (let next = exact + 1; next < MAX_COUNT; next = Math.max(next + 1, Math.ceil(next * factor))) {
    steps.push(next);
  }
  return steps;
}
