import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RenderedCheck } from '../../src/domain/check-run.js';
import { addLabel, createCheck, updateCheck } from '../../src/github/write-checks.js';
import { type Api, openApi } from './github-api.js';

let api: Api;
beforeEach(() => {
  api = openApi();
});
afterEach(() => api.verify());

const AT = { owner: 'acme', repo: 'shop' };
const HEAD = 'a'.repeat(40);
const RUNS = '/repos/acme/shop/check-runs';

const CHECK: RenderedCheck = {
  name: 'agent-policy',
  gate: 'failure',
  title: 'Blocked: devin (tier 1) may not change infra/vpc/main.tf',
  summary: 's'.repeat(65_535),
  text: 't',
  annotations: Array.from({ length: 50 }, (_, index) => ({
    path: 'infra/vpc/main.tf',
    startLine: index + 1,
    endLine: index + 1,
    level: 'failure',
    message: 'zone infrastructure',
  })),
  actions: [{ label: 'Re-check', description: 'Judge this head again', identifier: 're-check' }],
};

describe('a check run', () => {
  test.each(['success', 'failure', 'action_required', 'neutral'] as const)(
    'is completed with %s',
    async (gate) => {
      api.scope.post(RUNS).reply(201, { id: 12_345_678_901 });
      const id = await createCheck(api.client, {
        ...AT,
        headSha: HEAD,
        check: { ...CHECK, gate },
        externalId: 'v1:x',
      });
      expect(id).toBe(12_345_678_901);
      expect(api.seen[0]!.body).toMatchObject({
        name: 'agent-policy',
        head_sha: HEAD,
        external_id: 'v1:x',
        status: 'completed',
        conclusion: gate,
        output: { title: CHECK.title, text: 't' },
        actions: CHECK.actions,
      });
      expect((api.seen[0]!.body as { output: { annotations: object[] } }).output.annotations).toHaveLength(
        50,
      );
    },
  );

  test('in progress has no conclusion, and keeps its annotations for the end', async () => {
    api.scope.post(RUNS).reply(201, { id: 1 });
    await createCheck(api.client, {
      ...AT,
      headSha: HEAD,
      check: { ...CHECK, gate: 'in_progress', text: '' },
      externalId: 'x',
    });
    expect(api.seen[0]!.body).toMatchObject({ status: 'in_progress', output: { annotations: [] } });
    expect(api.seen[0]!.body).not.toHaveProperty('conclusion');
    expect(api.seen[0]!.body).not.toHaveProperty('output.text');
  });

  test('is updated by id', async () => {
    api.scope.patch(`${RUNS}/9`).reply(200, { id: 9 });
    await updateCheck(api.client, { ...AT, id: 9, check: CHECK, externalId: 'v1:y' });
    expect(api.seen[0]!.body).toMatchObject({
      external_id: 'v1:y',
      status: 'completed',
      conclusion: 'failure',
    });
  });

  test.each([
    [422, { message: 'No commit found for SHA' }, 'unexpected'],
    [404, { message: 'Not Found' }, 'not-found'],
    [403, { message: 'Resource not accessible by integration' }, 'forbidden'],
  ])('that GitHub refuses with %i names the deed', async (status, body, kind) => {
    api.scope.post(RUNS).reply(status, body);
    const written = createCheck(api.client, { ...AT, headSha: HEAD, check: CHECK, externalId: 'x' });
    await expect(written).rejects.toMatchObject({
      kind,
      deed: 'create check agent-policy on acme/shop@aaaaaaa',
    });
  });

  test('that GitHub answers without an id is a failure', async () => {
    api.scope.post(RUNS).reply(201, {});
    const written = createCheck(api.client, { ...AT, headSha: HEAD, check: CHECK, externalId: 'x' });
    await expect(written).rejects.toMatchObject({ kind: 'unexpected' });
  });
});

describe('a label', () => {
  const LABELS = '/repos/acme/shop/issues/7/labels';

  test('is added', async () => {
    api.scope.post(LABELS, { labels: ['agent:devin'] }).reply(200, []);
    await addLabel(api.client, { ...AT, number: 7, label: 'agent:devin' });
  });

  test('that GitHub refuses is a failure', async () => {
    api.scope.post(LABELS).reply(403, { message: 'Resource not accessible by integration' });
    await expect(addLabel(api.client, { ...AT, number: 7, label: 'x' })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });
});
