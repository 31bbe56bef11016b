// Does the reader name what a message undoes, in every form that is in use, and nothing that is only talked about?
import { describe, expect, test } from '@jest/globals';
import { nameLiteral } from '../../src/outcomes/change-name.js';
import { targetLiteral } from '../../src/outcomes/fold-targets.js';
import { readReverts } from '../../src/outcomes/read-reverts.js';

const SHA = '3f1c9a7be2d04c58a6b1e0f97d2c4b5a6e7f8091';
const OTHER = '9b8a7c6d5e4f30212a3b4c5d6e7f8091a2b3c4d5';

function named(message: string, repository: string | null = 'acme/shop'): readonly (string | number)[] {
  return readReverts(message, repository)
    .targets.filter((target) => target.isSure)
    .map(targetLiteral);
}

const FORMS: readonly (readonly [form: string, message: string, expected: readonly (string | number)[]])[] = [
  ['git revert', `Revert "Add a cart"\n\nThis reverts commit ${SHA}.`, ['title:Add a cart']],
  ['a title that says nothing', `Revert "wip"\n\nThis reverts commit ${SHA}.`, [SHA]],
  ['a squashed revert of which only the title is left', 'Revert "Add a cart" (#31)', ['title:Add a cart']],
  ['a title with its number', 'Revert "Add a cart (#30)" (#31)', ['title:Add a cart (#30)']],
  ['the button of GitHub', 'Revert "Add a cart" (#31)\n\nReverts acme/shop#30', [30]],
  ['the button, for a title with an issue in it', 'Revert "Fix it (#7)" (#31)\n\nReverts acme/shop#30', [30]],
  [
    'a conventional type before it',
    `fix(cart): Revert "feat: add a cart"\n\nThis reverts commit ${SHA}.`,
    ['title:feat: add a cart'],
  ],
  ['a conventional revert', `revert: feat(cart): add a cart\n\nThis reverts commit ${SHA}.`, [SHA]],
  [
    'a conventional revert, title only',
    'revert: feat(cart): add a cart (#31)',
    ['title:feat(cart): add a cart'],
  ],
  ['a conventional revert of a number', 'chore: revert #30 (#31)', [30]],
  ['a conventional revert with two numbers', 'revert: add a cart to the shop (#30) (#31)', [30]],
  [
    'a ticket before it',
    `SHOP-12; Revert "Add a cart (#30)" (#31)\n\nThis reverts commit ${SHA}.`,
    ['title:Add a cart (#30)'],
  ],
  ['a bare SHA', `Reverts ${SHA}`, [SHA]],
  ['a bare URL', `Reverts https://github.com/acme/shop/commit/${SHA}`, [SHA]],
  ['a URL of a pull request', 'Roll back https://github.com/acme/shop/pull/30 as it broke checkout', [30]],
  [
    'a short SHA in a sentence',
    'Stop caching\n\nThis more or less undoes 3f1c9a7, which held stale prices.',
    ['3f1c9a7'],
  ],
  ['a SHA only in the body', `The old total was right.\n\nThis reverts commit ${SHA}.`, [SHA]],
  ['part of a change', 'revert out of scope changes from #30 (#31)', [30]],
  ['by reverting', 'Fix the total by reverting #30 (#31)', [30]],
  [
    'back out with a changeset and a revision',
    'Back out "Add a cart"\n\nOriginal commit changeset: 3f1c9a7be2d0\n\nOriginal Phabricator Diff: D1234567\n\nDifferential Revision: D7654321',
    ['title:Add a cart'],
  ],
  ['a revision', 'Revert D1234567: Add a cart\n\nOriginal commit changeset: 3f1c9a7be2d0', ['D1234567']],
  [
    'backed out changeset',
    'Backed out changeset 3f1c9a7be2d0 (bug 1234567) for failing tests',
    ['3f1c9a7be2d0'],
  ],
  [
    'the merge of a revert branch',
    'Merge pull request #31 from acme/revert-30-add-a-cart\n\nRevert "Add a cart"',
    [30],
  ],
  [
    'a revert branch with another title',
    'Merge pull request #31 from kim/revert_30\n\nAllow 128 items',
    [30],
  ],
  [
    'a merge request of GitLab',
    "Merge branch 'revert-3f1c9a7b' into 'main'\n\nRevert \"Add a cart\"\n\nSee merge request acme/shop!31",
    ['title:Add a cart'],
  ],
  [
    'a merge undone',
    `Revert "Merge pull request #30 from kim/cart"\n\nThis reverts commit ${SHA}, reversing\nchanges made to ${OTHER}.`,
    ['title:Merge pull request #30 from kim/cart'],
  ],
  [
    'a cut title: the SHA',
    `Revert "Add a cart that knows about every discount there…" (#31)\n\nThis reverts commit ${SHA}.`,
    [SHA],
  ],
  [
    'a subject cut in the number: rejoined',
    'Revert "Add a cart (#3… (#4001)\n\n…999)"',
    ['title:Add a cart (#3999)'],
  ],
  [
    'a quote within the title',
    'Revert "Say "sold out" in the cart" (#31)',
    ['title:Say "sold out" in the cart'],
  ],
  ['several SHAs', `Drop the cart\n\nThis reverts commits ${SHA} and\n${OTHER}.`, [SHA, OTHER]],
  [
    'several titles, each with its SHA',
    `Drop the cart\n\nRevert "Add a cart"\n\nThis reverts commit ${SHA}.\n\nRevert "Add totals"\n\nThis reverts commit ${OTHER}.`,
    [SHA, OTHER],
  ],
  [
    'several titles, then the SHAs',
    `Revert "Add totals"\n\nRevert "Add a cart"\n\nThis reverts commits ${SHA}\nand ${OTHER}.`,
    [SHA, OTHER],
  ],
  [
    'a list of URLs',
    `SHOP-9: revert SHOP-4 (#31)\n\nThis PR reverts\n - https://github.com/acme/shop/commit/${SHA}\n - https://github.com/acme/shop/commit/${OTHER}`,
    [SHA, OTHER],
  ],
  ['a number with its SHA', 'revert: #30 (3f1c9a7be) due to wrong totals (#31)', ['3f1c9a7be']],
  [
    'a squash that is about reverting',
    `Revert the cart (#31)\n\n* Revert "Add a cart"\n\nThis reverts commit ${SHA}.\n\n* Fix imports`,
    [SHA],
  ],
  [
    'a squash that reverts a merged pull request first',
    `Show totals (#31)\n\n* Revert "Add a cart (#30)"\n\nThis reverts commit ${SHA}.\n\n* Show totals`,
    [SHA],
  ],
];

