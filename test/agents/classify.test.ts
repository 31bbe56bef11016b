// Who wrote it? The traps people and tools have set, and the ways evidence gets lost or forged.
import { describe, expect, test } from '@jest/globals';
import { customSignatures } from '../../src/agents/custom.js';
import { plain } from '../../src/domain/message.js';
import { NOTHING_REMEMBERED } from '../../src/domain/snapshot.js';
import { CATALOGUE, classify, options } from './catalogue-on-disk.js';

const SESSION = 'https://claude.ai/code/session_01Ab2Cd3Ef4Gh5Ij6Kl7Mn8P';
const DEVIN_RUN = 'https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef';
const MONA = 'Mona <mona@example.com>';

describe('a person is not an agent', () => {
  test.each([
    ['a person named Claude', { author: 'Claude Dupont <claude@example.fr>', opener: 'claude:User' }],
    [
      'a person named Devin with a personal branch prefix',
      { opener: 'devin:User', branch: 'devin/fix-login' },
    ],
    ['a person named Jules', { author: 'Jules <jules@example.com>', branch: 'jules/cleanup' }],
    ['a person named Charlie', { opener: 'charlie:User', branch: 'charlie/cleanup' }],
    ['the person behind the login claude', { author: 'claude <81847+claude@users.noreply.github.com>' }],
    ['the author of Aider', { author: 'Paul <paul@aider.chat>' }],
    ['staff of OpenHands', { author: 'Xin <xin@all-hands.dev>' }],
    ['staff of Anthropic', { author: 'Ash <ash@anthropic.com>' }],
    ['staff of OpenAI', { author: 'Sam <sam@openai.com>' }],
    ['staff of Cline', { author: 'Pat <pat@cline.bot>' }],
    ['staff of Anysphere', { author: 'Ari <ari@anysphere.co>' }],
    [
      'a co-author from an AI company',
      { author: MONA, message: 'Fix\n\nCo-authored-by: Ash <ash@anthropic.com>' },
    ],
    [
      "somebody's alias for an agent",
      { author: MONA, message: 'Fix\n\nCo-authored-by: Claude <mona.lisa+claude-code@example.com>' },
    ],
    [
      "a company's mailbox",
      { author: MONA, message: 'Fix\n\nCo-authored-by: Claude <svc-ci-claude@example.com>' },
    ],
    ['abbot', { opener: 'abbot:User' }],
    ['talbot', { opener: 'talbot:User' }],
    ['upodroid', { opener: 'upodroid:User' }],
    ['HonkingGoose', { opener: 'HonkingGoose:User' }],
    ['a branch about sessions', { author: MONA, branch: 'claude-sessions' }],
    ['a branch about a model', { author: MONA, branch: 'claude-opus-4-1-20250805' }],
    ['a branch about rate limits', { author: MONA, branch: 'claude-rate-limit-ui-backend' }],
    ['a branch about agents', { author: MONA, branch: 'agent-list' }],
    ['a branch that ends in names', { author: MONA, branch: 'both-arm-names' }],
    ['a version branch', { author: MONA, branch: 'v0.8.0' }],
    ['a weak branch', { author: MONA, branch: 'agent/add-retry' }],
    ['the user agent', { author: MONA, title: 'Set the User-Agent of https-proxy-agent' }],
    [
      'text against AI',
      { opener: 'mona:User', title: 'Discourage AI PRs', body: 'No Claude Code, Devin, Codex.' },
    ],
    ['an edit of instructions', { author: MONA, title: 'Tighten CLAUDE.md and AGENTS.md' }],
    ['nothing known at all', {}],
  ])('%s', (_what, example) => {
    const { finding } = classify(example);
    expect([finding.authorship, finding.agents, finding.evidence]).toEqual(['human', [], []]);
  });
});

