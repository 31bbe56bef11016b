// Which Probot receives the webhooks and signs in to GitHub?
import { pino } from 'pino';
import { Probot } from 'probot';
import { probotOptions } from '../github/connect.js';
import type { Config } from './config.js';

/** Silent: Probot logs a failed delivery with its whole payload. What matters is logged by those who know. */
export function createProbot(config: Config): Probot {
  return new Probot({
    ...probotOptions(config.endpoints),
    appId: config.appId,
    privateKey: config.privateKey,
    secret: config.webhookSecret,
    log: pino({ level: 'silent' }),
  });
}
