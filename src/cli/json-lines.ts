// How is a file of JSON read, one object a line, without holding it in memory?
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { CommandFailure } from './exit-codes.js';

/** A path, or `-` for standard input. */
export async function* readLines(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CommandFailure(`Cannot read ${file}: there is no such file.`);
    if (code === 'EISDIR')
      throw new CommandFailure(`Cannot read ${file}: it is a folder. Name a file in it.`);
    throw new CommandFailure(`Cannot read ${file}: ${message}`);
  }
}

/** How the lines before a broken one fared, and what a good one is. */
export interface RowWords {
  /** `classified`: what was done with the lines before. */
  readonly done: string;
  /** `a pull request`. */
  readonly kind: string;
  /** What a line needs; empty: the problems say enough. */
  readonly hint: string;
}

/** One row per line that is not blank. Throws at the first that is none, naming its line. */
export async function* parseRows<T>(
  lines: AsyncIterable<string>,
  file: string,
  schema: z.ZodType<T>,
  { done, kind, hint }: RowWords,
): AsyncGenerator<T> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const where = `${file === '-' ? 'standard input' : file}:${number}`;
    const result = schema.safeParse(parseJson(line, where, done));
    if (!result.success) {
      const problems = result.error.issues
        .map((issue) => `${issue.path.join('.') || 'the line'}: ${issue.message}`)
        .join('; ');
      throw new CommandFailure(`${where}: not ${kind}: ${problems}.${hint} The lines before it are ${done}.`);
    }
    yield result.data;
  }
}

function parseJson(line: string, where: string, done: string): unknown {
  try {
    return JSON.parse(line.startsWith('\uFEFF') ? line.slice(1) : line);
  } catch (error) {
    throw new CommandFailure(
      `${where}: the line is not JSON (${(error as Error).message}). Write one object a line; the lines before it are ${done}.`,
    );
  }
}
