// How does a test run the app as a process of its own, as an operator does?
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface AppProcess {
  readonly url: string;
  /** What it has logged so far, a line each. */
  logged(message: string): number;
  signal(signal: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

const ENTRY = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
const TSX = createRequire(import.meta.url).resolve('tsx');

export function startAppProcess(env: Readonly<Record<string, string>>): Promise<AppProcess> {
  const child: ChildProcess = spawn(process.execPath, ['--import', TSX, ENTRY], {
    // Somewhere without an .env file.
    cwd: mkdtempSync(join(tmpdir(), 'agent-policy-app-')),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: '0', ...env },
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  );
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /"url":"(http:[^"]+)"[^\n]*"msg":"listening"/.exec(output)?.[1];
      if (url !== undefined) resolve({ url, logged, signal: (signal) => void child.kill(signal), ended });
    };
    const logged = (message: string) => output.split(`"msg":"${message}`).length - 1;
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`the app ended early: ${output}`)));
  });
}

/** Resolves when it is so; the world of another process has no event to wait for. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  ms = 30_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`still not after ${ms / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
