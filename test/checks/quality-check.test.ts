// What does a reviewer read on the quality check, in every situation, and does it stay within GitHub's limits?
import { describe, expect, test } from '@jest/globals';
import { bytesOf, verdictBlockSchema } from '../../src/checks/json-block.js';
import { type QualityContext, renderQualityNotOwed } from '../../src/checks/quality-check.js';
import { say } from '../../src/domain/message.js';
import { NOT_CORRECTED } from '../../src/domain/quality.js';
import type { Verdict } from '../../src/domain/verdict.js';
import { aDecision, aVerdict, traceVerdict } from '../builders/decision.js';
import {
  aHistory,
  aTally,
  judgeQuality,
  measured,
  NEW_REPOSITORY,
  type QualityCase,
  qualityCheck,
  REPORT_ONLY,
  SMALL,
  SMALL_FILES,
  settingsOf,
  TAX,
} from '../builders/quality.js';
import { aFile } from '../builders/snapshot.js';

/** Without the characters that only keep GitHub from linking, which no reader sees. */
const read = (markdown: string) => markdown.replace(/\u200b/g, '');
const summaryOf = (one: QualityCase, context: Partial<QualityContext> = {}) =>
  read(qualityCheck(one, context).summary);
const textOf = (one: QualityCase, context: Partial<QualityContext> = {}) =>
  read(qualityCheck(one, context).text);
const RUNNING: QualityCase = { ...SMALL, coverage: { kind: 'pending', why: 'checks-running' } };

