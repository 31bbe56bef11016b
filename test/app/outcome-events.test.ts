// Whose word about a merged change is taken from an issue, and which deployments count?
import { describe, expect, test } from '@jest/globals';
import { jobsFor } from '../../src/app/ingress.js';
import { readDeployment, readIncidentNews } from '../../src/app/outcome-events.js';
import { rememberFrom } from '../../src/app/remember.js';
import { readWebhook, type WebhookEvent } from '../../src/app/webhook-event.js';
import { deploymentStatus, HEAD, issue, OUR_APP } from './payloads.js';

const NOW = new Date('2026-11-20T12:00:00Z');

function understood<Name extends WebhookEvent['name']>(name: Name, payload: unknown) {
  const reading = readWebhook(name, payload);
  if (reading.kind !== 'event') throw new Error(JSON.stringify(reading));
  return reading.event as Extract<WebhookEvent, { name: Name }>;
}

const TWELVE = [{ kind: 'pull-request', number: 12, repository: null }];
const PAT = { id: 8, login: 'pat', type: 'User' };
const incident = { label: { name: 'incident' } };

/** Changes that the issue blames, or null: no word of it is taken. */
function blamed(action: string, changed: object = {}, event: object = {}) {
  return readIncidentNews(understood('issues', issue(action, changed, event)))?.causes ?? null;
}

describe('an issue', () => {
  test.each([
    ['opened with the label by a maintainer', 'opened', { author_association: 'MEMBER' }, { sender: PAT }],
    ['labelled by somebody with triage rights', 'labeled', {}, incident],
    ['reworded by somebody with write access', 'edited', {}, {}],
    ['opened by an app that is installed', 'opened', {}, { sender: { ...PAT, type: 'Bot' } }],
  ])('blames what it names when it is %s', (_how, action, changed, event) => {
    expect(blamed(action, changed, event)).toEqual([TWELVE]);
  });

  test.each([
    ['opened by a stranger through a template that sets the label', 'opened', {}, { sender: PAT }],
    ['labelled by that template in the name of the stranger', 'labeled', {}, { ...incident, sender: PAT }],
    ['reworded by the stranger who wrote it', 'edited', {}, { sender: PAT }],
    ['opened without the label', 'opened', { labels: [] }, {}],
    ['given another label', 'labeled', {}, { label: { name: 'checkout' } }],
    ['closed', 'closed', {}, {}],
    ['assigned', 'assigned', {}, {}],
    [
      'given a label that is no incident',
      'labeled',
      { labels: [{ name: 'bug' }] },
      { label: { name: 'bug' } },
    ],
  ])('says nothing when it is %s', (_how, action, changed, event) => {
    expect(blamed(action, changed, event)).toBeNull();
  });

  test.each([
    ['the label is taken off', 'unlabeled', { labels: [] }, incident],
    ['it is deleted', 'deleted', {}, {}],
    ['it moves to another repository', 'transferred', {}, {}],
    ['it is reworded and names nothing', 'edited', { body: 'Nobody knows.' }, {}],
  ])('blames nothing any more when %s', (_how, action, changed, event) => {
    expect(blamed(action, changed, event)).toEqual([]);
  });

  test('keeps blaming when another label goes, and when one of two incident labels stays', () => {
    expect(blamed('unlabeled', {}, { label: { name: 'checkout' } })).toBeNull();
    expect(blamed('unlabeled', { labels: [{ name: 'outage' }] }, incident)).toBeNull();
  });

  test('is stored as what it blames and wakes the history', () => {
    const event = understood('issues', issue('labeled', {}, incident));
    expect(rememberFrom(event, NOW, OUR_APP)).toEqual([
      {
        kind: 'incident',
        repoId: 99,
        news: { issue: 7, causes: [TWELVE], asOf: new Date('2026-11-20T11:00:00Z') },
      },
    ]);
    expect(jobsFor(event, OUR_APP)).toEqual([{ kind: 'job', key: 'history:5:acme/shop' }]);
    const other = understood('issues', issue('opened', { labels: [] }));
    expect([rememberFrom(other, NOW, OUR_APP), jobsFor(other, OUR_APP)]).toEqual([[], []]);
  });

  test('a comment is no event of ours', () => {
    expect(readWebhook('issue_comment', issue('created'))).toEqual({ kind: 'other' });
  });
});

describe('a deployment', () => {
  const read = (state: string, deployment: object = {}) =>
    readDeployment(understood('deployment_status', deploymentStatus(state, deployment)));

  test('counts when it succeeded, and wakes the history', () => {
    expect(read('success')).toEqual({
      id: '77',
      environment: 'production',
      sha: HEAD,
      state: 'success',
      at: '2026-11-20T11:00:00.000Z',
    });
    const event = understood('deployment_status', deploymentStatus('success'));
    expect(jobsFor(event, OUR_APP)).toEqual([{ kind: 'job', key: 'history:5:acme/shop' }]);
  });

  test.each(['failure', 'error', 'inactive', 'in_progress', 'a_state_of_next_year'])(
    'says nothing of a change when it is %s',
    (state) => {
      expect(read(state)).toBeNull();
      const event = understood('deployment_status', deploymentStatus(state));
      expect([rememberFrom(event, NOW, OUR_APP), jobsFor(event, OUR_APP)]).toEqual([[], []]);
    },
  );

  const elsewhere = { production_environment: false };
  test.each([
    ['Preview', elsewhere, false],
    ['staging', elsewhere, false],
    ['shop-pr-812', elsewhere, false],
    ['eu/qa', elsewhere, false],
    ['live', { ...elsewhere, transient_environment: true }, false],
    ['live', elsewhere, true],
    ['eu-1', elsewhere, true],
    ['latest', elsewhere, true],
    ['staging', { production_environment: true }, true],
  ])('to %s %j counts: %s', (environment, deployment, counts) => {
    expect(read('success', { environment, ...deployment }) !== null).toBe(counts);
  });
});
