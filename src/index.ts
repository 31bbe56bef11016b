#!/usr/bin/env node
// The server: wires configuration, data files and signals to the app.
import { existsSync } from 'node:fs';
import { pino } from 'pino';
import { parseCatalogue } from './agents/catalogue.js';
import { readConfig } from './app/config.js';
import { startApp } from './app/start.js';
import { readCatalogueText } from './shipped-files.js';

if (existsSync('.env')) process.loadEnvFile('.env');

const config = readConfig(process.env);
if ('problems' in config) {
  for (const problem of config.problems) console.error(`agent-policy: ${problem}`);
  process.exit(2);
}
const log = pino({ level: config.logLevel });
try {
  const app = await startApp(config, parseCatalogue(await readCatalogueText()), log);
  log.info({ url: app.url, engine: app.engine }, 'listening');
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping');
      app.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
} catch (error) {
  console.error(`agent-policy: ${(error as Error).message}`);
  process.exit(2);
}
