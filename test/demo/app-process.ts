// How is the real server started beside a simulated GitHub, and when has it nothing left to do?
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface AppProcess {
  readonly url: string;
  /** Resolves when no job waits or runs. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface AppSettings {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly githubUrl: string;
  readonly dataFolder: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_DEADLINE_MS = 60_000;
const IDLE_DEADLINE_MS = 30_000;
const POLL_MS = 20;

/** Runs `dist/index.js` exactly as `npm start` does; nothing but its environment knows of the simulator. */
export async function startAppProcess(settings: AppSettings): Promise<AppProcess> {
  const child = spawn(process.execPath, ['dist/index.js'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      APP_ID: String(settings.appId),
      PRIVATE_KEY: settings.privateKey,
      WEBHOOK_SECRET: settings.webhookSecret,
      GITHUB_API_URL: settings.githubUrl,
      GITHUB_GRAPHQL_URL: `${settings.githubUrl}/graphql`,
      DATA_FOLDER: settings.dataFolder,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'info',
    },
  });
  const url = await listening(child);
  return { url, idle: () => waitUntilIdle(url), stop: () => stop(child) };
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let errors = '';
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not listen within ${START_DEADLINE_MS / 1000} s.\n${errors}`));
    }, START_DEADLINE_MS);
    child.stderr!.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the server ended with code ${code}.\n${errors}`));
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const entry = parseLine(line);
      if (entry?.msg === 'listening' && typeof entry.url === 'string') {
        clearTimeout(late);
        resolve(entry.url);
      } else if (typeof entry?.level === 'number' && entry.level >= 40)
        process.stderr.write(`app: ${line}\n`);
    });
  });
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

async function waitUntilIdle(url: string): Promise<void> {
  const deadline = Date.now() + IDLE_DEADLINE_MS;
  for (;;) {
    const answer = await fetch(`${url}/readyz`);
    const { queue } = (await answer.json()) as { queue: { waiting: number; active: number } };
    if (queue.waiting === 0 && queue.active === 0) return;
    if (Date.now() > deadline) throw new Error(`the queue did not empty: ${JSON.stringify(queue)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