describe('names what is undone', () => {
  test.each(FORMS)('%s', (_, message, expected) => {
    expect(named(message)).toEqual(expected);
  });

  test('carriage returns change nothing', () => {
    for (const [, message, expected] of FORMS)
      expect(named(message.replaceAll('\n', '\r\n'))).toEqual(expected);
  });
});

const NOTHING: readonly (readonly [why: string, message: string])[] = [
  ['told of another', 'Add a cart\n\nThe first cart was reverted by #12.'],
  ['reverted in', `Drop the note on carts\n\nReverted in ${SHA}.`],
  ['has been reverted', `Remove the entry\n\nIt has been reverted with ${SHA}`],
  ['will be reverted', 'Skip the test\n\nThis will be reverted once #12 is closed. We can revert #12 then.'],
  ['able to revert', `Tidy up\n\nReason: to be able to revert ${SHA}`],
  ['a feature', 'fix: revert the file on abort (#12)'],
  ['a feature with a reference', 'Revert the price when the user cancels (#12)\n\nCloses #11'],
  ['a rollback plan', 'Add a cart\n\n## Rollback Plan\n\nRevert #12 and run the migration down.'],
  ['a rollback plan in a line', 'Add a cart\n\nRollback plan: revert #12'],
  ['to an older version', 'build: revert the parser to 3f1c9a7be2d04c58a6b1e0f97d2c4b5a6e7f8091'],
  ['a changelist of elsewhere', 'Reverts changelist 554885148'],
  ['a number that is a version', 'Roll back terser to 5.29.2 (#12)'],
  [
    'the history of a branch',
    `Show totals (#31)\n\n* Show totals\n\n* Revert "Show totals in red"\n\nThis reverts commit ${SHA}.\n\n* Fix tests`,
  ],
  [
    'a commit of the same squash',
    `Show totals (#31)\n\n* Add red (#3)\n\n* Revert "Add red (#3)"\n\nThis reverts commit ${SHA}.`,
  ],
  [
    'a merge that lists what it brings',
    'Merge branch \'main\' into cart\n\n* main: (12 commits)\n  Revert "Add a cart"\n  Add totals',
  ],
  ['a quoted mail', `Answer\n\n> This reverts commit ${SHA}.`],
  ['code', `Explain\n\n\`\`\`\nThis reverts commit ${SHA}.\n\`\`\``],
  [
    'release notes of a dependency',
    'Bump pricing from 1.2.0 to 1.3.0 (#12)\n\n<li>Revert obfuscation from 3f1c9a7.</li>',
  ],
  ['what other commits of a release did', 'v3.48.0 Release Notes (#12)\n\n- Revert #11 due to wrong totals'],
  ['a foreign pull request', 'Work around\n\nWe revert https://github.com/other/pricing/pull/12 here.'],
  ['a number of its own', 'undo (#12)'],
  ['a word in quotes', 'ci: Revert "setup-node" back to v3 (#12)'],
  ['a reland that names no revert', 'Reland "Add a cart" (#12)'],
  ['nothing at all', ''],
];

