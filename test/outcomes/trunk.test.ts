// Does a name lead to the change it means, and to none that came later?
import { describe, expect, test } from '@jest/globals';
import type { ChangeName } from '../../src/outcomes/change-name.js';
import { createIntroductions } from '../../src/outcomes/introduced-by.js';
import { createTrunk } from '../../src/outcomes/trunk.js';

const sha = (n: number) => n.toString(16).padStart(2, '0').repeat(20);
const title = (text: string, cut = false): ChangeName => ({ kind: 'title', title: text, cut });
const number = (n: number): ChangeName => ({ kind: 'pull-request', number: n, repository: null });

function trunkOf(...messages: readonly string[]) {
  const trunk = createTrunk();
  messages.forEach((message, index) => {
    trunk.add({ sha: sha(index + 16), message, time: index });
  });
  return trunk;
}

describe('a name leads to', () => {
  const trunk = trunkOf(
    'Add a cart (#30)',
    'Merge pull request #31 from kim/tax\n\nAdd taxes',
    'Add totals to the cart that know about discounts\n\nDifferential Revision: https://phabricator.example/D1234',
    'Grammar',
    'Grammar',
    'SHOP-3: Fix (#6) (#32)',
    'Add sums\n\nCloses #33 from kim/sums',
    'Add sums later',
  );
  test.each<[string, ChangeName, readonly number[]]>([
    ['a whole SHA', { kind: 'sha', sha: sha(16) }, [0]],
    ['a cut SHA', { kind: 'sha', sha: sha(17).slice(0, 9) }, [1]],
    ['a SHA that is not there', { kind: 'sha', sha: 'fffffff' }, []],
    ['the number of a squash', number(30), [0]],
    ['the number of a merge', number(31), [1]],
    ['the last of two numbers', number(32), [5]],
    ['no issue of a title', number(6), []],
    ['the number a bot left in the body', number(33), [6]],
    ['a revision', { kind: 'revision', id: 'D1234' }, [2]],
    ['a title without its number', title('Add a cart'), [0]],
    ['a title with one of its numbers', title('SHOP-3: Fix (#6)'), [5]],
    ['the title of what was merged', title('Add taxes'), [1]],
    ['a merge commit by its own title', title('Merge pull request #31 from kim/tax'), [1]],
    ['a cut title', title('Add totals to the cart that kn…', true), [2]],
    ['the latest of several of a title', title('Grammar'), [4, 3]],
  ])('%s', (_, name, expected) => {
    expect(trunk.candidates(name, 7)).toEqual(expected);
  });

  test('nothing that is not older', () => {
    expect(trunk.candidates({ kind: 'sha', sha: sha(16) }, 0)).toEqual([]);
    expect(trunk.candidates(title('Grammar'), 4)).toEqual([3]);
  });
});

test('a cut SHA that several have is nobody’s', () => {
  const trunk = createTrunk();
  trunk.add({ sha: `abcdef1${'0'.repeat(33)}`, message: 'a', time: 0 });
  trunk.add({ sha: `abcdef1${'1'.repeat(33)}`, message: 'b', time: 0 });
  expect(trunk.find('abcdef1')).toBeNull();
  expect(trunk.find('abcdef10')).toBe(0);
});

test('a merge that brings a main branch up to date is no change', () => {
  const trunk = trunkOf(
    "Merge branch 'main' of github.com:acme/shop",
    "Merge branch 'cart'",
    "Merge remote branch 'rails/master'",
    'Merge pull request #3 from acme/main',
  );
  expect([0, 1, 2, 3].map((position) => trunk.isSyncAt(position))).toEqual([true, false, true, false]);
});

describe('a commit of a branch came in', () => {
  // main: 1 ← 2 ← 5 (merges 4) ← 6; branch: 1 ← 3 ← 4. 7 stands apart.
  const graph = createIntroductions();
  graph.add(sha(6), [sha(5)]);
  graph.add(sha(5), [sha(2), sha(4)]);
  graph.add(sha(4), [sha(3)]);
  graph.add(sha(3), [sha(1)]);
  graph.add(sha(2), [sha(1)]);
  graph.add(sha(1), []);
  graph.add(sha(7), []);
  const trunk = [1, 2, 5, 6].map(sha);

  test('with the merge that brought it', () => {
    expect(Object.fromEntries(graph.resolve(trunk, [sha(3), sha(4).slice(0, 8)]))).toEqual({
      [sha(3)]: sha(5),
      [sha(4).slice(0, 8)]: sha(5),
    });
  });

  test('never, if the trunk does not hold it', () => {
    expect(graph.resolve(trunk, [sha(7), sha(9)]).size).toBe(0);
  });
});
