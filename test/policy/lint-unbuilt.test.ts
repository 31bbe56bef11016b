// Is whoever writes a policy told of exactly what this version cannot judge?
import { describe, expect, test } from '@jest/globals';
import { aPolicy, evaluateWith, openVerdicts } from '../builders/policies.js';
import { aReview, aSnapshot } from '../builders/snapshot.js';
import { load } from './builders.js';

const SUITE = 'evals: { suites: { s: { workflow: e.yml } } }\n';
const approved = aSnapshot({ reviews: [aReview('bo')] });
const warned = (section: string) => load(section).unbuilt.map(({ line, message }) => `${line}: ${message}`);
const held = (section: string) =>
  openVerdicts(evaluateWith({ repository: aPolicy(section), snapshot: approved })).filter((verdict) =>
    verdict.startsWith('not-built'),
  );

describe('a warning', () => {
  test.each([
    ['trace.verify: bound', 'trace: { required: false, verify: bound }\n'],
    ['trace.verify: reachable', 'agents: { copilot: { trace: { verify: reachable } } }\ntrace: {}\n'],
    ['error_budget', 'error_budget: { change_failure_rate: 15% }\n'],
    ['checkpoints', 'checkpoints: [secret]\n'],
    ['agents.copilot.budget', 'agents: { copilot: { budget: { usd: 1 } } }\n'],
    ['approvals.confirm', 'zones: { a: { paths: ["src/**"], approvals: { confirm: true } } }\n'],
  ])('tells of %s, which holds a change', (key, section) => {
    expect(held(section)).toEqual([`not-built waiting: the owner: ${key} cannot be judged yet (line 3)`]);
    expect(warned(section)).toEqual([
      `3: This version cannot judge \`${key}\` yet, and what it cannot judge waits for the owner. Leave it out until then.`,
    ]);
  });

  test.each([
    ['no section', ''],
    ['no checkpoints', 'checkpoints: []\n'],
    ['a link that is only there', 'trace: { verify: present }\n'],
    ['a suite', `zones: { a: { paths: ["src/**"], evals: [s] } }\n${SUITE}`],
    ['a suite that no zone names', SUITE],
    [
      'the quality delta',
      'quality_delta: {}\nzones: { a: { paths: ["src/**"], quality_delta: { fail_below: -60 } } }\n',
    ],
  ])('is not given for %s, which holds nothing', (_name, section) => {
    expect(held(section)).toEqual([]);
    expect(warned(section)).toEqual([]);
  });

  test.each([
    [
      'the file',
      'mode: observe\nerror_budget: { change_failure_rate: 15% }\nzones: { a: { paths: [a], approvals: { confirm: true } } }\n',
    ],
    ['the zone', 'zones: { a: { mode: observe, paths: [a], approvals: { confirm: true } } }\n'],
  ])('is not given where %s only observes', (_name, section) => {
    expect(warned(section)).toEqual([]);
  });

  test('is given for a zone that enforces in a file that observes', () => {
    const section =
      'mode: observe\nzones: { a: { mode: enforce, paths: [a], approvals: { confirm: true } } }\n';
    expect(warned(section)).toHaveLength(1);
  });

  test('tells what a plan, a flag and a section without effect come to', () => {
    const section = `zones:
  a:
    paths: [a]
    require: { rollback_plan: true, feature_flag: { files: [flags.yml] } }
waivers: { by: ["@acme/leads"] }
escalation: { mention: ["@acme/oncall"] }
`;
    expect(warned(section)).toEqual([
      '6: This version cannot judge `rollback_plan` yet, so people must approve every change here.',
      '6: This version cannot judge `feature_flag` yet, so people must approve every change here.',
      '7: `waivers` has no effect in this version of agent-policy.',
      '8: `escalation` has no effect in this version of agent-policy.',
    ]);
  });
});
