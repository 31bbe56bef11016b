// Does the demo's page show what was sent, and nothing that a stranger could bring along?
import { describe, expect, test } from '@jest/globals';
import { renderGate } from '../../src/checks/gate-check.js';
import type { RenderedCheck } from '../../src/domain/check-run.js';
import { SITUATIONS } from '../builders/decision.js';
import { tagsOf } from '../checks/github-markdown.js';
import { type PageFacts, renderMarkdown, renderPage } from './page.js';

const FACTS: PageFacts = {
  repository: 'acme/shop',
  number: 812,
  title: 'Add a NAT gateway',
  author: 'Copilot',
  authorIsBot: true,
  state: 'open',
  baseRef: 'main',
  headRef: 'copilot/nat-gateway',
  headSha: '1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5',
  commits: 1,
  labels: ['agent:copilot'],
  files: [{ path: 'infra/vpc/main.tf', additions: 3, deletions: 1 }],
};

const CONTEXT = { pullRequest: 812, siblings: [], repositoryUrl: 'https://github.com/acme/shop' };
const checkOf = (name: keyof typeof SITUATIONS) => renderGate(SITUATIONS[name], CONTEXT);

describe('the page', () => {
  test('shows each check with its table, its folded details and its title', () => {
    const html = renderPage({
      pullRequest: FACTS,
      checks: [checkOf('twoRulesBroken')],
      timeline: [{ event: 'Copilot opened this pull request', check: checkOf('approvalsMissing') }],
    });
    expect(html).toContain('<h2>Blocked: no trace link (+1)</h2>');
    expect(html).toContain('<details><summary>How we know who wrote it (1)</summary>');
    expect(html).toContain('Merging is blocked');
    expect(html).toContain('Copilot opened this pull request');
    expect(html.match(/<table>/g)?.length).toBe(2);
    expect(html).not.toContain('&lt;');
  });

  test.each([
    ['approved', 'All checks have passed'],
    ['observed', 'All checks have passed'],
    ['approvalsMissing', 'Merging is blocked'],
    ['running', 'Merging is blocked'],
  ] as const)('%s: GitHub would say "%s"', (name, headline) => {
    expect(renderPage({ pullRequest: FACTS, checks: [checkOf(name)], timeline: [] })).toContain(headline);
  });

  test('loads nothing from elsewhere and runs nothing', () => {
    const html = renderPage({ pullRequest: FACTS, checks: [checkOf('brokenPolicy')], timeline: [] });
    expect(html).not.toMatch(/\b(src|srcset|action)=|<(script|link|img|iframe|form)|url\(|@import| on\w+=/);
    expect(html).toContain("default-src 'none'");
  });

  test('facts and checks made of markup stay text', () => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const check: RenderedCheck = {
      name: 'agent-policy',
      gate: 'failure',
      title: evil,
      summary: `${evil} [x](javascript:alert(1)) <details onclick="x"><summary>y</summary></details>`,
      text: evil,
      annotations: [{ path: evil, startLine: 1, endLine: 1, level: 'failure', message: evil }],
      actions: [{ label: evil, description: evil, identifier: 'recheck' }],
    };
    const html = renderPage({
      pullRequest: {
        ...FACTS,
        repository: `${evil}/${evil}`,
        title: evil,
        author: evil,
        baseRef: evil,
        headRef: evil,
        labels: [evil],
        files: [{ path: evil, additions: 1, deletions: 0 }],
      },
      checks: [check],
      timeline: [{ event: evil, check }],
    });
    expect(tagsOf(html).filter((tag) => /script|img/.test(tag))).toEqual([]);
    // What stands in quotes cannot leave them: their own are written as entities.
    expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+=/);
    expect(html).not.toContain('href="javascript');
  });
});

test('of our own markup only folded details and line breaks are live', () => {
  expect(renderMarkdown('<details open><summary>x</summary>\n\na<br>b <b>c</b>\n\n</details>')).toBe(
    '<details open><summary>x</summary>\n<p>a<br>b &lt;b&gt;c&lt;/b&gt;</p>\n</details>',
  );
});
