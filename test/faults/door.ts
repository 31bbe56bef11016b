// What stands between GitHub and the instances? A proxy that doubles, delays and reorders, by a seed.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Door {
  readonly url: string;
  /** Who answers now; nobody: 502, as a proxy says it. */
  targets: readonly string[];
  readonly counts: { doubled: number; delayed: number; unanswered: number };
  close(): Promise<void>;
}

const SHARE_DOUBLED = 0.1;
const SHARE_DELAYED = 0.15;
const LONGEST_DELAY_MS = 400;

export async function openDoor(random: () => number): Promise<Door> {
  let turn = 0;
  const counts = { doubled: 0, delayed: 0, unanswered: 0 };
  const server = createServer(async (request, response) => {
    try {
      const body = await readAll(request);
      if (random() < SHARE_DELAYED) {
        counts.delayed += 1;
        await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_DELAY_MS));
      }
      if (random() < SHARE_DOUBLED) {
        counts.doubled += 1;
        void forward(request, body).catch(() => {});
      }
      const answer = await forward(request, body);
      response.writeHead(answer.status).end(await answer.text());
    } catch {
      counts.unanswered += 1;
      response.writeHead(502).end();
    }
  });
  const forward = (request: IncomingMessage, body: Buffer): Promise<Response> => {
    turn += 1;
    const target = door.targets[turn % Math.max(1, door.targets.length)];
    if (target === undefined) return Promise.reject(new Error('no instance'));
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      /^(content-type|user-agent|x-)/.test(name) ? [[name, String(value)]] : [],
    );
    return fetch(`${target}/api/github/webhooks`, { method: 'POST', headers, body });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door: Door = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    targets: [],
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return door;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
