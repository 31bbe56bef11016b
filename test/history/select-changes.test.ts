// Is every pull request one change, however it was merged?
import { describe, expect, test } from '@jest/globals';
import type { TrunkEntry } from '../../src/github/read-trunk.js';
import { selectChanges } from '../../src/history/select-changes.js';
import { entry, pull, sha } from './trunk.js';

function selected(entries: readonly TrunkEntry[]) {
  return selectChanges(entries, 'main').map((change) => [
    change.entry.commit.sha,
    change.pull?.number ?? null,
  ]);
}

describe('a change of its own is', () => {
  test('a squashed pull request', () => {
    expect(selected([entry('squashed', [pull(1, 'squashed')])])).toEqual([[sha('squashed'), 1]]);
  });

  test('the merge of a pull request, and none of the commits that it brings', () => {
    const one = pull(1, 'merge');
    const entries = [entry('merge', [one], { parentCount: 2 }), entry('b', [one]), entry('a', [one])];
    expect(selected(entries)).toEqual([[sha('merge'), 1]]);
  });

  test('the last of the rebased commits', () => {
    const one = pull(1, 'b');
    expect(selected([entry('b', [one]), entry('a', [one])])).toEqual([[sha('b'), 1]]);
  });

  test('a commit without pull request', () => {
    expect(selected([entry('pushed')])).toEqual([[sha('pushed'), null]]);
  });

  test.each([2, 9])('no merge of %s heads without pull request: its commits are', (parentCount) => {
    const entries = [entry('merge', [], { parentCount }), entry('b'), entry('a')];
    expect(selected(entries)).toEqual([
      [sha('b'), null],
      [sha('a'), null],
    ]);
  });

  test('the newest commit of a pull request whose merge GitHub does not know', () => {
    const one = pull(1, null);
    expect(selected([entry('b', [one]), entry('a', [one])])).toEqual([[sha('b'), 1]]);
  });
});

describe('of several pull requests with one commit', () => {
  test('the one into the default branch counts, not those collected by it', () => {
    const release = pull(9, 'release');
    const feature = pull(1, 'feature', { baseRef: 'develop' });
    const entries = [
      entry('release', [release], { parentCount: 2 }),
      entry('feature', [feature, release]),
      entry('work', [feature, release]),
    ];
    expect(selected(entries)).toEqual([[sha('release'), 9]]);
  });

  test('one into another branch counts where none brought it here', () => {
    // The default branch had another name then.
    expect(selected([entry('squashed', [pull(1, 'squashed', { baseRef: 'master' })])])).toEqual([
      [sha('squashed'), 1],
    ]);
  });
});
