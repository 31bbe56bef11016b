// Which webhooks tell something of eval suites, and what do they tell?
import { describe, expect, test } from '@jest/globals';
import { readEvalNews, readPress } from '../../src/app/eval-events.js';
import { newNonce } from '../../src/app/eval-nonce.js';
import { jobsFor } from '../../src/app/ingress.js';
import { rememberFrom } from '../../src/app/remember.js';
import { readWebhook, type WebhookEvent } from '../../src/app/webhook-event.js';
import { checkRun, HEAD, OUR_APP } from './payloads.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const NONCE = newNonce();

function understood<Name extends WebhookEvent['name']>(name: Name, payload: unknown) {
  const reading = readWebhook(name, payload);
  if (reading.kind !== 'event') throw new Error(JSON.stringify(reading));
  return reading.event as Extract<WebhookEvent, { name: Name }>;
}

function workflowRun(action: string, run: object = {}) {
  return {
    action,
    installation: { id: 5 },
    repository: { id: 7, name: 'shop', owner: { login: 'acme' }, default_branch: 'main' },
    sender: { login: 'agent-policy[bot]', id: 9, type: 'Bot' },
    workflow_run: {
      id: 77,
      display_title: `agent-evals support ${NONCE}`,
      event: 'workflow_dispatch',
      status: action === 'completed' ? 'completed' : 'queued',
      conclusion: action === 'completed' ? 'success' : null,
      head_branch: 'main',
      head_sha: HEAD,
      path: '.github/workflows/agent-evals.yml',
      run_attempt: 1,
      head_repository: { id: 7 },
      ...run,
    },
  };
}
const news = (action: string, run: object = {}) =>
  readEvalNews(understood('workflow_run', workflowRun(action, run)));

describe('a run', () => {
  test.each(['requested', 'in_progress', 'completed'])('that is %s wakes who asked for it', (action) => {
    const about = { installation: 5, repoId: 7, runId: 77, nonce: NONCE };
    expect(news(action)).toMatchObject({ kind: 'run', action, ...about });
    const event = understood('workflow_run', workflowRun(action));
    expect(jobsFor(event, OUR_APP)).toMatchObject([{ kind: 'eval-run', run: about }]);
    expect(rememberFrom(event, NOW, OUR_APP)).toMatchObject([{ kind: 'eval-news', at: NOW }]);
  });

  test.each([
    ['of a second attempt', { run_attempt: 2 }],
    ['of another branch', { head_branch: 'change' }],
    ['of a fork’s branch of that name', { head_repository: { id: 8 } }],
    ['of a fork that is gone', { head_repository: null }],
    ['of a pull request', { event: 'pull_request' }],
  ])('%s tells nothing', (_what, run) => {
    expect(news('completed', run)).toBeNull();
    expect(jobsFor(understood('workflow_run', workflowRun('completed', run)), OUR_APP)).toEqual([]);
  });

  test.each(['push', 'schedule'])(
    'by %s on the default branch makes its baseline stale, and wakes nobody',
    (event) => {
      const expected = { kind: 'default-branch', workflow: 'agent-evals.yml', runId: 77 };
      expect(news('completed', { event })).toMatchObject(expected);
      expect(news('in_progress', { event })).toBeNull();
      expect(jobsFor(understood('workflow_run', workflowRun('completed', { event })), OUR_APP)).toEqual([]);
    },
  );

  test('without a nonce in its name is told by its id alone', () => {
    expect(news('completed', { display_title: 'agent-evals' })).toMatchObject({ nonce: null, runId: 77 });
    expect(news('completed', { display_title: `ap-${'g'.repeat(32)}` })).toMatchObject({ nonce: null });
  });
});

describe('a press', () => {
  const press = (check: object = {}, event: object = {}) => {
    const payload = checkRun('requested_action', OUR_APP);
    return readPress(
      understood('check_run', {
        ...payload,
        requested_action: { identifier: 'rerun-evals' },
        ...event,
        check_run: { ...payload.check_run, name: 'agent-policy/evals', ...check },
      }),
      OUR_APP,
    );
  };

  test('on our check of evals is by its sender, for its head', () => {
    expect(press()).toMatchObject({ headSha: HEAD, login: expect.any(String) });
    expect(press({}, { requested_action: { identifier: 'run-evals' } })).not.toBeNull();
  });

  test.each([
    ['on the gate', { name: 'agent-policy' }, {}],
    ['on a check of that name by another app', { app: { id: 1, slug: 'other' } }, {}],
    ['of another button', {}, { requested_action: { identifier: 'recheck' } }],
    ['that is a re-run of the check', {}, { action: 'rerequested' }],
  ])('%s starts nothing', (_what, check, event) => {
    expect(press(check, event)).toBeNull();
  });
});