describe('the summary', () => {
  test('blocked by delta, coverage and size', () => {
    const check = qualityCheck({ limits: { failBelow: -30, sizeFail: 800 } });
    expect(check.gate).toBe('failure');
    expect(read(check.summary)).toMatchInlineSnapshot(`
"**Author:** Add tests that run at least 19 more of the 39 untested new lines, first in \`src/billing/tax.ts\` (30) and \`src/api/orders.ts\` (9). Split this pull request by folder: \`src/billing/\` (632 lines) and \`src/api/\` (180 lines). Take what failed most here out of this pull request, into one of its own: \`src/billing/tax.ts\`.

- **✖ Blocked:** 61% of new lines tested (80% needed), delta −76 (+1) ([policy line 40](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L40)). 39 of 100 new lines are not run by a test. 722 lines added and 90 deleted, without generated and ignored files. Against what is usually merged here: history −45.4, size −22, coverage −8.5. The policy sets the limit (line 40). Coverage is measured by this head's own run, so it is the author's claim.

| Term | Here,&nbsp;and&nbsp;how&nbsp;it&nbsp;is&nbsp;known | Usual | Points | What&nbsp;would&nbsp;improve&nbsp;it |
| :-- | :-- | :-- | :-- | :-- |
| **History** | 6\\.4 % chance of revert, 5 times the usual<br><sub>4,210 merged changes, 52 failed, in 365 days; corrected ×1.4 by 812 outcomes here, last on 2026-11-14</sub> | 1\\.3 % | **−45.4**<br>\`▐████│░░░░░\` | Leave \`src/billing/tax.ts\` out, or change it alone. |
| **Size** | 812 lines in 4 files (top 6 %); limit 800<br><sub>diff: +722 −90; left out: 1 lockfile</sub> | about 46 lines | **−22**<br>\`░░░██│░░░░░\` | Split it, see below. |
| **Coverage** | 61 % of the patch (61 of 100 new lines); 80 % needed<br><sub>artifact \`coverage\` of this head's own run: the author's claim</sub> | 78 % (120 merged changes) | **−8.5**<br>\`░░░░█│░░░░░\` | Tests for 19 more lines reach 80 %. |
| **Delta** | limit −30<br><sub>from −100 to +100; 0 is the median merged change</sub> | 0 | **−76** | |

**Files with failed changes:**

- \`src/billing/tax.ts\`: 3 of 41 changes reverted, last 12 days ago: [#812](https://github.com/acme/shop/pull/812), [#790](https://github.com/acme/shop/pull/790), [#771](https://github.com/acme/shop/pull/771)

**What moves the chance** from the 1.6 % of a typical change here:

- raises it: 1,622 added lines outside tests, generated ones too: ×1.5 · the author's record, 2 of 31 failed: ×1.2 · new to 3 of 4 of these files: ×1.2

**Not tested:** 39 of 100 new lines ([run](https://github.com/acme/shop/actions/runs/4242))

- \`src/billing/tax.ts\`: 30 lines, at 12–31, 88–97
- \`src/api/orders.ts\`: 9 lines, at 7–15

**Project coverage:** 81.2 % → 80.9 %

**Could be split by folder:**

- \`src/billing/\`: 632 lines in 2 files
- \`src/api/\`: 180 lines in 2 files

**Record here**, merged changes that were taken back or led to an incident, with the 95 % interval:

- \`copilot\`: 2 of 31, 6.5 % (1.8 to 21 %)
- people: 40 of 3,120, 1.3 % (0.9 to 1.7 %)

The intervals do not overlap: this agent's changes failed more often than people's here."
`);
  });

  test('passed', () => {
    const check = qualityCheck(SMALL);
    expect(check.gate).toBe('success');
    expect(read(check.summary)).toMatchInlineSnapshot(`
"Nothing to do: every limit is kept.

| Term | Here,&nbsp;and&nbsp;how&nbsp;it&nbsp;is&nbsp;known | Usual | Points | What&nbsp;would&nbsp;improve&nbsp;it |
| :-- | :-- | :-- | :-- | :-- |
| **History** | 1\\.3 % chance of revert, about the usual<br><sub>4,210 merged changes, 52 failed, in 365 days; corrected ×1.4 by 812 outcomes here, last on 2026-11-14</sub> | 1\\.3 % | **+0.6**<br>\`░░░░░│▌░░░░\` | Nothing to do. |
| **Size** | 41 lines in 1 file (smallest 43 %)<br><sub>diff: +33 −8</sub> | about 46 lines | **+3.6**<br>\`░░░░░│▌░░░░\` | Nothing to do. |
| **Coverage** | 93 % of the patch (30 of 32 new lines)<br><sub>artifact \`coverage\` of this head's own run: the author's claim</sub> | 78 % (120 merged changes) | **+7.9**<br>\`░░░░░│█░░░░\` | Nothing to do. |
| **Delta** | <sub>from −100 to +100; 0 is the median merged change</sub> | 0 | **+12** | |

**What moves the chance** from the 1.6 % of a typical change here:

- lowers it: the title speaks of a fix: ×0.8 · knows this file: ×0.8

**Not tested:** 2 of 32 new lines ([run](https://github.com/acme/shop/actions/runs/4242))

- \`src/api/orders.ts\`: 2 lines, at 7–8

**Project coverage:** 81.2 % → 80.9 %

**Record here**, merged changes that were taken back or led to an incident, with the 95 % interval:

- \`devin\`: 1 of 64, 1.6 % (0.3 to 8.3 %)
- people: 40 of 3,120, 1.3 % (0.9 to 1.7 %)

Too few to tell: the intervals overlap."
`);
  });

  test('a new repository says what is known elsewhere and nothing of itself', () => {
    const check = qualityCheck({ ...REPORT_ONLY, history: NEW_REPOSITORY });
    expect(check.gate).toBe('success');
    expect(read(check.summary)).toMatchInlineSnapshot(`
"Nothing to do: the policy states no limit, this is only reported.

| Term | Here,&nbsp;and&nbsp;how&nbsp;it&nbsp;is&nbsp;known | Usual | Points | What&nbsp;would&nbsp;improve&nbsp;it |
| :-- | :-- | :-- | :-- | :-- |
| **History** | not known yet<br><sub>no merged changes known</sub> | about 1.2 % in public repositories | not counted | Merged changes, as they come. |
| **Size** | 41 lines in 1 file<br><sub>diff: +33 −8</sub> | not known yet | not counted | 20 more merged changes tell what is usual. |
| **Coverage** | not measured<br><sub>the policy names no report</sub> | – | not counted | The owner may name a coverage report in the policy. |
| **Delta** | <sub>from −100 to +100; 0 is the median merged change</sub> | 0 | not measured | |

**No history here yet:** public repositories revert about 1.2 % of changes. Figures of this repository follow with its merged changes."
`);
    expect(check.text).not.toMatch(/×|Factor/);
  });

  test('a handful of merged changes', () => {
    const repository = aTally(7, 1);
    const history = {
      ...NEW_REPOSITORY,
      sizes: [{ lines: 20, changes: 7 }],
      people: { changes: 7, failed: 1 },
      reading: { ...NEW_REPOSITORY.reading, repository },
    };
    expect(summaryOf({ ...REPORT_ONLY, history })).toMatchInlineSnapshot(`
"Nothing to do: the policy states no limit, this is only reported.

| Term | Here,&nbsp;and&nbsp;how&nbsp;it&nbsp;is&nbsp;known | Usual | Points | What&nbsp;would&nbsp;improve&nbsp;it |
| :-- | :-- | :-- | :-- | :-- |
| **History** | too few merged changes for a figure<br><sub>7 merged changes, 1 failed, in 365 days</sub> | about 1.2 % in public repositories | not counted | 20 merged changes make a first figure. |
| **Size** | 41 lines in 1 file<br><sub>diff: +33 −8</sub> | not known yet | not counted | 13 more merged changes tell what is usual. |
| **Coverage** | not measured<br><sub>the policy names no report</sub> | – | not counted | The owner may name a coverage report in the policy. |
| **Delta** | <sub>from −100 to +100; 0 is the median merged change</sub> | 0 | not measured | |

**Little history yet:** 7 merged changes known, too few for a figure. Public repositories revert about 1.2 % of changes.

**Record here**, merged changes that were taken back or led to an incident, with the 95 % interval:

- \`copilot\`: no merged change yet
- people: 1 of 7, 14 % (2.6 to 51 %)

Too few to tell: 20 merged changes of each are needed."
`);
  });

  test('history that was not read is said to be missing', () => {
    expect(summaryOf({ ...REPORT_ONLY, history: null })).toMatchInlineSnapshot(`
"Nothing to do: the policy states no limit, this is only reported.

| Term | Here,&nbsp;and&nbsp;how&nbsp;it&nbsp;is&nbsp;known | Usual | Points | What&nbsp;would&nbsp;improve&nbsp;it |
| :-- | :-- | :-- | :-- | :-- |
| **History** | not known yet<br><sub>no merged changes known</sub> | about 1.2 % in public repositories | not counted | Merged changes, as they come. |
| **Size** | 41 lines in 1 file<br><sub>diff: +33 −8</sub> | not known yet | not counted | 20 more merged changes tell what is usual. |
| **Coverage** | not measured<br><sub>the policy names no report</sub> | – | not counted | The owner may name a coverage report in the policy. |
| **Delta** | <sub>from −100 to +100; 0 is the median merged change</sub> | 0 | not measured | |

**No history here yet:** public repositories revert about 1.2 % of changes. Figures of this repository follow with its merged changes."
`);
  });

  test('history partly read', () => {
    const summary = summaryOf({
      ...SMALL,
      history: { ...SMALL.history, readDays: 41, correction: NOT_CORRECTED },
    });
    expect(summary).toContain('**History:** 41 of 365 days read. It is read in the background');
    expect(summary).toContain('41 of 365 days read so far; not corrected by outcomes here yet');
  });

  test('coverage on its way', () => {
    const check = qualityCheck(RUNNING);
    expect(check.gate).toBe('in_progress');
    expect(read(check.summary)).toMatchInlineSnapshot(`
"**Machine:** Finish the run that writes the artifact coverage.

This check updates by itself.

**Author:** Do not push, reopen or ask for a waiver.

- **◌ Running:** coverage is running ([policy line 40](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L40)). What tests run of this change is known once the run that writes the artifact coverage is done.

| Term | Here,&nbsp;and&nbsp;how&nbsp;it&nbsp;is&nbsp;known | Usual | Points | What&nbsp;would&nbsp;improve&nbsp;it |
| :-- | :-- | :-- | :-- | :-- |
| **History** | 1\\.3 % chance of revert, about the usual<br><sub>4,210 merged changes, 52 failed, in 365 days; corrected ×1.4 by 812 outcomes here, last on 2026-11-14</sub> | 1\\.3 % | **+0.6**<br>\`░░░░░│▌░░░░\` | Nothing to do. |
| **Size** | 41 lines in 1 file (smallest 43 %)<br><sub>diff: +33 −8</sub> | about 46 lines | **+3.6**<br>\`░░░░░│▌░░░░\` | Nothing to do. |
| **Coverage** | being measured<br><sub>artifact \`coverage\` of this head's own run: the author's claim</sub> | – | not counted | Nothing: it is on its way. |
| **Delta** | <sub>from −100 to +100; 0 is the median merged change</sub> | 0 | **+4**<br>without coverage | |

**What moves the chance** from the 1.6 % of a typical change here:

- lowers it: the title speaks of a fix: ×0.8 · knows this file: ×0.8

**Record here**, merged changes that were taken back or led to an incident, with the 95 % interval:

- \`devin\`: 1 of 64, 1.6 % (0.3 to 8.3 %)
- people: 40 of 3,120, 1.3 % (0.9 to 1.7 %)

Too few to tell: the intervals overlap."
`);
  });

  test.each<[string, QualityCase, string]>([
    [
      'missing',
      { ...SMALL, coverage: { kind: 'missing', why: 'no-report', detail: 'the artifact expired' } },
      'missing<br><sub>the artifact expired</sub> | – | not counted | A run on this head that uploads artifact `coverage`.',
    ],
    [
      'stale',
      { ...SMALL, coverage: { kind: 'missing', why: 'stale-report', detail: 'it is of 9f8e7d' } },
      'A run on this very head that uploads artifact `coverage`.',
    ],
    [
      'broken',
      { ...SMALL, coverage: { kind: 'missing', why: 'broken-report', detail: 'the XML ends early' } },
      'missing<br><sub>the XML ends early</sub> | – | not counted | A report in a format that is known',
    ],
    [
      'forbidden',
      { ...SMALL, coverage: { kind: 'missing', why: 'not-permitted', detail: 'HTTP 403' } },
      'An owner lets the app read artifacts: the permission `actions: read`.',
    ],
    ['not configured', REPORT_ONLY, 'not measured<br><sub>the policy names no report</sub>'],
    [
      'not needed, as only lines are taken away',
      { ...SMALL, files: [aFile('src/api/orders.ts', { additions: 0, deletions: 8, patch: null })] },
      'no lines added<br><sub>the diff</sub> | – | not counted | Nothing to do.',
    ],
    [
      'without executable lines',
      { ...SMALL, coverage: measured({ files: [] }) },
      'no executable lines added<br><sub>artifact `coverage`',
    ],
    [
      'of the default branch',
      { ...SMALL, settings: settingsOf({ coverage: { artifact: 'cov', run: 'default-branch' } }) },
      'artifact `cov` of a run that the default branch defines',
    ],
    [
      'of a project without merged changes to compare with',
      { ...SMALL, coverage: { ...SMALL.coverage, usual: null } },
      '| 81 % of the project |',
    ],
    [
      'with nothing but the policy to compare with',
      { ...SMALL, coverage: { ...SMALL.coverage, usual: null, base: null } },
      '| as the policy asks |',
    ],
    [
      'with nothing to compare with',
      { ...SMALL, coverage: { ...SMALL.coverage, usual: null, base: null }, limits: { patchMin: null } },
      '| not known yet | not counted | Tests for the lines below. |',
    ],
  ])('coverage %s', (_, one, row) => {
    expect(summaryOf(one)).toContain(row);
  });

  test('files that the report does not know are named', () => {
    const summary = summaryOf({
      ...SMALL,
      files: [...SMALL_FILES, aFile('src/api/new.ts', { additions: 120, deletions: 0, patch: null })],
      coverage: measured({ unmeasured: [{ path: 'src/api/new.ts', addedLines: 120 }] }),
    });
    expect(summary).toContain(
      '**Not in the report:** 1 file with 120 added lines, although it knows others of their kind. Their lines count nowhere.\n\n- `src/api/new.ts`: 120 added lines',
    );
  });

  test('observe mode blocks nothing and says what it would', () => {
    const check = qualityCheck({ mode: 'observe' });
    expect(check.gate).toBe('neutral');
    expect(check.summary).toMatch(
      /^Observe mode: nothing is blocked\. Were it enforced:\n\n\*\*Author:\*\* /,
    );
    expect(check.summary).toContain('- **✖ Would block:** ');
  });

  test('a pass with warnings asks for a closer look', () => {
    expect(summaryOf({ limits: { failBelow: null, patchMin: null } })).toMatch(
      /^Nothing has to be done, but take a closer look: the delta is below −20, more than 400 lines\. Look at `src\/billing\/tax\.ts` first: it failed before\.\n/,
    );
  });

  test('without any limit it is said to be a report', () => {
    expect(summaryOf({ ...REPORT_ONLY, history: SMALL.history })).toMatch(
      /^Nothing to do: the policy states no limit, this is only reported\.\n/,
    );
  });

  test('a correction at its bound says so', () => {
    const correction = { ...aHistory().correction, logOdds: Math.log(5), bounded: true };
    expect(summaryOf({ history: aHistory({ correction }) })).toContain(
      'corrected ×5.0 by 812 outcomes here, last on 2026-11-14, at its bound: the outcomes ask for more',
    );
  });

  test('a correction by no outcomes is none', () => {
    const correction = { ...aHistory().correction, logOdds: 0, changes: 0 };
    expect(summaryOf({ history: aHistory({ correction }) })).toContain('not corrected by outcomes here yet');
  });

  test('other pull requests with this head are linked', () => {
    expect(summaryOf(SMALL, { sharedWith: [914] })).toContain(
      '**Shared head:** [#914](https://github.com/acme/shop/pull/914) has the same head commit and this check.',
    );
    expect(summaryOf(SMALL, { sharedWith: [1, 2, 3, 4, 5, 6, 7] })).toContain(
      ' and 2 more have the same head',
    );
  });
});