describe('words of others are no evidence', () => {
  test.each([
    ['a block quote', `> Link to Devin run: ${DEVIN_RUN}\n\nI see the same.`],
    ['a block quote that runs on', `> as it said\nLink to Devin run: ${DEVIN_RUN}\n\nSame.`],
    ['a code fence', `Example:\n\n\`\`\`\n${SESSION}\n\`\`\`\n`],
    ['a fence of tildes', `~~~text\n${SESSION}\n~~~`],
    ['a fence in a list', `- run\n  \`\`\`\n  ${SESSION}\n  \`\`\`\n`],
    ['a fence that never closes', `\`\`\`\n${SESSION}`],
    ['an indented block', `Example:\n\n    ${SESSION}\n`],
    ['inline code', `We print \`${SESSION}\` now.`],
    ['quotation marks', `We print "${SESSION}" now.`],
    ['an HTML comment', `<!-- ${SESSION} -->\nFix.`],
    ['a comment over lines', `<!--\nPaste your session:\n${SESSION}\n-->\nFix.`],
    ['an HTML quote', `<blockquote>\n\n${SESSION}\n\n</blockquote>\n`],
    ['an HTML listing', `<pre>${SESSION}</pre>`],
    ['an unticked box of a template', `- [ ] Written by an agent (${SESSION})`],
    ['the Bugbot summary', `Fix.\n\n<!-- CURSOR_SUMMARY -->\nSee ${SESSION}\n<!-- /CURSOR_SUMMARY -->`],
    ['an unclosed Bugbot summary', `Fix.\n\n<!-- CURSOR_SUMMARY -->\nSee ${SESSION}`],
    [
      'the CodeRabbit summary',
      `Fix.\n\n<!-- This is an auto-generated comment: release notes by coderabbit.ai -->\n## Summary by CodeRabbit\n${SESSION}\n<!-- end of auto-generated comment: release notes by coderabbit.ai -->`,
    ],
    [
      'the CodeRabbit summary without marks',
      `Fix.\n\n## Summary by CodeRabbit\n\n* ${SESSION}\n\n### Tests\n* none`,
    ],
    [
      'a Devin review badge',
      `Fix.\n\n<!-- devin-review-badge-begin -->\n${DEVIN_RUN}\n<!-- devin-review-badge-end -->`,
    ],
    ['a page of an agent that is no session', 'See https://claude.ai/code and https://app.devin.ai/settings'],
  ])('%s', (_what, body) => {
    const { finding } = classify({ opener: 'mona:User', author: MONA, body });
    expect([finding.authorship, finding.traceLinks.filter((link) => link.signature !== null)]).toEqual([
      'human',
      [],
    ]);
  });

  test('what follows a quote, a fence or a review block is the opener’s own', () => {
    for (const before of [
      '> quote\n\n',
      '```\ncode\n```\n',
      '<!-- CURSOR_SUMMARY -->x<!-- /CURSOR_SUMMARY -->\n',
    ])
      expect(classify({ opener: 'mona:User', body: `${before}${DEVIN_RUN}` }).finding.agents).toEqual([
        'devin',
      ]);
  });

  test('a link in an HTML attribute or in Markdown is said by the opener', () => {
    for (const body of [`<a href="${SESSION}">session</a>`, `[session](${SESSION})`, `<${SESSION}>`])
      expect(classify({ opener: 'mona:User', body }).finding.agents).toEqual(['claude-code']);
  });

  test('a stray tag hides nothing', () => {
    expect(classify({ opener: 'mona:User', body: `Use <code> here\n\n${SESSION}` }).finding.agents).toEqual([
      'claude-code',
    ]);
  });

  test('a trailer within a sentence credits nobody', () => {
    const message =
      'Document trailers\n\nWrite\nCo-authored-by: Claude <noreply@anthropic.com>\nat the end.\n\nDone.';
    expect(classify({ author: MONA, message }).finding.authorship).toBe('human');
  });
});

