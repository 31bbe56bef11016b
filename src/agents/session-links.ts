// Which URLs stand in a text, and which of them lead to an agent's session?
import type { Catalogue } from './catalogue.js';
import type { Signature } from './signature.js';

export interface FoundUrl {
  readonly url: string;
  /** The agent whose session URL has this shape. */
  readonly signature: Signature | null;
}

const MAX_URLS = 200;

/** URLs of https in order, each once. One in quotation marks is quoted and left out; an HTML attribute is not. */
export function findUrls(lines: readonly string[], signatures: readonly Signature[]): readonly FoundUrl[] {
  const found = new Map<string, FoundUrl>();
  for (const line of lines) {
    if (!line.includes('://')) continue;
    for (const match of line.matchAll(/https:\/\/[^\s<>()[\]{}"'`|\\^]{4,1000}/gi)) {
      if (found.size >= MAX_URLS) return [...found.values()];
      if (isQuoted(line, match.index)) continue;
      const url = match[0].replace(/[.,;:!?*_~”’»]+$/u, '');
      if (!found.has(url)) found.set(url, { url, signature: signatureOfUrl(url, signatures) });
    }
  }
  return [...found.values()];
}

/** The agent whose session URL has this shape, or `null`. */
export function signatureOfUrl(url: string, signatures: readonly Signature[]): Signature | null {
  const normal = lowerHost(url);
  return (
    signatures.find((signature) => signature.sessions.some((session) => session.url.test(normal))) ?? null
  );
}

/** True if the URL's host is one where a known agent keeps its sessions. */
export function isSessionHost(url: string, catalogue: Catalogue): boolean {
  const host = /^https:\/\/([^/?#]{1,253})/.exec(lowerHost(url))?.[1] ?? '';
  return catalogue.agents.some((agent) => agent.sessions.some((session) => fitsHost(session.host, host)));
}

function fitsHost(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host;
  const rest = pattern.slice(1);
  return host.endsWith(rest) && !host.slice(0, -rest.length).includes('.') && host.length > rest.length;
}

function lowerHost(url: string): string {
  return url.replace(/^https:\/\/[^/?#]{1,253}/i, (start) => start.toLowerCase());
}

function isQuoted(line: string, index: number): boolean {
  const before = line[index - 1] ?? '';
  if (before === '"' || before === "'") return line[index - 2] !== '=';
  return before === '“' || before === '‘' || before === '«' || before === '„';
}