describe('the files that failed before', () => {
  const linesOf = (...records: readonly (typeof TAX)[]) =>
    summaryOf({ history: aHistory({ riskyPaths: records }) })
      .split('\n')
      .filter((line) => /^- `src.*(revert|fail|fix|roll)/.test(line));

  test('with their failures, linked in this repository', () => {
    expect(linesOf(TAX)).toEqual([
      '- `src/billing/tax.ts`: 3 of 41 changes reverted, last 12 days ago: [#812](https://github.com/acme/shop/pull/812), [#790](https://github.com/acme/shop/pull/790), [#771](https://github.com/acme/shop/pull/771)',
    ]);
  });

  test('"reverted" only where it is known of all', () => {
    const [first, second] = TAX.failures;
    expect(linesOf({ ...TAX, failed: 9 })[0]).toMatch(/: 9 of 41 changes failed, .* and 6 earlier$/);
    expect(
      linesOf({ ...TAX, failed: 2, failures: [first!, { ...second!, outcome: 'incident' }] })[0],
    ).toMatch(/: 2 of 41 changes failed, last 12 days ago: \S+ \(reverted\), \S+ \(led to an incident\)$/);
  });

  test('a failure without pull request is named by its commit', () => {
    const [first] = TAX.failures;
    expect(linesOf({ ...TAX, failed: 1, failures: [{ ...first!, pullRequest: null }] })[0]).toMatch(
      /ago: \[`812a000`\]\(https:\/\/github\.com\/acme\/shop\/commit\/812a0+\)$/,
    );
    expect(
      linesOf({ ...TAX, failed: 1, failures: [{ ...first!, pullRequest: null, sha: '](x)' }] })[0],
    ).toMatch(/ago: `\]\(x\)`$/);
  });

  test.each([
    [0, 'last today:'],
    [-3, 'last today:'],
    [1, 'last yesterday:'],
    [99, 'last 99 days ago:'],
    [250, 'last on 2026-03-16:'],
    [20_778, 'last on 1970-01-01:'],
    [Number.NaN, 'last on an unknown day:'],
    [1e15, 'last on an unknown day:'],
  ])('%d days ago', (days, words) => {
    const failures = [{ ...TAX.failures[0]!, at: aHistory().at - days * 86_400 }];
    expect(linesOf({ ...TAX, failed: 1, failures })[0]).toContain(words);
  });

  test('without an address of the repository nothing is linked', () => {
    const summary = summaryOf({ limits: { failBelow: -30 } }, { repositoryUrl: null });
    expect(summary).toContain('ago: `#812`, `#790`, `#771`');
    expect(summary).not.toContain('](');
  });
});

