// What does a pull request have to say to be taken for the revert of one merged change?
import { describe, expect, test } from '@jest/globals';
import { readClaimedRevert } from '../../src/outcomes/claimed-revert.js';

const claim = (title: string | null, body: string | null = null, headRef: string | null = null) =>
  readClaimedRevert({ title, body, headRef }, 'acme/shop')?.map((name) =>
    name.kind === 'pull-request' ? name.number : name.kind === 'sha' ? name.sha : name.kind,
  ) ?? null;

describe('a pull request claims to undo one change', () => {
  test.each([
    [
      'as the Revert button writes it',
      'Revert "Add tax"',
      'Reverts acme/shop#812',
      'revert-812-tax',
      ['title', 812],
    ],
    [
      'as git writes it',
      'Revert "Add tax"',
      `This reverts commit ${'a1'.repeat(20)}.`,
      'x',
      ['title', 'a1'.repeat(20)],
    ],
    ['by its branch alone', 'Undo the tax', null, 'revert-812-tax', [812]],
    ['by a number', 'Revert #812', null, null, [812]],
  ])('%s', (_how, title, body, headRef, names) => {
    expect(claim(title, body, headRef)).toEqual(names);
  });

  test.each([
    ['says nothing of it', 'Add a tax', 'As in #812.', 'feature/tax'],
    ['names several', 'Revert A and B', 'Reverts #1\nReverts #2', null],
    ['undoes a part', 'Partially revert #812', null, null],
    ['has no text', null, null, null],
  ])('not where it %s', (_why, title, body, headRef) => {
    expect(claim(title, body, headRef)).toBeNull();
  });
});
