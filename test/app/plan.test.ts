// Is exactly what differs brought in line, and is a green run never left standing under another verdict?
import { describe, expect, test } from '@jest/globals';
import { externalIdOf, planActions, type Standing } from '../../src/app/plan.js';
import type { RenderedCheck } from '../../src/domain/check-run.js';
import type { OwnCheck } from '../../src/domain/snapshot.js';

const check = (over: Partial<RenderedCheck> = {}): RenderedCheck => ({
  name: 'agent-policy',
  gate: 'success',
  title: 'Passed: copilot (tier 1), 2 approvals',
  summary: 'Merge it.',
  text: '',
  annotations: [],
  actions: [],
  ...over,
});
const own = (of: RenderedCheck, over: Partial<OwnCheck> = {}): OwnCheck => ({
  id: 7,
  name: of.name,
  status: of.gate === 'in_progress' ? 'in_progress' : 'completed',
  conclusion: of.gate === 'in_progress' ? null : of.gate,
  externalId: externalIdOf(of),
  ...over,
});
const standing = (over: Partial<Standing> = {}): Standing => ({
  headSha: 'a'.repeat(40),
  ownChecks: [],
  labels: [],
  ...over,
});
const kinds = (...args: Parameters<typeof planActions>) => planActions(...args).map((action) => action.kind);

describe('the check', () => {
  test('is created on a head that has none', () => {
    expect(kinds(check(), [], standing())).toEqual(['create-check']);
  });

  test('is not published again while it says the same', () => {
    expect(kinds(check(), [], standing({ ownChecks: [own(check())] }))).toEqual([]);
  });

  test('is a new run when a completed one says something else: its annotations would stay', () => {
    const blocked = check({ gate: 'failure', title: 'Blocked: no trace link' });
    expect(kinds(blocked, [], standing({ ownChecks: [own(check())] }))).toEqual(['create-check']);
    expect(kinds(check({ summary: 'Other' }), [], standing({ ownChecks: [own(check())] }))).toEqual([
      'create-check',
    ]);
  });

  test('is updated while it is in progress, and not taken back there once completed', () => {
    const running = check({ gate: 'in_progress', title: 'Running: checks' });
    expect(planActions(check(), [], standing({ ownChecks: [own(running)] }))).toMatchObject([
      { kind: 'update-check', id: 7 },
    ]);
    expect(kinds(running, [], standing({ ownChecks: [own(running)] }))).toEqual([]);
    expect(kinds(running, [], standing({ ownChecks: [own(check())] }))).toEqual(['create-check']);
  });

  test('the same words under another conclusion are written again', () => {
    const altered = own(check(), { conclusion: 'neutral' });
    expect(kinds(check(), [], standing({ ownChecks: [altered] }))).toEqual(['create-check']);
  });

  test('the newest run of the name is the one that counts', () => {
    const older = own(check({ gate: 'failure' }), { id: 3 });
    const both = { ownChecks: [older, own(check(), { id: 9 })] };
    expect(kinds(check(), [], standing(both))).toEqual([]);
    expect(kinds(check({ gate: 'failure' }), [], standing(both))).toEqual(['create-check']);
  });

  test('a run of another name is not touched', () => {
    const evals = own(check({ name: 'agent-policy/evals' }));
    expect(kinds(check(), [], standing({ ownChecks: [evals] }))).toEqual(['create-check']);
  });
});

describe('the labels', () => {
  const same = { ownChecks: [own(check())] };

  test('are added where they are missing, in any case', () => {
    expect(planActions(check(), ['agent:devin'], standing(same))).toEqual([
      { kind: 'add-label', label: 'agent:devin' },
    ]);
    expect(kinds(check(), ['agent:devin'], standing({ ...same, labels: ['Agent:Devin'] }))).toEqual([]);
  });

  test('are left alone where they are not known', () => {
    expect(kinds(check(), ['agent:devin'], standing({ ...same, labels: null }))).toEqual([]);
  });
});
