// Does a megabyte of malice cost more than its length?
import { expect, test } from '@jest/globals';
import { classifySource } from '../../src/agents/classify.js';
import { options, source } from './catalogue-on-disk.js';

const SIZE = 1_000_000;

test.each([
  'a',
  ' ',
  '\n',
  'a\n',
  '\r\n',
  '`',
  '`a ',
  '```\n',
  '<!--',
  '<!-- -->',
  '<',
  '<a ',
  '<blockquote>',
  '<pre></pre>',
  '> ',
  'https://',
  'https://claude.ai/code/session_',
  'https://cursor.com/agents?a=b&',
  'Co-authored-by: a <b@c>\n',
  'Assisted-by: a a',
  '* a\n\n',
  '---\n',
  '<!-- CURSOR_SUMMARY -->',
  '<!-- CURSOR_SUMMARY --><!-- /CURSOR_SUMMARY -->',
  '## Summary by CodeRabbit\n',
  'Reverts a/b#1\n',
  'PR created automatically by Jules for task started by ',
  '🤖',
  'claude-',
  'a/-01',
])('%j repeated is judged in well under a second', (unit) => {
  const text = unit.repeat(Math.ceil(SIZE / unit.length));
  const example = {
    title: `Revert "${text}"`,
    opener: `${text}[bot]`,
    branch: `claude/${text}`,
    body: text,
    author: `${text} <${text}@users.noreply.github.com>`,
    message: `Subject\n\n${text}`,
  };
  const start = performance.now();
  expect(classifySource(source(example), options()).finding.authorship).toMatch(/^[a-z]+$/);
  // Wide of the 20 to 130 ms it takes, and far below what one bad pattern would take.
  expect(performance.now() - start).toBeLessThan(2_000);
});
