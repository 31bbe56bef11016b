// Where do log lines go, and what must never stand in them?
// Whatever a library puts into an error ends up in a line, so every line is cleaned as the last step.
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from './config.js';

/** One JSON object a line, on standard output unless told otherwise. */
export function openLog(
  config: Pick<Config, 'logLevel' | 'webhookSecret' | 'privateKey' | 'metricsToken'>,
  destination?: DestinationStream,
): Logger {
  const secrets = [config.webhookSecret, config.privateKey, config.metricsToken].filter(
    (secret) => secret !== null,
  );
  const hide = createHide(secrets);
  const options = {
    level: config.logLevel,
    redact: { paths: [...PATHS], censor: HIDDEN },
    hooks: { streamWrite: hide },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const HIDDEN = '[hidden]';

/** Where Octokit's and Node's errors carry what was sent. */
const PATHS = [
  'err.request',
  'err.response',
  'err.config',
  'err.cause.request',
  'err.cause.response',
] as const;

/** What looks like a secret is one. Each leaves the line valid JSON. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="))/g, HIDDEN],
  // GitHub's tokens: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
  [/\b(?:gh[a-z]_|github_pat_)[A-Za-z0-9_.-]{10,}/g, HIDDEN],
  // A JSON web token, as an App signs in with.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, HIDDEN],
  [/\b(bearer|token|basic) +[A-Za-z0-9+/=_.~-]{8,}/gi, `$1 ${HIDDEN}`],
  // A signed address is as good as the token that asked for it; so is a database's with its password.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s"/?#@]+@/gi, `$1${HIDDEN}@`],
  [/(https?:\/\/[^\s"?#]+)\?[^\s"]*/gi, `$1?${HIDDEN}`],
];

function createHide(secrets: readonly string[]): (line: string) => string {
  // As it stands inside a JSON string.
  const known = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => {
    let shown = line;
    for (const secret of known) shown = shown.replaceAll(secret, HIDDEN);
    for (const [shape, replacement] of SHAPES) shown = shown.replace(shape, replacement);
    return shown;
  };
}
