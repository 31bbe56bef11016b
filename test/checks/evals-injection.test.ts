// Can a case, a category, a message or a name put anything live on the evals check? Judged by a GitHub-flavoured renderer.
import { describe, expect, test } from '@jest/globals';
import { say } from '../../src/domain/message.js';
import {
  aCase,
  evalsSettingsOf,
  FAILED,
  FINISHED,
  resultsOf,
  STATES,
  suiteFacts,
} from '../builders/evals.js';
import { evalsCheck, type SuiteCase } from '../builders/evals-check.js';
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
  '```',
  '\n```\n\n@octocat\n',
  '\n````````\n<b>x</b>',
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

const TAGS = /^\/?(p|strong|br|table|thead|tbody|tr|th|td|ul|li|a|code|pre|details|summary|span)$/;
const LINK =
  /^https:\/\/github\.com\/acme\/shop\/(pull\/\d+|actions\/runs\/\d+(#artifacts)?|blob\/HEAD\/\.github\/agent-policy\.yml(#L\d+)?)$/;

/** Each foreign field of a suite holds the text: ids, categories, tags, messages, tool, notes, names, globs, URLs. */
function hostileCase(text: string): SuiteCase {
  const runs = [FAILED.runs[0]!];
  const cases = ['failed', 'errored', 'skipped', 'passed'] as const;
  const hostile = resultsOf(
    cases.map((status, at) =>
      aCase(`${text}${at}`, {
        status,
        category: at === 1 ? text : `${text}-${at}`,
        tags: [text],
        message: text,
        failedBefore: at === 3,
      }),
    ),
    {
      tool: { name: text, version: text },
      suite: text,
      head: text,
      notes: [say`${text} came twice`],
    },
  );
  return {
    settings: evalsSettingsOf({
      source: { suite: text, workflow: text, artifact: text, inputs: { [text]: text } },
      demand: { zeroTolerance: [text, `${text}*`], requiredCategories: [`no${text}`] },
      zone: text,
      file: text,
    }),
    facts: suiteFacts({
      state: { ...FINISHED, url: text } as typeof FINISHED,
      results: [hostile],
      refusedPresses: [text],
      baseline: {
        ...suiteFacts().baseline!,
        results: resultsOf([aCase(`gone ${text}`), aCase(`${text}0`)], { runs: [...runs] }),
        url: text,
      },
    }),
  };
}

function expectDead(one: SuiteCase, text: string) {
  const check = evalsCheck([one, { ...one, mode: 'observe' }]);
  expect(check.title).not.toMatch(/[\n\u202e]/);
  for (const markdown of [check.summary, check.text]) {
    const html = renderGitHubMarkdown(markdown);
    expect([text, tagsOf(html).filter((tag) => !TAGS.test(tag))]).toEqual([text, []]);
    for (const [, href] of html.matchAll(/<a[^>]*href="([^"]*)"/g)) expect(href).toMatch(LINK);
    expect([text, liveTextOf(html)]).toEqual([text, []]);
    expect(count(tagsOf(html), 'details')).toBe(count(tagsOf(html), '/details'));
  }
}

const count = (all: readonly string[], one: string) => all.filter((each) => each === one).length;

describe('a suite whose every foreign field holds', () => {
  test.each(HOSTILE.map((text) => [text]))('%j', (text) => {
    expectDead(hostileCase(text), text);
  });

  test.each(HOSTILE.map((text) => [text]))('%j, without results', (text) => {
    const { settings } = hostileCase(text);
    const state = { ...STATES['no workflow']!, why: text, url: text } as (typeof STATES)[string];
    expectDead({ settings: settings!, facts: suiteFacts({ state }) }, text);
  });
});

test('every table keeps its columns, whatever a case is called', () => {
  for (const text of HOSTILE) {
    const html = renderGitHubMarkdown(evalsCheck([hostileCase(text)]).summary);
    const widths = [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(
      ([, row]) => [...row!.matchAll(/<t[hd][ >]/g)].length,
    );
    expect([text, widths.filter((width) => width !== 5 && width !== 3)]).toEqual([text, []]);
  }
});

test('the block of harness lines ends where it should', () => {
  for (const text of HOSTILE) {
    const html = renderGitHubMarkdown(evalsCheck([hostileCase(text)]).text);
    const printed = /<pre><code class="language-text">([\s\S]*?)<\/code><\/pre>/.exec(html)?.[1] ?? '';
    expect([text, /Threshold: 97\.0% {3}FAIL/.test(printed)]).toEqual([text, true]);
  }
});

test('the block for agents is JSON and the only one, whatever a case says', () => {
  for (const text of HOSTILE) {
    const blocks = [...evalsCheck([hostileCase(text)]).text.matchAll(/^```json\n(.*)\n```$/gm)];
    expect([text, blocks.length]).toEqual([text, 1]);
    expect(() => JSON.parse(blocks[0]![1]!)).not.toThrow();
  }
});