describe('reverts', () => {
  test("the Revert button's branch is not the agent's", () => {
    for (const branch of [
      'revert-1438-devin/1745314990-drop-constraints',
      'revert-632-cmux/open-window-4dl31',
      'revert-9-codex/add-retry',
    ])
      expect(classify({ opener: 'mona:User', branch }).finding.authorship).toBe('human');
  });

  test.each([
    ['before the line that says so', `Adds retry.\n\n${DEVIN_RUN}\n\nThis reverts commit 0a1b2c3d4e5f.`],
    ['under a heading', `Reverts acme/shop#12\n\n## Original description\n\n${DEVIN_RUN}`],
    ['in quotes', `Reverts acme/shop#12\n\n> ${DEVIN_RUN}`],
  ])('a reverted body is no evidence: %s', (_where, body) => {
    expect(classify({ opener: 'mona:User', title: 'Revert "Add retry"', body }).finding.authorship).toBe(
      'human',
    );
  });

  test('a revert repeats the message of the commit it takes back', () => {
    const message = `Revert "Add retry"\n\nAdds retry.\n\nCo-authored-by: Claude <noreply@anthropic.com>\n\nThis reverts commit 0a1b2c3d4e5f.`;
    expect(classify({ author: MONA, message }).finding.authorship).toBe('human');
  });

  test('an agent that reverts is still an agent', () => {
    const body = `Reverts acme/shop#12, it broke the uploader.\n\nLink to Devin run: ${DEVIN_RUN}`;
    expect(classify({ opener: 'mona:User', title: 'Revert "Add retry"', body }).finding.agents).toEqual([
      'devin',
    ]);
    const message =
      'Revert "Add retry"\n\nThis reverts commit 0a1b2c3d4e5f.\n\nCo-Authored-By: Claude <noreply@anthropic.com>';
    expect(classify({ author: MONA, message }).finding.authorship).toBe('assisted');
  });
});

describe('attribution makes a person’s change assisted, never an agent’s', () => {
  test.each([
    ['claude-code', 'Add\n\nCo-Authored-By: Claude Opus 4.6 (1M context) <noreply@anthropic.com>'],
    ['claude-code', `Add\n\nClaude-Session: ${SESSION}`],
    ['claude-code', `Add\n\nBody.\n\n${SESSION}`],
    ['claude-code', 'Add\n\nEntire-Agent: Claude Code'],
    ['claude-code', 'Add\n\nAssisted-by: Claude:claude-opus-4-6 coccinelle'],
    ['copilot', 'Add\n\nCo-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>'],
    ['copilot', 'Add\n\nCo-authored-by: Copilot <copilot@github.com>'],
    ['copilot', 'Add\n\nCopilot-Session: 1f0e2d3c-4b5a-4968-8776-655443322110'],
    ['copilot', 'Add\n\nCo-authored-by: copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>'],
    ['cursor', 'Add\n\nco-authored-by: Cursor <CursorAgent@cursor.com>'],
    ['crush', 'Add\n\nCo-Authored-By:\n  Crush <crush@charm.land>'.replace(':\n ', ':')],
    [
      'openhands',
      'Add\n\n* one\n\nCo-authored-by: openhands <openhands@all-hands.dev>\n\n* two\n\nmore words',
    ],
    [
      'gemini-code-assist',
      'Add\n\nCo-authored-by: gemini-code-assist[bot] <gemini-code-assist[bot]@users.noreply.github.com>',
    ],
    [
      'qwen',
      'Add\n\nSigned-off-by: Mona <mona@example.com>\nCo-authored-by: Q <qwen-coder@alibabacloud.com>',
    ],
    ['some-tool', 'Add\n\nAssisted-by: Some Tool:model-7'],
  ])('%s: %j', (name, message) => {
    const { finding } = classify({ opener: 'mona:User', author: MONA, message });
    expect([finding.authorship, finding.name, finding.agents]).toEqual(['assisted', name, []]);
  });

  test.each([
    ['claude-code', '🤖 Generated with [Claude Code](https://claude.com/claude-code)'],
    [
      'claude-code',
      '🤖 Generated with Claude Code\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n\n## Template\ntext',
    ],
    ['cursor', 'Made with [Cursor](https://cursor.com)'],
    ['devin', 'Generated with [Devin](https://devin.ai)'],
    ['mux', '---\n\n_Generated with `mux` • Model: `anthropic:claude`_'],
  ])('%s: a footer of the body', (name, body) => {
    const { finding } = classify({ opener: 'mona:User', author: MONA, body });
    expect([finding.authorship, finding.name]).toEqual(['assisted', name]);
  });

  test('a name suffix counts only if it is listed, and a display name never', () => {
    expect(classify({ author: 'Mona (aider) <mona@example.com>' }).finding.authorship).toBe('assisted');
    expect(classify({ author: 'Mona (claude) <mona@example.com>' }).finding.authorship).toBe('human');
    expect(classify({ author: 'Claude <mona@example.com>' }).finding.authorship).toBe('human');
  });
});

