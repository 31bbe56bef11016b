// Can an agent read what it should do, and can nothing break out of the block?
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  bytesOf,
  fenceVerdictBlock,
  nextOf,
  verdictBlock,
  verdictBlockSchema,
  verdictJsonSchema,
} from '../../src/checks/json-block.js';
import { code, say } from '../../src/domain/message.js';
import {
  aDecision,
  aLayer,
  approvalsVerdict,
  NO_ORGANIZATION,
  READ,
  SITUATIONS,
  tierVerdict,
  traceVerdict,
} from '../builders/decision.js';
import { renderGitHubMarkdown } from './github-markdown.js';

const byWhom = (by: 'author' | 'person' | 'owner' | 'machine') => ({ by, what: say`Do it.` });

describe('who is next', () => {
  test('a person, once the only rules the author could repair have failed on three heads', () => {
    const stuck = (...rules: readonly string[]) =>
      nextOf({ ...aDecision([traceVerdict(), tierVerdict()]), stuck: rules });
    expect(stuck()).toBe('author');
    expect(stuck('trace-link')).toBe('author');
    expect(stuck('trace-link', 'permission-tier')).toBe('person');
  });

  test.each([
    ['nobody when all pass', [READ], 'none'],
    ['the author when they can repair something', [approvalsVerdict(), traceVerdict()], 'author'],
    ['a person when only an approval is missing', [approvalsVerdict()], 'person'],
    ['a person when the owner acts', [traceVerdict({ remedy: byWhom('owner') })], 'person'],
    ['a machine when one works', [traceVerdict({ state: 'pending', remedy: byWhom('machine') })], 'machine'],
    [
      'a machine when one works and says no more',
      [traceVerdict({ state: 'pending', remedy: null })],
      'machine',
    ],
    ['nobody when nothing lifts it', [tierVerdict({ remedy: null })], 'none'],
    ['nobody in observe mode', [traceVerdict({ mode: 'observe' })], 'none'],
    [
      'a person and not the author while only an observed rule is the author’s',
      [traceVerdict({ mode: 'observe' }), approvalsVerdict()],
      'person',
    ],
    [
      'a person while it is only not known here whether the author gave the link',
      [traceVerdict({ state: 'waiting', notKnown: true }), approvalsVerdict()],
      'person',
    ],
    [
      'the author when all that may be missing is what only they can give',
      [traceVerdict({ state: 'waiting', notKnown: true })],
      'author',
    ],
  ] as const)('%s', (_name, verdicts, next) => {
    expect(nextOf(aDecision(verdicts))).toBe(next);
  });

  test('a halt or a broken policy is a person’s, whatever the author could repair', () => {
    expect([nextOf(SITUATIONS.halted), nextOf(SITUATIONS.brokenPolicy)]).toEqual(['person', 'person']);
  });
});

describe('the block', () => {
  test('names head, policy and what is not met, the most severe first', () => {
    expect(verdictBlock(aDecision([READ, approvalsVerdict(), traceVerdict()]), 812)).toEqual({
      v: 1,
      pr: 812,
      head: '1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5',
      policy: { sha: 'c0ffee1234567890c0ffee1234567890c0ffee12' },
      next: 'author',
      items: [
        {
          rule: 'trace-link',
          layer: 'repository',
          line: 21,
          by: 'author',
          do: 'Add a commit with the trailer Agent-Trace: https://… that links to the session.',
        },
        {
          rule: 'human-approvals',
          layer: 'repository',
          line: 8,
          by: 'person',
          do: '@acme/sre: review 1a2b3c4.',
        },
      ],
    });
  });

  test('marks what a clone cannot tell, and not what GitHub is still asked for', () => {
    const { items } = verdictBlock(
      aDecision([
        traceVerdict({ state: 'waiting', notKnown: true }),
        tierVerdict({ state: 'pending', notKnown: true }),
        approvalsVerdict(),
      ]),
      null,
    );
    expect(Object.fromEntries(items.map(({ rule, notKnown }) => [rule, notKnown]))).toEqual({
      'trace-link': true,
      'permission-tier': undefined,
      'human-approvals': undefined,
    });
  });

  test('names the organisation’s policy where the repository has none', () => {
    const absent = aLayer({ status: { kind: 'absent' }, sha: null });
    const organization = aLayer({ layer: 'organization', sha: 'beef' });
    const shaWith = (...layers: (typeof absent)[]) =>
      verdictBlock(aDecision([], { layers }), null).policy.sha;
    expect(shaWith(organization, absent)).toBe('beef');
    expect(shaWith(NO_ORGANIZATION, absent)).toBeNull();
  });

  test.each(Object.entries(SITUATIONS))('%s fits the published schema', (_name, decision) => {
    const validate = new Ajv2020({ strict: true }).compile(verdictJsonSchema());
    const block = verdictBlock(decision, decision.pullRequest);
    expect([validate(JSON.parse(JSON.stringify(block))), validate.errors]).toEqual([true, null]);
    expect(verdictBlockSchema.parse(block)).toEqual(block);
  });

  test('what the command line adds fits the published schema too', () => {
    const validate = new Ajv2020({ strict: true }).compile(verdictJsonSchema());
    expect(validate({ ...verdictBlock(SITUATIONS.twoRulesBroken, null), gate: 'failure' })).toBe(true);
  });

  test('the published schema refuses what is none of it', () => {
    const validate = new Ajv2020({ strict: true }).compile(verdictJsonSchema());
    const block = verdictBlock(SITUATIONS.twoRulesBroken, 1);
    expect(validate({ ...block, next: 'everyone' })).toBe(false);
    expect(validate({ ...block, extra: 1 })).toBe(false);
    expect(validate({ ...block, v: 2 })).toBe(false);
  });
});

describe('the fence', () => {
  const contentOf = (fenced: string) => /^```json\n([^\n]*)\n```$/.exec(fenced)?.[1] ?? 'no fence';
  const evil = 'x\n```\n</details><img src=x onerror=alert(1)> @octocat \u2028 ~~~ " \\ \u0000 \ud83d';

  test('nothing in it closes it, and what it says survives', () => {
    const decision = aDecision(
      [traceVerdict({ remedy: { by: 'author', what: say`${evil} ${code(evil)}` } })],
      { headSha: evil },
    );
    const block = verdictBlock(decision, 1);
    const fenced = fenceVerdictBlock(block, 10_000);
    expect(JSON.parse(contentOf(fenced))).toEqual(JSON.parse(JSON.stringify(block)));
    expect(contentOf(fenced)).not.toMatch(/[`<>]/);
    const html = renderGitHubMarkdown(`For agents:\n\n${fenced}\n\nend`);
    expect(html).toMatch(
      /^<p>For agents:<\/p>\n<pre><code class="language-json">[^<]*<\/code><\/pre>\n<p>end<\/p>$/,
    );
  });

  test('too many items: whole ones, and how many were left out', () => {
    const decision = aDecision(Array.from({ length: 2_000 }, () => traceVerdict()));
    const fenced = fenceVerdictBlock(verdictBlock(decision, 1), 24_000);
    const parsed = verdictBlockSchema.parse(JSON.parse(contentOf(fenced)));
    expect(bytesOf(fenced)).toBeLessThanOrEqual(24_000);
    expect(bytesOf(fenced)).toBeGreaterThan(20_000);
    expect(parsed.items.length + (parsed.more ?? 0)).toBe(2_000);
    expect(parsed.next).toBe('author');
  });
});
