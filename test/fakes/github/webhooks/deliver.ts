// Which app hears of an event, and what came of each delivery?
import { createHmac, randomUUID } from 'node:crypto';
import { findInstallation } from '../model/apps.js';
import type { App, Installation, World, WorldEvent } from '../model/world.js';
import { shapeInstallationRef, shapePayload } from './payloads.js';

/** One attempt. A redelivery is an attempt of its own with the same `guid`. */
export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly app: App;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly payload: unknown;
  /** What was sent, byte for byte. */
  readonly body: string | Buffer;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly redelivered: boolean;
  readonly deliveredAt: Date;
  /** HTTP status of the app's answer; 502 or 504 if none came. `null` while it is under way. */
  status: number | null;
  /** `OK`, or why not, in GitHub's words. */
  reason: string;
  response: string | null;
  responseHeaders: Readonly<Record<string, string>>;
  durationMs: number;
}

export interface RawDelivery {
  readonly app?: App;
  readonly event: string;
  readonly payload: unknown;
  readonly guid?: string;
  readonly badSignature?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of the JSON of `payload`, and signed as it is. */
  readonly rawBody?: string | Buffer;
}

export interface Deliverer {
  /** All attempts since the start, oldest first. */
  readonly log: readonly Delivery[];
  /** What GitHub still shows and sends again: three days. */
  recent(): readonly Delivery[];
  send(event: WorldEvent): void;
  sendRaw(delivery: RawDelivery): Promise<Delivery>;
  redeliver(delivery: Delivery): Promise<Delivery>;
  idle(): Promise<void>;
  /** Holds back what happens from now on; `resume` sends it, as after an outage of GitHub's own queue. */
  pause(): void;
  resume(): void;
}

const KEPT_MS = 3 * 86_400_000;
/** GitHub waits this long for an answer: https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks */
const PATIENCE_MS = 10_000;

/** One app's deliveries go out in order, up to `parallel` at a time. */
export function createDeliverer(world: World, parallel: number): Deliverer {
  const log: Delivery[] = [];
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  let paused = false;
  let settled: (() => void)[] = [];

  const pump = () => {
    while (!paused && running < parallel && waiting.length > 0) {
      running += 1;
      void waiting.shift()!().finally(() => {
        running -= 1;
        pump();
      });
    }
    if (running === 0 && waiting.length === 0) {
      for (const resolve of settled) resolve();
      settled = [];
    }
  };
  const enqueue = (delivery: Delivery): Promise<Delivery> =>
    new Promise((resolve) => {
      waiting.push(async () => {
        await post(delivery);
        resolve(delivery);
      });
      pump();
    });
  const record = (
    fields: Pick<Delivery, 'guid' | 'event' | 'app' | 'payload' | 'body'> & Partial<Delivery>,
  ): Delivery => {
    const delivery: Delivery = {
      id: world.nextId(),
      action: readAction(fields.payload),
      installationId: null,
      repositoryId: null,
      requestHeaders: {},
      redelivered: false,
      deliveredAt: world.now(),
      status: null,
      reason: 'pending',
      response: null,
      responseHeaders: {},
      durationMs: 0,
      ...fields,
    };
    log.push(delivery);
    return delivery;
  };

  return {
    log,
    recent: () => log.filter((each) => each.deliveredAt.getTime() >= world.now().getTime() - KEPT_MS),
    send(event) {
      const payload = shapePayload(world, event);
      for (const { app, installation } of listeners(world, event)) {
        if (app.webhookUrl === null) continue;
        const full =
          'installation' in payload
            ? payload
            : { ...payload, installation: shapeInstallationRef(installation) };
        const body = JSON.stringify(full);
        const guid = randomUUID();
        const delivery = record({
          guid,
          event: event.name,
          app,
          // Parsed again, so that the log holds what was sent even if a record changes later.
          payload: JSON.parse(body),
          body,
          installationId: installation.id,
          repositoryId: event.repository?.id ?? null,
          requestHeaders: headersFor(app, event.name, guid, body, false),
        });
        void enqueue(delivery);
      }
    },
    sendRaw(raw) {
      const app = raw.app ?? world.apps[0];
      if (app === undefined || app.webhookUrl === null) throw new Error('There is no app that listens.');
      const body = raw.rawBody ?? JSON.stringify(raw.payload);
      const guid = raw.guid ?? randomUUID();
      const signed = headersFor(app, raw.event, guid, body, raw.badSignature ?? false);
      const requestHeaders = { ...signed, ...raw.headers };
      return enqueue(record({ guid, event: raw.event, app, payload: raw.payload, body, requestHeaders }));
    },
    redeliver(delivery) {
      const { guid, event, app, payload, body, installationId, repositoryId, requestHeaders } = delivery;
      const again = { guid, event, app, payload, body, installationId, repositoryId, requestHeaders };
      return enqueue(record({ ...again, redelivered: true }));
    },
    idle: () =>
      running === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => settled.push(resolve)),
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      pump();
    },
  };
}

function sign(secret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Installation events reach every app; the rest whoever is installed there and asked for the event. */
function listeners(world: World, event: WorldEvent): { app: App; installation: Installation }[] {
  return world.apps.flatMap((app) => {
    if (event.onlyApp !== undefined && event.onlyApp !== app) return [];
    if (event.installation !== undefined)
      return event.installation.app === app ? [{ app, installation: event.installation }] : [];
    if (!app.events.includes(event.name)) return [];
    const installation =
      event.repository !== null
        ? findInstallation(world, app, event.repository)
        : world.installations.find(
            (each) => each.app === app && !each.deleted && each.account.id === event.organization?.id,
          );
    return installation === undefined || installation.suspendedAt !== null ? [] : [{ app, installation }];
  });
}

function headersFor(app: App, event: string, guid: string, body: string | Buffer, bad: boolean) {
  const secret = bad ? `${app.webhookSecret}-wrong` : app.webhookSecret;
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/simulated',
    'x-github-delivery': guid,
    'x-github-event': event,
    'x-github-hook-id': String(app.id),
    'x-github-hook-installation-target-id': String(app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature-256': sign(secret, body),
  };
}

async function post(delivery: Delivery): Promise<void> {
  const started = performance.now();
  try {
    const answer = await fetch(delivery.app.webhookUrl!, {
      method: 'POST',
      body: delivery.body,
      headers: delivery.requestHeaders,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    delivery.response = await answer.text();
    delivery.responseHeaders = Object.fromEntries(answer.headers);
    delivery.status = answer.status;
    delivery.reason = answer.ok ? 'OK' : answer.statusText || 'Invalid HTTP Response';
  } catch (error) {
    const late = (error as Error).name === 'TimeoutError';
    delivery.status = late ? 504 : 502;
    delivery.reason = late ? 'timed out' : 'failed to connect to host';
  }
  delivery.durationMs = performance.now() - started;
}

function readAction(payload: unknown): string | null {
  const action = (payload as { action?: unknown } | null)?.action;
  return typeof action === 'string' ? action : null;
}
