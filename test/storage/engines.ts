// Which engines does the one storage suite run on?
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { QueueSettings } from '../../src/storage/job.js';
import { openStorage, type Storage } from '../../src/storage/storage.js';
import { startPostgres } from './postgres.js';

/** One database that outlives the storages opened on it. */
export interface Engine {
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
  open(queue?: Partial<QueueSettings>): Promise<Storage>;
  stop(): Promise<void>;
}

export interface EngineUnderTest {
  readonly name: 'PGlite in a folder' | 'PostgreSQL';
  start(): Promise<Engine>;
}

export const ENGINES: readonly EngineUnderTest[] = [
  {
    name: 'PGlite in a folder',
    async start() {
      const folder = await mkdtemp(join(tmpdir(), 'agent-policy-'));
      return engineOn(null, join(folder, 'data'), () => rm(folder, { recursive: true, force: true }));
    },
  },
  {
    name: 'PostgreSQL',
    async start() {
      const server = await startPostgres();
      return engineOn(await server.createDatabase(), 'unused', () => server.stop());
    },
  },
];

export const SILENT = pino({ level: 'silent' });

function engineOn(databaseUrl: string | null, dataFolder: string, stop: () => Promise<void>): Engine {
  return {
    databaseUrl,
    dataFolder,
    open: (queue = {}) => openStorage({ databaseUrl, dataFolder, log: SILENT, queue }),
    stop,
  };
}
