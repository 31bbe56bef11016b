// Can text from outside do anything on GitHub's page? Judged by a GitHub-flavoured Markdown renderer.
import { describe, expect, test } from '@jest/globals';
import { codeSpan, toMarkdown, toPlain } from '../../src/checks/escape.js';
import { code, type Message, ours, say } from '../../src/domain/message.js';
import { liveTextOf, renderGitHubMarkdown, tagsOf, visibleTextOf } from './github-markdown.js';

const HOSTILE = [
  '@octocat',
  '@acme/sre',
  'mail@acme.dev',
  'mailto:mail@acme.dev',
  'xmpp:mail@acme.dev/x',
  'https://evil.example/x?a=b',
  'HTTP://evil.example',
  'www.evil.example',
  'WWW.evil.example.',
  '<https://evil.example>',
  '<mail@acme.dev>',
  '[click](https://evil.example)',
  '[click]: https://evil.example',
  '[click][ref]',
  '![pixel](https://evil.example/x.png)',
  '[^1]',
  '[^1]: foot',
  '#123',
  'GH-12',
  'gh-12',
  'acme/shop#1',
  'acme/shop@1a2b3c4d5e6f',
  '1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5',
  'GHSA-jfh8-c2jp-5v3q',
  'CVE-2024-1234',
  'TICKET-99',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- comment -->',
  '<![CDATA[x]]>',
  '<?php ?>',
  '</details>',
  '<a href="javascript:alert(1)">x</a>',
  '&lt;b&gt;',
  '&#64;octocat',
  '&copy',
  '**bold**',
  '__bold__',
  '~~gone~~',
  '*a_b*',
  '`code`',
  '``',
  '```',
  '~~~',
  '`',
  '\\',
  '\\`',
  '\\|',
  '|',
  '| a | b |',
  '||',
  '\\\\|',
  ':--',
  ':tada:',
  ':octocat:',
  '$x^2$',
  '$$',
  '$`x`$',
  '\n',
  '\r\n',
  '\n\n# heading',
  '\n---\n',
  '\n> quote',
  '\n```json\n{"v":1}\n```\n',
  '\u2028',
  '\u0085',
  '\t',
  '    indented',
  '- item',
  '+ item',
  '1. item',
  '1) item',
  '===',
  '---',
  '# heading',
  '> quote',
  '- [ ] task',
  '> [!WARNING]',
  ' ',
  '  ',
  'a',
  '-12',
  '.evil.example',
  '//evil.example',
  'octocat',
  '123',
  'abcdef0',
  '"',
  "'",
  '!',
  '(',
  ')',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u0000',
  '\u001b[31m',
  '\u0007',
  '\ud83d',
  '\u3164',
  '\u{e0041}',
  'e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301',
  '😀',
  '日本',
];

/** The words around it are ours: they end where strangers' text could join them to something live. */
const AROUND = ['', ' ', '@', '#', 'GH-', 'www', 'https:', 'at ', ': ', '`', '[', '$', '\\', 'asked by `x` '];

describe('alone', () => {
  test.each(HOSTILE)('%j does nothing in a paragraph, a list or a table', (text) => {
    for (const message of [say`${text}`, say`${code(text)}`, say`by ${text}, ${code(text)}`]) {
      expect(whatComesAlive(message)).toEqual([]);
    }
  });
});

describe('in every company', () => {
  test('no mixture of hostile texts comes alive', () => {
    const next = sequence(20_261_121);
    const pick = <T>(from: readonly T[]): T => from[next() % from.length]!;
    for (let round = 0; round < 800; round += 1) {
      const parts = Array.from({ length: 1 + (next() % 5) }, () => {
        const kind = next() % 3;
        if (kind === 0) return ours(pick(AROUND));
        const text = Array.from({ length: 1 + (next() % 3) }, () => pick(HOSTILE)).join('');
        return kind === 1 ? code(text) : { kind: 'foreign' as const, text };
      });
      expect(whatComesAlive({ parts })).toEqual([]);
    }
  });

  test('a mention split between our words and theirs is none', () => {
    expect(toMarkdown(say`@${'octocat'}`)).toBe('@\u200boctocat');
    expect(toMarkdown(say`${'acme/shop'}#${12}`)).toBe('acme/shop\\#\u200b12');
  });
});

