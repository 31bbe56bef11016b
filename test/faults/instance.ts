// How is one instance of the real server started, to be killed at any moment?
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Instance {
  readonly url: string;
  readonly pid: number;
  /** `kill -9`, and gone when it resolves. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it has drained. */
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_MS = 60_000;

/** `dist/index.js` as `npm start` runs it. */
export async function startInstance(env: Readonly<Record<string, string>>): Promise<Instance> {
  const child = spawn(process.execPath, ['dist/index.js'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'info',
      ...env,
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  const url = await readUrl(child);
  return { url, pid: child.pid!, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let errors = '';
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`start the server: it did not listen within ${START_MS / 1_000} s. ${errors}`));
    }, START_MS);
    child.stderr!.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`start the server: it ended with code ${code}. Is dist built? ${errors}`));
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = /"url":"(http[^"]+)".*"msg":"listening"/.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(late);
      resolve(url);
    });
  });
}