describe("the agent's record", () => {
  const lastLines = (agent: { changes: number; failed: number }, people = { changes: 3120, failed: 40 }) =>
    summaryOf({ history: aHistory({ agent: { name: 'copilot', ...agent }, people }) })
      .split('**Record here**')[1]
      ?.split('\n')
      .slice(2) ?? [];

  test('too few changes are not compared', () => {
    expect(lastLines({ changes: 19, failed: 19 })).toEqual([
      '- `copilot`: 19 of 19, 100 % (83 to 100 %)',
      '- people: 40 of 3,120, 1.3 % (0.9 to 1.7 %)',
      '',
      'Too few to tell: 20 merged changes of each are needed.',
    ]);
    expect(lastLines({ changes: 100, failed: 90 }, { changes: 3, failed: 0 }).at(-1)).toMatch(/^Too few/);
  });

  test('intervals that overlap cannot be told apart', () => {
    expect(lastLines({ changes: 31, failed: 1 }).at(-1)).toBe('Too few to tell: the intervals overlap.');
  });

  test('intervals that do not overlap can', () => {
    expect(lastLines({ changes: 200, failed: 30 }).at(-1)).toBe(
      "The intervals do not overlap: this agent's changes failed more often than people's here.",
    );
    expect(lastLines({ changes: 4000, failed: 2 }).at(-1)).toBe(
      "The intervals do not overlap: this agent's changes failed less often than people's here.",
    );
  });

  test('none yet', () => {
    expect(lastLines({ changes: 0, failed: 0 })[0]).toBe('- `copilot`: no merged change yet');
    expect(lastLines({ changes: 0, failed: 0 }, { changes: 0, failed: 0 })).toEqual([]);
  });

  test("a person's change has none", () => {
    expect(summaryOf({ history: aHistory({ agent: null }) })).not.toContain('Record here');
  });
});

