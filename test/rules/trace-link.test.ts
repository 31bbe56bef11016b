import { describe, expect, test } from '@jest/globals';
import type { TraceLink } from '../../src/domain/authorship.js';
import { traceLink } from '../../src/rules/trace-link.js';
import { aContext, anAgentFinding, explain, judge } from '../builders/context.js';
import { aReview, aSnapshot } from '../builders/snapshot.js';

const SESSION = 'https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef';
const settings = {
  required: true,
  hosts: ['app.devin.ai', 'langfuse.acme.dev', '*.sentry.io'],
  sessionHosts: ['app.devin.ai', 'claude.ai', '*.sentry.io'],
  shaped: ['devin'],
  ownHosts: ['app.devin.ai'],
  agents: ['devin'],
};
const link = (url: string, signature: string | null = null): TraceLink => ({ url, where: 'body', signature });
const given = (...traceLinks: TraceLink[]) => aContext({ authorship: anAgentFinding({ traceLinks }) });

describe('trace-link', () => {
  test.each([
    ["a session of the agent's own", [link(SESSION, 'devin')], 'pass', 'trace link on app.devin.ai'],
    [
      'any page of a host of your own',
      [link('https://langfuse.acme.dev/trace/1')],
      'pass',
      'trace link on langfuse.acme.dev',
    ],
    [
      'a good link behind a bad one',
      [link('https://evil.test/x'), link(SESSION, 'devin')],
      'pass',
      'trace link on app.devin.ai',
    ],
    ['no link', [], 'fail', 'no trace link'],
    ['plain http', [link(SESSION.replace('https', 'http'))], 'fail', 'trace link is http, not https'],
    [
      'a host that is not allowed',
      [link('https://evil.test/sessions/1')],
      'fail',
      'trace link leads to evil.test, which is not allowed',
    ],
    [
      'an allowed host as user name of another',
      [link('https://app.devin.ai@evil.test/sessions/1')],
      'fail',
      'trace link carries a user name',
    ],
    [
      'an allowed host as the beginning of another',
      [link('https://app.devin.ai.evil.test/sessions/1')],
      'fail',
      'trace link leads to app.devin.ai.evil.test, which is not allowed',
    ],
    [
      'an allowed host on another port',
      [link('https://app.devin.ai:8443/sessions/1')],
      'fail',
      'trace link leads to app.devin.ai:8443, which is not allowed',
    ],
    [
      'a page of the right host that is no session',
      [link('https://app.devin.ai/pricing')],
      'fail',
      'trace link has not the shape of a session on app.devin.ai',
    ],
    [
      'a session of another agent',
      [link('https://app.devin.ai/sessions/x', 'jules')],
      'fail',
      'trace link is a session of jules, not of devin',
    ],
    [
      'the front page of a host of your own',
      [link('https://langfuse.acme.dev')],
      'fail',
      'trace link leads to no page of langfuse.acme.dev',
    ],
    [
      'one subdomain of a wildcard host',
      [link('https://acme.sentry.io/x')],
      'fail',
      'trace link has not the shape of a session on acme.sentry.io',
    ],
    [
      'two subdomains of a wildcard host',
      [link('https://a.b.sentry.io/x')],
      'fail',
      'trace link leads to a.b.sentry.io, which is not allowed',
    ],
    ['text that is no URL', [link('https://')], 'fail', 'trace link is not a URL'],
  ] as const)('%s', (_name, links, state, title) => {
    expect(judge(traceLink, settings, given(...links))).toEqual([[state, title]]);
  });

  test('approvals do not lift a missing link', () => {
    const context = { ...given(), snapshot: aSnapshot({ reviews: [aReview('bo'), aReview('kim')] }) };
    expect(judge(traceLink, settings, context)).toEqual([['fail', 'no trace link']]);
  });

  test('is only reported where it is not asked for', () => {
    expect(judge(traceLink, { ...settings, required: false }, given())).toEqual([
      ['skipped', 'no trace link'],
    ]);
  });

  test('takes a session of any known agent where the agent of the change has none of its own', () => {
    const context = given(link(SESSION, 'devin'));
    expect(judge(traceLink, { ...settings, shaped: [] }, context)[0]?.[0]).toBe('pass');
  });

  test('waits as not known in a clone without the body, and never fails there', () => {
    const snapshot = aSnapshot({ source: 'local', pullRequest: { body: null } });
    const [finding] = traceLink.evaluate(settings, { ...given(), snapshot });
    expect(finding).toMatchObject({ state: 'waiting', notKnown: true });
  });

  test.each([
    [['claude.ai', 'app.devin.ai', 'langfuse.acme.dev'], 'app.devin.ai or langfuse.acme.dev, or put'],
    [['claude.ai'], 'claude.ai, or put'],
    [['a.dev', 'b.dev', 'c.dev', 'd.dev'], 'a.dev, b.dev or c.dev (or 1 other host), or put'],
  ])('of %j names those where the agent has its sessions', (hosts, expected) => {
    const [finding] = traceLink.evaluate({ ...settings, hosts }, given());
    expect(explain(finding)).toContain(`links to the session on ${expected}`);
  });

  test('says what was found and how to mend it', () => {
    const [finding] = traceLink.evaluate(settings, given(link('https://evil.test/sessions/1')));
    expect(explain(finding)).toMatchInlineSnapshot(`
"The policy asks for a link to the session of devin; https://evil.test/sessions/1 leads to evil.test, which is not allowed. Approvals do not lift this.
Add a commit with the trailer Agent-Trace: https://… that links to the session on app.devin.ai or langfuse.acme.dev, or put the link into the body.
https://evil.test/sessions/1 in the body: leads to evil.test, which is not allowed"
`);
  });
});
