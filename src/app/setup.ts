// How does an operator get the App's credentials? Through GitHub's manifest flow, on a page only this machine can see.
// https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { load } from 'js-yaml';
import { z } from 'zod';

export interface SetupOptions {
  /** Text of app.yml. */
  readonly manifestText: string;
  /** Where GitHub will reach the running app, `https://agent-policy.acme.dev`. */
  readonly publicUrl: string;
  /** Organisation that will own the App; `null`: the signed-in person. */
  readonly organization: string | null;
  /** GitHub's web address, `https://github.com`. */
  readonly webUrl: string;
  /** GitHub's REST address. */
  readonly apiUrl: string;
  /** File the credentials are written to; never overwritten. */
  readonly envFile: string;
  readonly port: number;
}

export interface Setup {
  /** Address to open in a browser on this machine. */
  readonly url: string;
  /** Resolves with the App's page once the credentials are written; rejects if that fails. */
  readonly done: Promise<{ readonly appId: number; readonly htmlUrl: string }>;
  close(): Promise<void>;
}

const conversion = z.object({
  id: z.number(),
  html_url: z.string(),
  pem: z.string().min(1),
  webhook_secret: z.string().min(1).nullable(),
});

/** Serves the flow on 127.0.0.1 until the credentials are written. Throws if the manifest is not a mapping. */
export async function startSetup(options: SetupOptions): Promise<Setup> {
  const state = randomBytes(24).toString('base64url');
  let settle: {
    resolve: (value: { appId: number; htmlUrl: string }) => void;
    reject: (error: Error) => void;
  };
  const done = new Promise<{ appId: number; htmlUrl: string }>((resolve, reject) => {
    settle = { resolve, reject };
  });
  done.catch(() => undefined);
  const server = createServer((request, response) => {
    respond(request, response).catch((error: Error) => {
      send(response, 500, page('That failed', `<p>${escapeHtml(error.message)}</p>`));
      settle.reject(error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const manifest = buildManifest(options, url);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page of another site can reach loopback through a name of its own: only our own address is answered.
    if (request.headers.host !== new URL(url).host) return send(response, 403, page('Not here', ''));
    const asked = new URL(request.url ?? '/', url);
    if (request.method !== 'GET') return send(response, 405, page('Only GET', ''));
    if (asked.pathname === '/') return send(response, 200, formPage(options, manifest, state));
    if (asked.pathname !== '/created') return send(response, 404, page('Nothing here', ''));
    if (!sameText(asked.searchParams.get('state') ?? '', state)) {
      return send(
        response,
        403,
        page('Not this flow', '<p>This answer belongs to another flow. Begin again.</p>'),
      );
    }
    const created = await convert(options.apiUrl, asked.searchParams.get('code') ?? '');
    await writeCredentials(options.envFile, created);
    send(response, 200, donePage(options.envFile, created.html_url));
    settle.resolve({ appId: created.id, htmlUrl: created.html_url });
  }

  return {
    url,
    done,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** app.yml with this installation's addresses. */
function buildManifest(options: SetupOptions, url: string): Record<string, unknown> {
  const parsed = load(options.manifestText);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Error('app.yml is not a mapping.');
  return {
    ...parsed,
    hook_attributes: { url: `${options.publicUrl.replace(/\/+$/, '')}/api/github/webhooks`, active: true },
    redirect_url: `${url}/created`,
  };
}

async function convert(
  apiUrl: string,
  code: string,
): Promise<z.infer<typeof conversion> & { webhook_secret: string }> {
  if (!/^[\w-]{1,200}$/.test(code)) throw new Error('GitHub sent no usable code. Begin again.');
  const answer = await fetch(`${apiUrl}/app-manifests/${code}/conversions`, {
    method: 'POST',
    headers: {
      accept: 'application/vnd.github+json',
      'user-agent': 'agent-policy',
      'x-github-api-version': '2022-11-28',
    },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok)
    throw new Error(
      `GitHub answered ${answer.status} to the code. It is valid for one hour and once; begin again.`,
    );
  const parsed = conversion.parse(await answer.json());
  if (parsed.webhook_secret === null)
    throw new Error('GitHub made the App without a webhook secret. Set one on its page.');
  return { ...parsed, webhook_secret: parsed.webhook_secret };
}

/** Readable by the owner only; an existing file is never overwritten. */
async function writeCredentials(
  file: string,
  created: { id: number; pem: string; webhook_secret: string },
): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'EEXIST' ? `${file} exists already; move it away and begin again.` : error.message,
    );
  });
  const key = created.pem.trim().replaceAll('\n', '\\n');
  await handle.writeFile(
    `APP_ID=${created.id}\nWEBHOOK_SECRET=${created.webhook_secret}\nPRIVATE_KEY="${key}"\n`,
  );
  await handle.close();
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function formPage(options: SetupOptions, manifest: Record<string, unknown>, state: string): string {
  const owner =
    options.organization === null
      ? 'settings'
      : `organizations/${encodeURIComponent(options.organization)}/settings`;
  const action = `${options.webUrl}/${owner}/apps/new?state=${state}`;
  return page(
    'Create the GitHub App',
    `<p>GitHub will show the name, the permissions and the events, and ask you to confirm.
    Webhooks will go to <code>${escapeHtml(String((manifest.hook_attributes as { url: string }).url))}</code>.</p>
    <form action="${escapeHtml(action)}" method="post">
    <input type="hidden" name="manifest" value="${escapeHtml(JSON.stringify(manifest))}">
    <button>Create it on GitHub</button></form>`,
  );
}

function donePage(envFile: string, htmlUrl: string): string {
  return page(
    'The App exists',
    `<p>Its credentials are in <code>${escapeHtml(envFile)}</code>, readable by you alone.</p>
    <ol><li><a href="${escapeHtml(htmlUrl)}/installations/new">Install it on a repository</a>.</li>
    <li>Start the server: <code>npm start</code>.</li></ol>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title} · agent-policy</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}
button{font:inherit;padding:.6rem 1.2rem;border-radius:6px;border:0;background:#1f7a3a;color:#fff;cursor:pointer}</style>
<h1>${title}</h1>${body}</html>`;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  });
  response.end(body);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