describe('an agent is recognised where its opener hides it', () => {
  test.each([
    [
      'by its commits in a person’s pull request',
      { opener: 'mona:User', author: 'cursoragent', branch: 'fix' },
      'cursor',
    ],
    [
      'by one commit among a person’s',
      {
        opener: 'mona:User',
        commits: [{ author: MONA }, { author: 'Codex <codex@openai.com>' }, { author: MONA }],
      },
      'codex',
    ],
    [
      'as committer after a rebase',
      { author: MONA, committer: 'Claude <noreply@anthropic.com>' },
      'claude-code',
    ],
    [
      'as author after an amendment',
      { author: 'Claude <noreply@anthropic.com>', committer: MONA },
      'claude-code',
    ],
    ['by the branch alone', { opener: 'mona:User', author: MONA, branch: 'codex/add-retry' }, 'codex'],
    ['by a branch with its owner', { opener: 'mona:User', branch: 'mona:devin/1745314990-x' }, 'devin'],
    ['by a full ref', { branch: 'refs/heads/seer/fix/null-check' }, 'seer'],
    ['by the link in the body', { opener: 'mona:User', body: `Fix.\n\n${DEVIN_RUN}` }, 'devin'],
    [
      'by an address without number',
      { author: 'x <devin-ai-integration[bot]@users.noreply.github.com>' },
      'devin',
    ],
    [
      'by its slug under a foreign number',
      { author: 'x <41898282+claude[bot]@users.noreply.github.com>' },
      'claude-code',
    ],
    ['by its login without suffix', { opener: 'google-labs-jules:Bot' }, 'jules'],
    ['by its login in other case', { opener: 'Devin-AI-Integration[bot]:Bot' }, 'devin'],
    ["as a company's app around it", { opener: 'acme-claude-code-action[bot]:Bot' }, 'claude-code'],
    [
      'under another agent’s branch prefix',
      { author: 'Claude <242468646+Claude@users.noreply.github.com>', branch: 'copilot/fix' },
      'claude-code',
    ],
    [
      'in a workflow',
      { opener: 'github-actions[bot]:Bot', body: '<!-- gh-aw-workflow-id: triage -->' },
      'gh-aw',
    ],
    [
      'on a dependency bot’s branch',
      {
        opener: 'dependabot[bot]:Bot',
        commits: [{ author: 'dependabot[bot]' }, { author: 'Cursor Agent <cursoragent@cursor.com>' }],
      },
      'cursor',
    ],
  ])('%s', (_how, example, agent) => {
    const { finding } = classify(example);
    expect([finding.authorship, finding.name, finding.agents]).toEqual(['agent', agent, [agent]]);
  });

  test('several agents are all named, the one with the strongest evidence first', () => {
    const { finding } = classify({
      opener: 'mona:User',
      branch: 'codex/add-retry',
      commits: [
        { author: 'Cursor Agent <cursoragent@cursor.com>' },
        { author: 'Claude <noreply@anthropic.com>' },
        { author: 'Claude <noreply@anthropic.com>' },
      ],
    });
    expect(finding.agents).toEqual(['claude-code', 'cursor', 'codex']);
    expect(finding.evidence.map((one) => plain(one.what))).toEqual([
      '2 of 3 commits written by noreply@anthropic.com',
      '1 of 3 commits written by cursoragent@cursor.com',
      'branch codex/add-retry',
    ]);
  });

  test('a review account’s suggestion in author position is still only assistance', () => {
    const { finding } = classify({
      opener: 'mona:User',
      author: 'Copilot <175728472+Copilot@users.noreply.github.com>',
    });
    expect(finding.authorship).toBe('assisted');
  });
});