describe('names nothing', () => {
  test.each(NOTHING)('%s', (_, message) => {
    expect(named(message)).toEqual([]);
  });
});

describe('reverts of reverts', () => {
  test('only the outermost quote is undone', () => {
    const { targets } = readReverts('Revert "Revert "Add a cart (#30)" (#31)" (#32)');
    expect(targets.map(targetLiteral)).toEqual(['title:Revert "Add a cart (#30)" (#31)']);
    expect(targets[0]?.undoesRevert).toBe(true);
  });

  test('a reapply undoes the revert that its SHA names', () => {
    const { targets, relands } = readReverts(`Reapply "Add a cart" (#32)\n\nThis reverts commit ${SHA}.`);
    expect(targets.map(targetLiteral)).toEqual([SHA]);
    expect(targets[0]?.undoesRevert).toBe(true);
    expect(relands.flat().map(nameLiteral)).toEqual(['title:Add a cart']);
  });

  test('a reapply without it names what comes back', () => {
    const { targets, relands, isRevertLike } = readReverts('Reapply #30 (#32)');
    expect(targets).toEqual([]);
    expect(relands.flat().map(nameLiteral)).toEqual([30]);
    expect(isRevertLike).toBe(true);
  });
});

describe('what it cannot know', () => {
  test('a merged pull request titled by its one commit may undo a commit of a branch', () => {
    const { targets } = readReverts('Merge pull request #31 from kim/cleanup\n\nRevert "Add debug output"');
    expect(targets.map((target) => [targetLiteral(target), target.isSure])).toEqual([
      ['title:Add debug output', false],
    ]);
  });

  test('a squash may undo a commit of the trunk: left to history', () => {
    const { targets } = readReverts(
      `Show totals (#31)\n\n* Revert "Add a cart"\n\nThis reverts commit ${SHA}.\n\n* Fix`,
    );
    expect(targets.map((target) => [targetLiteral(target), target.isSure])).toEqual([[SHA, false]]);
  });

  test('a part is said to be one', () => {
    for (const message of [
      'Partially revert #30',
      `Partial revert of ${SHA}`,
      `Fix\n\nThis partially reverts #30.`,
      'Revert part of #30',
    ])
      expect(readReverts(message).targets.map((target) => target.partial)).toEqual([true]);
    expect(readReverts('Revert #30').targets[0]?.partial).toBe(false);
  });

  test('a revert that names nothing is still one', () => {
    expect(readReverts('chore(deps): Revert the upgrade (#31)')).toEqual({
      targets: [],
      relands: [],
      isRevertLike: true,
    });
    expect(readReverts('Add a cart (#31)').isRevertLike).toBe(false);
  });
});
