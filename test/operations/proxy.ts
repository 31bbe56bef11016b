// A proxy as it stands before several instances: takes turns, and offers to the next what one does not answer.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  readonly url: string;
  /** How many requests each target has answered. */
  readonly answered: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function startProxy(targets: readonly string[]): Promise<Proxy> {
  const answered = new Map<string, number>();
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const first = turn;
      turn += 1;
      const offer = (attempt: number) => {
        if (attempt === targets.length) {
          outgoing.writeHead(502).end();
          return;
        }
        const target = targets[(first + attempt) % targets.length]!;
        const { method, headers } = incoming;
        const asked = request(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
          answered.set(target, (answered.get(target) ?? 0) + 1);
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        });
        asked.once('error', () => offer(attempt + 1));
        asked.end(Buffer.concat(chunks));
      };
      offer(0);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