describe('the policy’s own agents', () => {
  const custom = customSignatures({
    'acme-codegen': {
      match: { logins: ['acme-codegen[bot]'], branches: ['codegen/**'], emails: ['codegen@acme.dev'] },
    },
    'acme-runner': { match: { logins: ['ammar-agent'] } },
    devin: { match: { branches: ['robots/*'] } },
    copilot: {},
  });

  test.each([
    ['its login', { opener: 'acme-codegen[bot]:Bot' }, 'acme-codegen'],
    ['its branch', { opener: 'mona:User', branch: 'codegen/api/v2' }, 'acme-codegen'],
    ['its e-mail', { author: 'Gen <CODEGEN@acme.dev>' }, 'acme-codegen'],
    ['a user account', { opener: 'ammar-agent:User' }, 'acme-runner'],
    ['an additional branch of a known agent', { opener: 'mona:User', branch: 'robots/add-retry' }, 'devin'],
  ])('are recognised by %s', (_what, example, agent) => {
    expect(classify(example, { custom }).finding.agents).toEqual([agent]);
  });

  test('are unknown without the policy', () => {
    expect(classify({ opener: 'acme-codegen[bot]:Bot' }).finding.authorship).toBe('unknown');
    expect(classify({ opener: 'ammar-agent:User' }).finding.authorship).toBe('human');
  });

  test('a `match` touches only what it names', () => {
    expect(classify({ opener: 'mona:User', branch: 'robots/a/b' }, { custom }).finding.authorship).toBe(
      'human',
    );
    expect(custom.map((one) => one.name)).toEqual(['acme-codegen', 'acme-runner', 'devin']);
  });
});

describe('memory', () => {
  const remembered = {
    ...NOTHING_REMEMBERED,
    evidence: [
      {
        agent: 'devin',
        seenIn: 'this pull request before a force-push',
        seenAt: '2026-11-20T10:00:00Z',
        what: 'branch devin/1745314990-x',
      },
    ],
  };

  test('agent evidence persists after it is gone', () => {
    const { finding } = classify({ opener: 'mona:User', author: MONA }, { memory: remembered });
    expect([finding.authorship, finding.agents, finding.evidence[0]?.kind]).toEqual([
      'agent',
      ['devin'],
      'remembered',
    ]);
    expect(plain(finding.evidence[0]!.what)).toBe(
      'seen on this pull request before a force-push: branch devin/1745314990-x',
    );
  });

  test('an agent that pushed took part', () => {
    const memory = {
      ...NOTHING_REMEMBERED,
      pushes: [
        { sender: { login: 'devin-ai-integration[bot]', id: 158243242, type: 'Bot' as const }, headSha: 'a' },
      ],
    };
    const { finding } = classify({ opener: 'mona:User', author: MONA }, { memory });
    expect([finding.authorship, finding.evidence[0]?.kind, finding.evidence[0]?.strength]).toEqual([
      'agent',
      'push-sender',
      'verified',
    ]);
  });
});

test('the shipped options know no workflow, no machine user and no memory', () => {
  expect(options().catalogue).toBe(CATALOGUE);
});
