// Which links to a session does a change carry, and where?
import { describe, expect, test } from '@jest/globals';
import { classify } from './catalogue-on-disk.js';

const CLAUDE = 'https://claude.ai/code/session_01Ab2Cd3Ef4Gh5Ij6Kl7Mn8P';
const LOGS = 'https://github.com/acme/shop/sessions/1f0e2d3c-4b5a-4968-8776-655443322110';
const AMP = 'https://ampcode.com/threads/T-1f0e2d3c-4b5a-4968-8776-655443322110';

const linksOf = (example: Parameters<typeof classify>[0]) => classify(example).finding.traceLinks;

describe('trace links', () => {
  test.each([
    ['Agent-Trace', `Agent-Trace: ${CLAUDE}`, { url: CLAUDE, where: 'trailer', signature: 'claude-code' }],
    [
      'Agent-Trace to a host of the team',
      'agent-trace: https://langfuse.acme.dev/t/1',
      { url: 'https://langfuse.acme.dev/t/1', where: 'trailer', signature: null },
    ],
    ['Agent-Logs-Url', `Agent-Logs-Url: ${LOGS}`, { url: LOGS, where: 'trailer', signature: 'copilot' }],
    [
      'Claude-Session',
      `Claude-Session: ${CLAUDE}`,
      { url: CLAUDE, where: 'trailer', signature: 'claude-code' },
    ],
    ['Amp-Thread-ID', `Amp-Thread-ID: ${AMP}`, { url: AMP, where: 'trailer', signature: 'amp' }],
    ['a bare session URL', CLAUDE, { url: CLAUDE, where: 'trailer', signature: 'claude-code' }],
    [
      'a link that is not https',
      'Agent-Trace: http://claude.ai/x',
      { url: 'http://claude.ai/x', where: 'trailer', signature: null },
    ],
  ])('are found in trailers: %s', (_what, ending, link) => {
    expect(linksOf({ author: 'Mona <mona@example.com>', message: `Add cache\n\n${ending}` })).toEqual([link]);
  });

  test('are found in the body, on hosts of the team too', () => {
    expect(
      linksOf({ opener: 'mona:User', body: `[session](${CLAUDE}).\nTrace: https://langfuse.acme.dev/t/1.` }),
    ).toEqual([
      { url: CLAUDE, where: 'body', signature: 'claude-code' },
      { url: 'https://langfuse.acme.dev/t/1', where: 'body', signature: null },
    ]);
  });

  test('are found in a trailer of the body', () => {
    expect(linksOf({ opener: 'mona:User', body: `Faster.\n\nAgent-Trace: ${LOGS}` })).toEqual([
      { url: LOGS, where: 'body', signature: 'copilot' },
    ]);
  });

  test('leave out pages of an agent’s host that are no session', () => {
    expect(
      linksOf({ opener: 'mona:User', body: 'https://claude.ai/code https://github.com/acme/shop/pull/1' }),
    ).toEqual([]);
  });

  test('leave out links in the middle of a message, in quotes and in code', () => {
    const message = `Add cache\n\nLike ${CLAUDE} did.\n\n> Agent-Trace: ${CLAUDE}\n\nDone.`;
    expect(linksOf({ author: 'Mona <mona@example.com>', message, body: `\`${CLAUDE}\`` })).toEqual([]);
  });

  test('a session without URL is evidence and no link', () => {
    const { finding } = classify({
      author: 'Mona <mona@example.com>',
      message: 'Add\n\nCopilot-Session: 1f0e2d3c-4b5a-4968-8776-655443322110',
    });
    expect([finding.authorship, finding.traceLinks]).toEqual(['assisted', []]);
  });

  test('a trace alone makes a person’s commit assisted', () => {
    const { finding } = classify({
      author: 'Mona <mona@example.com>',
      message: 'Add\n\nAgent-Trace: https://langfuse.acme.dev/t/1',
    });
    expect([finding.authorship, finding.name]).toEqual(['assisted', 'agent-trace']);
  });
});
