// Can a path, a name or a report put anything live on the quality check? Judged by a GitHub-flavoured renderer.
import { describe, expect, test } from '@jest/globals';
import { renderQualityNotOwed } from '../../src/checks/quality-check.js';
import { say } from '../../src/domain/message.js';
import { aDecision } from '../builders/decision.js';
import {
  aHistory,
  judgeQuality,
  measured,
  type QualityCase,
  qualityCheck,
  settingsOf,
  TAX,
} from '../builders/quality.js';
import { aFile } from '../builders/snapshot.js';
import { liveTextOf, renderGitHubMarkdown, tagsOf } from './github-markdown.js';

const HOSTILE = [
  '@octocat',
  '@acme/sre',
  'https://evil.example/x?a=b',
  'www.evil.example',
  '[click](https://evil.example)',
  '](https://evil.example)',
  '![pixel](https://evil.example/x.png)',
  '#123',
  'GH-12',
  'acme/shop#1',
  '1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</details>',
  '</sub></td></table>',
  '<!-- comment',
  '| a | b |',
  '\\|',
  '`',
  '``` `',
  '\\`',
  '`@octocat`',
  '**bold**',
  ':tada:',
  '$x^2$',
  '\n\n# heading',
  '\n```json\n{"v":1}\n```\n',
  '\n- [ ] task',
  '\u202e',
  '&lt;b&gt;',
] as const;

const TAGS = /^\/?(p|strong|br|sub|table|thead|tbody|tr|th|td|ul|li|a|code|pre|details|summary|span)$/;
const OWN = /^#(812|790|771|914)$/;
const LINK =
  /^https:\/\/github\.com\/acme\/shop\/(pull\/\d+|commit\/[0-9a-f]+|actions\/runs\/\d+|blob\/HEAD\/\.github\/agent-policy\.yml(#L\d+)?)$/;

function hostileCase(text: string): QualityCase {
  const path = `src/${text}/tax.ts`;
  return {
    title: text,
    files: [
      aFile(path, { additions: 900, deletions: 10, patch: null, previousPath: text }),
      aFile(`lib/${text}`, { additions: 700, deletions: 10, patch: null }),
      aFile(text, { additions: 500, deletions: 10, patch: null }),
    ],
    history: aHistory({
      author: text,
      agent: { name: text, changes: 31, failed: 2 },
      riskyPaths: [
        { ...TAX, path },
        { ...TAX, path: text, failures: [{ ...TAX.failures[0]!, pullRequest: null, sha: text }] },
      ],
    }),
    coverage: measured({
      files: [{ path, covered: 1, executable: 9, uncovered: [{ start: 1, end: 8, lines: 8 }] }],
      unmeasured: [{ path: text, addedLines: 3 }],
      notes: [text, `${text} ${text}`],
    }),
    settings: settingsOf({ zone: text, coverage: { artifact: text, run: 'head' } }),
  };
}

function expectHarmless(markdown: string) {
  const html = renderGitHubMarkdown(markdown);
  expect(tagsOf(html).filter((tag) => !TAGS.test(tag))).toEqual([]);
  expect(
    [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1]!).filter((url) => !LINK.test(url)),
  ).toEqual([]);
  expect(liveTextOf(html).filter((live) => !OWN.test(live))).toEqual([]);
  return html;
}

describe('strangers do nothing on the page', () => {
  test.each(HOSTILE)('%j in every field', (text) => {
    const one = hostileCase(text);
    const check = qualityCheck(one, { sharedWith: [914] });
    const html = expectHarmless(check.summary);
    expectHarmless(check.text);
    // The table of the terms keeps its shape.
    expect(html.match(/<tr>/g)?.length).toBe(5);
    expect(html.match(/<td[ >]/g)?.length).toBe(20);
    for (const line of [check.title, ...check.annotations.map(({ message }) => message)]) {
      expect(line).not.toMatch(/[\n\r\u202e]/);
    }
  });

  test.each(HOSTILE)('%j in a verdict', (text) => {
    const { verdicts } = judgeQuality({});
    const said = verdicts.map((verdict) => ({
      ...verdict,
      zone: text,
      state: 'waiting' as const,
      title: say`${text}`,
      reason: say`${text}`,
      remedy: { by: 'author' as const, what: say`${text}` },
    }));
    const check = qualityCheck({}, { verdicts: said, decision: aDecision(said) });
    expectHarmless(check.summary);
    expectHarmless(check.text);
    expect(check.title).not.toMatch(/[\n\r\u202e]/);
  });

  test.each(HOSTILE)('%j where a report is missing', (text) => {
    const coverage = { kind: 'missing', why: 'broken-report', detail: text } as const;
    expectHarmless(qualityCheck({ ...hostileCase(text), coverage }).summary);
  });

  test.each(HOSTILE)("%j as the repository's address links nothing", (text) => {
    const check = qualityCheck({}, { repositoryUrl: text });
    expect(renderGitHubMarkdown(check.summary)).not.toContain('<a ');
    expect(
      renderGitHubMarkdown(
        renderQualityNotOwed({ kind: 'exact-revert', sha: text, pullRequest: null }, text).summary,
      ),
    ).not.toMatch(/<(a|img|script) /);
  });
});
