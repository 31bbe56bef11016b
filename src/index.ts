#!/usr/bin/env node
// The server: wires configuration, data files and signals to the app.
import { existsSync } from 'node:fs';
import { parseCatalogue } from './agents/catalogue.js';
import { readConfig } from './app/config.js';
import { openLog } from './app/open-log.js';
import { startApp } from './app/start.js';
import { readCatalogueText } from './shipped-files.js';

if (existsSync('.env')) process.loadEnvFile('.env');

const config = readConfig(process.env);
if ('problems' in config) {
  for (const problem of config.problems) console.error(`agent-policy: ${problem}`);
  process.exit(2);
}
const log = openLog(config);
try {
  const app = await startApp(config, parseCatalogue(await readCatalogueText()), log, {
    processMetrics: true,
  });
  log.info({ url: app.url, engine: app.engine }, 'listening');
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) {
        log.warn({ signal }, 'stopped at once; what was at work is done by the next process');
        process.exit(1);
      }
      stopping = true;
      log.info({ signal }, 'stopping: running jobs end first, a second signal ends at once');
      app.stop().then(
        () => {
          log.info('stopped');
          process.exit(0);
        },
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
