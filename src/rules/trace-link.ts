// Does the agent's change link to the session that made it?
// `present`: https, on an allowed host, in the shape of that agent's session URL. Nothing is fetched.
import { z } from 'zod';
import type { TraceLink } from '../domain/authorship.js';
import { code, list, type Message, say } from '../domain/message.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule } from './define-rule.js';
import { fail, pass, skipped } from './finding.js';
import { plural } from './short-path.js';

const settingsSchema = z.strictObject({
  required: z.boolean().describe('Without it the link is reported and nothing hangs on it.'),
  /** Allowed hosts, lower case; `*.sentry.io` stands for any one subdomain. */
  hosts: z
    .array(z.string())
    .min(1)
    .describe('Allowed hosts, lower case; `*.sentry.io` stands for any one subdomain.'),
  sessionHosts: z
    .array(z.string())
    .describe('Hosts on which the shape of a session URL is known; elsewhere any page of the host will do.'),
  shaped: z
    .array(z.string())
    .describe('Agents of this change whose session URLs have a known shape: the link must be one of theirs.'),
  ownHosts: z
    .array(z.string())
    .describe('Hosts of the session URLs of `shaped`: where the remedy looks for the link.'),
  agents: z.array(z.string()).describe('Agents that this demand is about, for people.'),
});

type Settings = z.infer<typeof settingsSchema>;

export const traceLink = defineRule({
  name: 'trace-link',
  settings: settingsSchema,
  needs: () => [],
  describe: ({ hosts }) => `Agent changes link to a trace on ${hosts.join(' or ')}.`,
  evaluate: (settings, { authorship, snapshot }): readonly Finding[] => {
    const judged = authorship.traceLinks.map((link) => ({ link, fault: faultOf(link, settings) }));
    const good = judged.find(({ fault }) => fault === null);
    if (good !== undefined) {
      const { link } = good;
      return [
        pass(
          say`trace link on ${code(hostOf(link.url))}`,
          say`Found in the ${where(link)}: ${code(link.url)}.`,
        ),
      ];
    }
    const details = judged.map(
      ({ link, fault }) => say`${code(link.url)} in the ${where(link)}: ${fault ?? say``}`,
    );
    const [first] = judged;
    const title = first === undefined ? say`no trace link` : say`trace link ${first.fault ?? say``}`;
    if (!settings.required) {
      return [skipped(title, say`The policy does not ask for a trace link; this is only reported.`, details)];
    }
    if (first === undefined && snapshot.source === 'local' && snapshot.pullRequest.body === null) {
      return [
        {
          state: 'waiting',
          title: say`no trace link in the commits, the body is not known`,
          reason: say`A link may stand in the body of the pull request, which this source cannot tell.`,
          remedy: remedyOf(settings),
          details,
          notKnown: true,
        },
      ];
    }
    const who = settings.agents.length === 0 ? say`the agent` : list(settings.agents);
    return [
      fail(
        title,
        first === undefined
          ? say`The policy asks for a link to the session of ${who}, and neither trailers nor body have one. Approvals do not lift this.`
          : say`The policy asks for a link to the session of ${who}; ${code(first.link.url)} ${first.fault ?? say``}. Approvals do not lift this.`,
        remedyOf(settings),
        details,
      ),
    ];
  },
});

/** Continues "trace link …". */
function faultOf(link: TraceLink, settings: Settings): Message | null {
  let url: URL;
  try {
    url = new URL(link.url);
  } catch {
    return say`is not a URL`;
  }
  if (url.protocol !== 'https:') return say`is ${url.protocol.replace(':', '')}, not https`;
  if (url.username !== '' || url.password !== '') return say`carries a user name`;
  if (!isOn(settings.hosts, url)) return say`leads to ${code(url.host)}, which is not allowed`;
  if (!isOn(settings.sessionHosts, url)) {
    return url.pathname === '/' && url.search === '' ? say`leads to no page of ${code(url.host)}` : null;
  }
  if (link.signature === null) return say`has not the shape of a session on ${code(url.host)}`;
  if (settings.shaped.length > 0 && !settings.shaped.includes(link.signature)) {
    return say`is a session of ${link.signature}, not of ${list(settings.shaped, 'or')}`;
  }
  return null;
}

function isOn(hosts: readonly string[], url: URL): boolean {
  return hosts.some((host) => {
    const wanted = host.toLowerCase();
    if (!wanted.startsWith('*.')) return wanted === url.host;
    const parent = wanted.slice(1);
    return url.host.endsWith(parent) && !url.host.slice(0, -parent.length).includes('.');
  });
}

/** An agent that reads the names of other agents' hosts might go and invent a link there. */
function remedyOf({ hosts, sessionHosts, shaped, ownHosts }: Settings) {
  const fitting = hosts.filter((host) => !sessionHosts.includes(host) || ownHosts.includes(host));
  const named = shaped.length === 0 || fitting.length === 0 ? hosts : fitting;
  const places = list(
    named.slice(0, 3).map((host) => code(host)),
    'or',
  );
  const left = named.length - 3;
  const more = left > 0 ? say` (or ${plural(left, 'other host')})` : say``;
  return {
    by: 'author' as const,
    what: say`Add a commit with the trailer ${code('Agent-Trace: https://…')} that links to the session on ${places}${more}, or put the link into the body.`,
  };
}

function where({ where: place }: TraceLink): Message {
  return place === 'trailer' ? say`trailers` : say`body`;
}

function hostOf(url: string): string {
  return new URL(url).host;
}
