// Who may read the metrics, and what is answered?
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from './metrics.js';

export interface MetricsEndpoint {
  readonly render: Metrics['render'];
  /** `null`: anybody who reaches the port may read. */
  readonly token: string | null;
}

export async function answerMetrics(
  { render, token }: MetricsEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (token !== null && !isShown(request.headers.authorization, token)) {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'www-authenticate': 'Bearer' };
    response.writeHead(401, headers).end('{"error":"the metrics need METRICS_TOKEN as a bearer token"}\n');
    return;
  }
  const { contentType, text } = await render();
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
}

function isShown(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  // Digests have one length, and comparing them takes one time.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
