// Is a change blamed only where words blame it?
import { describe, expect, test } from '@jest/globals';
import { nameLiteral } from '../../src/outcomes/change-name.js';
import { readIncidentCauses } from '../../src/outcomes/incident-cause.js';
import { readNamedCauses } from '../../src/outcomes/named-cause.js';

const SHA = '3f1c9a7be2d04c58a6b1e0f97d2c4b5a6e7f8091';

function causes(message: string): readonly (string | number)[] {
  return readNamedCauses(message).map((cause) => nameLiteral(cause.names[0]!));
}

describe('a fix names its cause', () => {
  test.each([
    ['a trailer', `fix totals\n\nFixes: 3f1c9a7be2d0 ("Add a cart")`, ['3f1c9a7be2d0']],
    ['regression from', 'fix: totals (#31)\n\nThis is a regression from #30.', [30]],
    ['regression introduced in', `fix: totals\n\nFixes a regression introduced in ${SHA}.`, [SHA]],
    ['broken by', 'Fix build broken by 3f1c9a7be (#31)', ['3f1c9a7be']],
    ['broke', '#30 broke the totals, so round first', [30]],
    [
      'the subject of a sentence',
      'Fix totals\n\nCommit 3f1c9a7 introduced a subtle regression.',
      ['3f1c9a7'],
    ],
    ['a URL', 'Fix totals\n\nCaused by https://github.com/acme/shop/pull/30', [30]],
    ['several', 'Fix totals\n\nBroken by #29 and #30.', [29, 30]],
    ['the same one twice', 'Fix totals broken by #30\n\n#30 broke it.', [30]],
  ])('%s', (_, message, expected) => {
    expect(causes(message)).toEqual(expected);
  });

  test.each([
    ['a closed issue', 'Fix totals (#31)\n\nFixes #30. Closes #29.'],
    ['a follow-up', 'Polish the cart\n\nFollow-up to #30.'],
    ['a denial', 'Fix totals\n\nThis is not a regression from #30.'],
    ['a possibility', 'Fix totals\n\nThis could be broken by #30 again.'],
    ['no name', 'Fix a regression from the last release'],
    ['a version', 'Fix a regression in 5.29.2'],
    ['a squash that keeps its branch', 'Show totals (#31)\n\n* fix what was broken by 3f1c9a7be'],
  ])('%s blames nobody', (_, message) => {
    expect(causes(message)).toEqual([]);
  });
});

describe('an incident names its cause', () => {
  const blame = (labels: readonly string[], body: string) =>
    readIncidentCauses({ labels, title: 'Checkout is down', body }).map((names) => nameLiteral(names[0]!));

  test.each([
    ['as fourkeys reads it', ['Incident'], `root cause: ${SHA}`, [SHA]],
    ['under a heading', ['kind/incident'], `### Root cause\n\n#30\n\n### Impact\n\n#29 was delayed`, [30]],
    ['in a sentence', ['type: outage'], 'Checkout failed for 20 minutes, caused by acme/shop#30.', [30]],
  ])('%s', (_, labels, body, expected) => {
    expect(blame(labels, body)).toEqual(expected);
  });

  test('a link alone blames nobody', () => {
    expect(blame(['incident'], 'See #30. Reverted by #31.')).toEqual([]);
  });

  test('an issue without the label is none', () => {
    expect(blame(['bug'], `root cause: ${SHA}`)).toEqual([]);
    expect(
      readIncidentCauses({ labels: ['sev1'], title: '', body: `root cause: ${SHA}` }, ['SEV1']).length,
    ).toBe(1);
  });
});