describe('what the author is told', () => {
  const trace = traceVerdict();

  test('is the whole of the decision, in the same block as on the gate', () => {
    const { verdicts } = judgeQuality({});
    const decision = aDecision([trace, ...verdicts], { pullRequest: 913 });
    const text = textOf({}, { decision, verdicts });
    const block = verdictBlockSchema.parse(JSON.parse(/```json\n(.*)\n```$/.exec(text)![1]!));
    expect(block).toMatchObject({ pr: 913, next: 'author' });
    expect(block.items.map(({ rule }) => rule)).toEqual(['trace-link', 'quality-delta']);
  });

  test('no block where nothing is asked', () => {
    for (const one of [SMALL, RUNNING, { mode: 'observe' } as const]) {
      expect(textOf(one)).toMatch(/For agents: what to do next stands in the check `agent-policy`\.$/);
    }
  });

  test('nothing while a halt stands', () => {
    const { verdicts } = judgeQuality({});
    const halt = aVerdict({ rule: 'halt', state: 'fail', title: say`all agents are halted` });
    const check = qualityCheck({}, { decision: aDecision([halt, ...verdicts]), verdicts });
    expect(check.summary).toMatch(
      /^Something else comes first: see the check `agent-policy`\.\n\n\*\*Author:\*\* Do not push/,
    );
    expect(check.text).not.toContain('```json');
  });

  test('not to keep still here where the gate asks for a commit', () => {
    const { verdicts } = judgeQuality(RUNNING);
    expect(summaryOf(RUNNING)).toContain('Do not push');
    expect(summaryOf(RUNNING, { decision: aDecision([trace, ...verdicts]) })).not.toContain('Do not push');
  });
});

