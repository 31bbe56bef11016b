import { describe, expect, test } from '@jest/globals';
import { renderStale, renderUnjudged } from '../../src/checks/unjudged-check.js';
import type { RenderedCheck } from '../../src/domain/check-run.js';

test('says why, blocks, and makes nothing live of what came from outside', () => {
  const check = renderUnjudged('read pull request acme/shop#1: at x: <img> @kim ![a](https://a.example)');
  expect(check).toMatchObject({
    gate: 'failure',
    title: 'Blocked: this head could not be judged',
    actions: [{ identifier: 'recheck' }],
  });
  expect(check.summary).toContain('read pull request acme/shop');
  expect(check.summary).not.toMatch(/<img>|@kim|https:\/\//);
});

test('says when attempts were given up, and when the next ones are', () => {
  const check = renderUnjudged('run job: not finished after 300 s', 'given up');
  expect(check.gate).toBe('failure');
  expect(check.summary).toMatch(/run job: not finished after 300 s.*\n\n.*tried again every hour/);
});

describe('a verdict that could not be refreshed', () => {
  const since = new Date('2026-11-20T10:07:31Z');
  const standing = (gate: RenderedCheck['gate']): RenderedCheck => ({
    ...{ name: 'agent-policy', gate, title: 'Its title', summary: 'Its summary', text: 'Its text' },
    ...{ annotations: [], actions: [] },
  });
  const why = 'read acme/shop#1: 502 <img> @kim ![a](https://a.example)';

  test.each(['success', 'neutral'] as const)('blocks where it was %s', (gate) => {
    const check = renderStale(standing(gate), { since, why, binds: true });
    expect(check).toMatchObject({
      gate: 'failure',
      title: 'Blocked: could not refresh since 2026-11-20 10:07 UTC',
      text: '',
    });
    expect(check.summary).not.toMatch(/<img>|@kim|https:\/\//);
  });

  test.each(['failure', 'action_required', 'in_progress'] as const)('stands where it was %s', (gate) => {
    const check = renderStale(standing(gate), { since, why, binds: true });
    expect(check).toMatchObject({ gate, title: 'Its title', text: 'Its text' });
    expect(check.summary).toMatch(/^\*\*Could not refresh since 2026-11-20 10:07 UTC\*\* .*Its summary$/s);
    expect(check.summary).not.toMatch(/<img>|@kim|https:\/\//);
  });

  test('stands where a policy only observes, which never blocks', () => {
    expect(renderStale(standing('neutral'), { since, why, binds: false })).toMatchObject({ gate: 'neutral' });
  });
});
