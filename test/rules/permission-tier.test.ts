import { describe, expect, test } from '@jest/globals';
import { permissionTier } from '../../src/rules/permission-tier.js';
import { aContext, explain, judge } from '../builders/context.js';
import { aSnapshot } from '../builders/snapshot.js';

const allowed = {
  agent: 'devin',
  tier: 1,
  ifVouched: 1,
  lowered: null,
  propose: 1,
  zone: 'infrastructure',
  line: 12,
  paths: ['infra/main.tf'],
};

describe('permission-tier', () => {
  test.each([
    ['passes at the tier asked for', {}, 'pass', 'devin (tier 1) may propose here'],
    ['passes above it', { tier: 3, ifVouched: 3 }, 'pass', 'devin (tier 3) may propose here'],
    [
      'fails below it, and counts further files',
      { propose: 2, paths: ['infra/vpc/main.tf', 'infra/a.tf', 'infra/b.tf'] },
      'fail',
      'devin (tier 1) may not change infra/vpc/main.tf (+2)',
    ],
    [
      'fails for tier 0, which only reads',
      { tier: 0, ifVouched: 0 },
      'fail',
      'devin (tier 0) may not change infra/main.tf',
    ],
    [
      'fails for an account that no signature names',
      { agent: null, propose: 2 },
      'fail',
      'an unattributed account (tier 1) may not change infra/main.tf',
    ],
    [
      'shortens a long path in the middle',
      { propose: 2, paths: ['infrastructure/environments/production/eu-west-1/cluster/main.tf'] },
      'fail',
      'devin (tier 1) may not change infrastructure/…/main.tf',
    ],
    [
      'does not pass and does not fail while nobody knows whether the opener vouches',
      { propose: 2, ifVouched: 2 },
      'pending',
      'whether the opener vouches for devin (tier 1) is not known',
    ],
  ] as const)('%s', (_name, changes, state, title) => {
    expect(judge(permissionTier, { ...allowed, ...changes }, aContext())).toEqual([[state, title]]);
  });

  test('names zone, line and every file, and how to mend it', () => {
    const settings = {
      ...allowed,
      propose: 2,
      lowered: 'Nobody vouches.',
      paths: ['infra/a.tf', 'infra/b.tf'],
    };
    expect(explain(permissionTier.evaluate(settings, aContext())[0])).toMatchInlineSnapshot(`
"2 files in zone infrastructure (propose: 2, line 12). Nobody vouches.
Take them out of this pull request, or let a person propose the change.
infra/a.tf
infra/b.tf"
`);
  });

  test('waits as not known where a clone cannot tell who opened it', () => {
    const context = aContext({ snapshot: aSnapshot({ source: 'local' }) });
    const [finding] = permissionTier.evaluate({ ...allowed, propose: 2, ifVouched: 2 }, context);
    expect(finding).toMatchObject({ state: 'waiting', notKnown: true });
  });
});