describe('annotations', () => {
  test('the longest runs first, at most 50, each once', () => {
    const uncovered = Array.from({ length: 70 }, (_, index) => ({
      start: 100 * index + 1,
      end: 100 * index + 1 + (index % 30),
      lines: 1 + (index % 30),
    }));
    const coverage = measured({
      files: [{ path: 'src/billing/tax.ts', covered: 0, executable: 2000, uncovered }],
    });
    const { verdicts } = judgeQuality({ coverage });
    const [verdict] = verdicts as readonly [Verdict];
    const twice = [verdict, { ...verdict, zone: 'money' }];
    const { annotations, text } = qualityCheck({ coverage }, { verdicts: twice });
    expect(annotations.length).toBe(50);
    const lengths = annotations.map(({ startLine, endLine }) => endLine - startLine);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
    expect(new Set(annotations.map(({ startLine }) => startLine)).size).toBe(50);
    expect(annotations[0]).toMatchObject({ path: 'src/billing/tax.ts', level: 'warning' });
    expect(verdict.annotations?.length).toBe(50);
    expect(text).not.toContain('Annotations left out');
  });
});

describe('the method note', () => {
  test('names weights, window, sample, label, correction and where the calibration stands', () => {
    expect(textOf(SMALL)).toMatchInlineSnapshot(`
"<details><summary>How the chance of 1.3 % comes about</summary>

A change that is typical in every term has 1.6 % here; each term multiplies its odds.

| Term | Here | Typical | Weight | Factor |
| :-- | :-- | :-- | --: | --: |
| record of the touched files | 0.7 times the rate here | 0.8 times the rate here | 0.12 | ×0.98 |
| record of their folders | 0.8 times the rate here | 0.9 times the rate here | 0.18 | ×0.99 |
| the author's record | 1.2 times the rate here | 0.7 times the rate here | 0.11 | ×1.08 |
| share of the files that are new to the author | 0 % | 40 % | 0.54 | ×0.81 |
| earlier changes per touched file | 20 | 15 | 0.13 | ×1.05 |
| added lines outside tests | 33 | 14 | 0.055 | ×1.07 |
| only settings, dependencies or CI files | no | 7 % of changes | 0.6 | ×0.96 |
| only documents | no | 7 % of changes | −0.94 | ×1.07 |
| title says temporary, disable, skip | no | 3 % of changes | 0.57 | ×0.98 |
| title says docs, format, version | no | 12 % of changes | −0.7 | ×1.09 |
| title says fix | yes | 23 % of changes | −0.34 | ×0.77 |
| title says refactor, clean up | no | 6 % of changes | −0.28 | ×1.02 |

</details>

<details><summary>Method and sources</summary>

- The delta compares this change with the median merged change of this repository, where every term gives 0 points. History gives at most ±50, 20 for each doubling of the chance; size ±25; coverage ±25. These shares are a choice, not a measurement.
- The label behind the chance is the revert. A defect that a later fix mends is not in it.
- Window: 365 days; a merged change counts half after 60 days. Each record is mixed with imagined changes at this repository's rate, 20 for a file or an author and 50 for a folder, so that one unlucky file condemns nothing.
- Read 2026-11-21 (UTC): 4,210 merged changes, 52 of them failed; 365 of 365 days. The author's record is that of devin.
- Correction: corrected ×1.4 by 812 outcomes here, last on 2026-11-14. It is worked out weekly from changes at least 14 days old, and never moves a chance by more than a factor of 5.
- Size leaves out lockfiles, snapshots, vendored and generated files, as the default branch names them, and what the policy ignores.
- Coverage is a team's standard: in the data behind the chance it predicts no reverts, so it has its own term.
- Calibration: replayed on twelve public repositories, each with weights fitted on the eleven others, the chance lay within the 95 % interval of what was observed in nine of ten groups. It ranks changes; it does not know whether one is correct. More in docs/quality.md of agent-policy.

</details>

For agents: what to do next stands in the check \`agent-policy\`."
`);
  });

  test('names the window and the half-life that the policy asks for', () => {
    const history = aHistory({ readDays: 180, wantedDays: 180, halfLifeDays: 30 });
    expect(textOf({ ...SMALL, history })).toContain(
      '- Window: 180 days; a merged change counts half after 30 days. ',
    );
  });

  test("adds the report's own notes", () => {
    const coverage = { ...SMALL.coverage, notes: ['3 paths of the report are not in the repository'] };
    expect(textOf({ ...SMALL, coverage })).toContain(
      '<summary>About the coverage report (1)</summary>\n\n- 3 paths of the report are not in the repository',
    );
  });
});