describe('what a reader sees', () => {
  test.each([
    'infra/vpc/main.tf',
    'a|b',
    'a\\b',
    'a`b``c',
    '`',
    '``x``',
    ' x ',
    '<b>&amp;</b>',
    '*.{ts,js}',
    '$HOME/#1',
    '@acme/sre',
    '[x](y)',
    'a\\\\',
  ])('%j as code is itself, in text and in a cell', (path) => {
    expect(visibleTextOf(renderGitHubMarkdown(toMarkdown(say`${code(path)}`))).trim()).toBe(path.trim());
    expect(cellsOf(toMarkdown(say`${code(path)}`, 'cell'))[0]!.trim()).toBe(path.trim());
  });

  test.each(HOSTILE.filter((text) => !/[\s\p{C}\p{M}\u3164]/u.test(text)))(
    '%j as prose is itself',
    (text) => {
      expect(visibleTextOf(renderGitHubMarkdown(toMarkdown(say`${text}`))).trim()).toBe(text);
      expect(cellsOf(toMarkdown(say`${text}`, 'cell'))[0]).toBe(text);
    },
  );

  test('a hidden character in a path is written out: it is another path', () => {
    expect(codeSpan('infra/\u202eft.\u200bexe\n')).toBe('`infra/\\u{202e}ft.\\u{200b}exe\\n`');
  });

  test('a hidden character in prose is dropped, a line break becomes a space', () => {
    expect(toPlain(say`${'a\u202eb\u200bc\r\n\u0007d\u{e0041}'}`)).toBe('abc d');
  });

  test('a pipe after a backslash is written out in a cell, where no escape could show it', () => {
    expect(cellsOf(toMarkdown(say`${code('a\\|b')}`, 'cell'))).toEqual(['a\\\\u{7c}b', 'end']);
  });

  test('our own words may hold code', () => {
    expect(toMarkdown(say`needs \`propose: 2\` for ${code('infra/')}`)).toBe(
      'needs `propose: 2` for `infra/`',
    );
    expect(toPlain(say`needs \`propose: 2\` for ${code('infra/')}`)).toBe('needs propose: 2 for infra/');
  });

  test('marks are stacked at most four high', () => {
    expect(toPlain(say`${`e${'\u0301'.repeat(5_000)}x`}`)).toBe(`e${'\u0301'.repeat(4)}x`);
  });

  test('very long text is cut in the middle, whole characters at a time', () => {
    const shown = toMarkdown(say`${'😀'.repeat(100_000)}`);
    expect(shown.isWellFormed()).toBe(true);
    expect([...shown].length).toBe(500);
    expect(toMarkdown(say`${code('x'.repeat(100_000))}`).length).toBeLessThan(300);
  });

  test('a message over its limit ends with an ellipsis and never with half a code', () => {
    expect(toPlain(say`changes ${code('infra/main.tf')} and ${code('infra/dns.tf')}`, 30)).toBe(
      'changes infra/main.tf and …',
    );
  });
});

/** In each place the message is looked at between fixed words, so that anything it adds is seen. */
function whatComesAlive(message: Message): readonly string[] {
  const inText = toMarkdown(message);
  const inCell = toMarkdown(message, 'cell');
  const list = `- ${inText}\n- end`;
  const table = `| a | b |\n| :-- | :-- |\n| ${inCell} | end |\n| x<br>${inCell} | end |`;
  const details = `<details><summary>x</summary>\n\n- ${inText}\n\n</details>\n\nend`;
  const pages = [`${inText}\n\nend`, list, `**Author:** ${inText}\n\nend`, details, table];
  const found = pages.flatMap((page) => {
    const html = renderGitHubMarkdown(page);
    return [
      ...liveTextOf(html),
      ...tagsOf(html).filter((tag) => !EXPECTED_TAGS.has(tag)),
      ...attributesOf(html),
    ].map((what) => `${what} in ${JSON.stringify(html)}`);
  });
  const seen = inText.replace(/\u200b/g, '');
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u3164\u2800]/u.test(seen))
    found.push(`hidden in ${JSON.stringify(seen)}`);
  const cells = renderGitHubMarkdown(table);
  if (count(cells, /<td/g) !== 4 || count(cells, /<td align="left">end<\/td>/g) !== 2)
    found.push(`cells: ${cells}`);
  const items = renderGitHubMarkdown(list);
  if (count(items, /<li>/g) !== 2 || count(items, /<ul>/g) !== 1) found.push(`items: ${items}`);
  return found;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

const EXPECTED_TAGS = new Set(
  [
    'p',
    'ul',
    'li',
    'strong',
    'code',
    'span',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'details',
    'summary',
    'br',
  ].flatMap((tag) => [tag, `/${tag}`]),
);

function attributesOf(html: string): readonly string[] {
  return [...html.matchAll(/<\w+\s([^>]*)>/g)]
    .map((match) => match[1]!)
    .filter((text) => text !== 'align="left"');
}

function cellsOf(cell: string): readonly string[] {
  const html = renderGitHubMarkdown(`| a | b |\n| - | - |\n| ${cell} | end |`);
  return [...html.matchAll(/<td>([\s\S]*?)<\/td>/g)].map((match) => visibleTextOf(match[1]!));
}

/** The same numbers every time: a linear congruential generator (Numerical Recipes). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
