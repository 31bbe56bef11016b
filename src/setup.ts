#!/usr/bin/env node
// Creates the GitHub App and writes its credentials: wires the manifest flow to this process.
import { parseArgs } from 'node:util';
import { startSetup } from './app/setup.js';
import { readManifestText } from './shipped-files.js';

const USAGE = `Usage: npm run setup -- --url https://agent-policy.acme.dev [--organization acme] [--port 3001] [--env-file .env]

Serves a page on 127.0.0.1 that creates the GitHub App on GitHub and writes its credentials to the env file.
--url is where GitHub will reach the running app; webhooks go to <url>/api/github/webhooks.
GITHUB_API_URL and GITHUB_SERVER_URL name another GitHub than github.com.`;

try {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      organization: { type: 'string' },
      port: { type: 'string', default: '3001' },
      'env-file': { type: 'string', default: '.env' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
  } else if (values.url === undefined || !/^https?:\/\/[^/]+/.test(values.url)) {
    throw new Error(`--url is missing or is no URL.\n\n${USAGE}`);
  } else if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new Error(`--port ${values.port} is no port number, 0 to 65535.`);
  } else {
    const setup = await startSetup({
      manifestText: await readManifestText(),
      publicUrl: values.url,
      organization: values.organization ?? null,
      webUrl: process.env.GITHUB_SERVER_URL ?? 'https://github.com',
      apiUrl: process.env.GITHUB_API_URL ?? 'https://api.github.com',
      envFile: values['env-file'],
      port: Number(values.port),
    });
    console.log(`Open ${setup.url} in a browser on this machine. Ctrl-C to stop.`);
    const created = await setup.done;
    await setup.close();
    console.log(
      `App ${created.appId} exists: ${created.htmlUrl}. Credentials are in ${values['env-file']}. Start it with \`npm start\`.`,
    );
  }
} catch (error) {
  const problem = error as Error & { readonly code?: string };
  const hint = problem.code?.startsWith('ERR_PARSE_ARGS') ? `\n\n${USAGE}` : '';
  console.error(`setup: ${problem.message}${hint}`);
  process.exitCode = 2;
}