describe('nothing owed any more', () => {
  test('an exact revert', () => {
    const sha = '9f8e7d6c'.padEnd(40, '0');
    const check = renderQualityNotOwed(
      { kind: 'exact-revert', sha, pullRequest: 790 },
      'https://github.com/acme/shop',
    );
    expect(check).toMatchObject({
      name: 'agent-policy/quality-delta',
      gate: 'success',
      title: 'Passed: exact revert of #790, owes no quality delta',
      summary:
        'Nothing to do. This change undoes [#790](https://github.com/acme/shop/pull/790) line by line and nothing else, so it owes no quality delta.',
    });
    expect(renderQualityNotOwed({ kind: 'exact-revert', sha, pullRequest: null }, null)).toMatchObject({
      title: 'Passed: exact revert of 9f8e7d6, owes no quality delta',
      summary:
        'Nothing to do. This change undoes `9f8e7d6` line by line and nothing else, so it owes no quality delta.',
    });
  });

  test('a change that the policy asks none of', () => {
    expect(renderQualityNotOwed({ kind: 'not-asked' }, null)).toMatchObject({
      gate: 'success',
      title: 'Passed: this change owes no quality delta',
    });
  });
});

describe("GitHub's limits", () => {
  const path = (index: number) => `src/${`日`.repeat(300)}|\`${index}/${'x'.repeat(3000)}.ts`;

  test('hold whatever comes in', () => {
    const many = Array.from({ length: 400 }, (_, index) => path(index));
    const files = many.map((one) => aFile(one, { additions: 1e12, deletions: 1e12, patch: null }));
    const check = qualityCheck(
      {
        files,
        title: 'x'.repeat(100_000),
        history: aHistory({
          author: '@'.repeat(50_000),
          riskyPaths: many.slice(0, 5).map((one) => ({ ...TAX, path: one, failed: 1e9, changes: 1e12 })),
          agent: { name: '`'.repeat(9_000), changes: 1e15, failed: 1e14 },
        }),
        coverage: measured({
          files: many.map((one) => ({ path: one, covered: 1, executable: 1e12, uncovered: [] })),
          unmeasured: many.map((one) => ({ path: one, addedLines: 1e12 })),
          notes: Array.from({ length: 5_000 }, (_, index) => `${index}${'<'.repeat(2_000)}`),
        }),
      },
      { sharedWith: Array.from({ length: 3_000 }, (_, index) => index + 1) },
    );
    for (const text of [check.summary, check.text]) expect(bytesOf(text)).toBeLessThanOrEqual(65_535);
    expect(check.summary).toContain('| **Coverage** |');
    expect(check.text.match(/<details>/g)?.length).toBe(check.text.match(/<\/details>/g)?.length);
    expect(check.text).toMatch(/\n- and [\d,]+ more\n/);
    expect(check.title.length).toBeLessThanOrEqual(255);
  });

  test('hold for hundreds of verdicts', () => {
    const { verdicts } = judgeQuality({});
    const many = Array.from({ length: 600 }, (_, index) => ({
      ...verdicts[0]!,
      zone: `zone ${index}`,
      reason: say`${'&'.repeat(5_000)}`,
    }));
    const check = qualityCheck({}, { verdicts: many, decision: aDecision(many) });
    for (const text of [check.summary, check.text]) expect(bytesOf(text)).toBeLessThanOrEqual(65_535);
    expect(check.summary).toMatch(/\n- and \d+ more\n/);
    expect(check.summary).toContain('| **Delta** |');
  });
});
