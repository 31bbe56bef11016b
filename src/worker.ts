// Reads large files of strangers away from the main thread: one job, one answer, then it ends.
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { CoverageJob, CoverageJobAnswer } from './coverage/job.js';
import { readCoverage } from './coverage/read-coverage.js';
import { code, say } from './domain/message.js';
import type { EvalsJob, EvalsJobAnswer } from './evals/job.js';
import { readEvals } from './evals/read-evals.js';
import type { NamedFile } from './formats/named-file.js';
import { Unreadable } from './formats/unreadable.js';
import { readZip } from './formats/zip.js';

/** Of all local files together. */
const MAX_LOCAL_BYTES = 500 * 1024 * 1024;
/** Of a packed one, which is held in memory. */
const MAX_ZIP_BYTES = 200 * 1024 * 1024;

parentPort!.postMessage(await answer(workerData as CoverageJob | EvalsJob));

async function answer(job: CoverageJob | EvalsJob): Promise<CoverageJobAnswer | EvalsJobAnswer> {
  const files = job.source.kind === 'zip' ? readZip(job.source.bytes) : readLocalFiles(job.source.paths);
  try {
    if ('task' in job) return { kind: 'reading', reading: await readEvals(files, job.question) };
    return { kind: 'reading', reading: await readCoverage(files, job.question) };
  } catch (error) {
    // The file system's errors have a code; anything else is a bug, and ends the worker.
    const { code: cause, message } = error as NodeJS.ErrnoException;
    if (cause === undefined) throw error;
    return { kind: 'failed', why: message };
  }
}

async function* readLocalFiles(paths: readonly string[]): AsyncGenerator<NamedFile> {
  const meter = { bytes: 0 };
  for (const path of paths) {
    const { size } = await stat(path);
    if (await isZip(path)) {
      if (size > MAX_ZIP_BYTES) throw tooLarge(path, MAX_ZIP_BYTES);
      yield* readZip(await readFile(path));
    } else {
      // A pipe has no size, and a file may grow: the bytes are counted as well.
      if (size > MAX_LOCAL_BYTES) throw tooLarge(path, MAX_LOCAL_BYTES);
      yield { name: path, chunks: readChunks(path, meter) };
    }
  }
}

async function* readChunks(path: string, meter: { bytes: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    meter.bytes += (chunk as Buffer).length;
    if (meter.bytes > MAX_LOCAL_BYTES) throw tooLarge(path, MAX_LOCAL_BYTES);
    yield chunk as Buffer;
  }
}

async function isZip(path: string): Promise<boolean> {
  // A pipe can be read only once, and so is not looked into.
  if (!(await stat(path)).isFile()) return false;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === 'PK\x03\x04';
  } finally {
    await file.close();
  }
}

function tooLarge(path: string, most: number): Unreadable {
  return new Unreadable(say`${code(basename(path))}: more than ${most / 1024 / 1024} MB`, 'too-large');
}
