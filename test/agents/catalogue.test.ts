// Does every entry of the catalogue recognise what it should, and nothing else?
import { describe, expect, test } from '@jest/globals';
import {
  defaultTraceHosts,
  fixesOwnBranch,
  knownAgentNames,
  parseCatalogue,
} from '../../src/agents/catalogue.js';
import { signatureOfUrl } from '../../src/agents/session-links.js';
import { CATALOGUE, classify } from './catalogue-on-disk.js';

const isAgent = (name: string) => CATALOGUE.agents.some((agent) => agent.name === name);
const examples = Object.entries(CATALOGUE.examples).flatMap(([name, { matches, not }]) => [
  ...matches.map((example) => ({ name, example, fits: true })),
  ...not.map((example) => ({ name, example, fits: false })),
]);

describe('the shipped catalogue', () => {
  test('has examples that match and that do not match for every entry', () => {
    const names = [...CATALOGUE.agents, ...CATALOGUE.automation].map((entry) => entry.name);
    const lacking = names.filter(
      (name) => !CATALOGUE.examples[name]?.matches.length || !CATALOGUE.examples[name]?.not.length,
    );
    expect(names.length).toBeGreaterThan(60);
    expect(lacking).toEqual([]);
  });

  test.each(
    examples.filter((one) => one.fits).map((one) => [one.name, JSON.stringify(one.example), one] as const),
  )('%s recognises %s', (name, _text, { example }) => {
    const { finding } = classify(example);
    const expected = example.is ?? (isAgent(name) ? 'agent' : 'automation');
    expect([finding.authorship, finding.name]).toEqual([expected, name]);
  });

  test.each(
    examples.filter((one) => !one.fits).map((one) => [one.name, JSON.stringify(one.example), one] as const),
  )('%s leaves alone %s', (name, _text, { example }) => {
    const { finding } = classify(example);
    expect(
      finding.evidence.filter((one) => one.points === 'agent').map((one) => one.signature),
    ).not.toContain(name);
    expect(finding.name).not.toBe(name);
    if (example.is !== undefined) expect(finding.authorship).toBe(example.is);
  });

  test('every way of recognising an agent is shown by an example', () => {
    const shown = examples.filter((one) => one.fits);
    const unshown = CATALOGUE.agents.flatMap((agent) => {
      const own = JSON.stringify(shown.filter((one) => one.name === agent.name));
      const branches = agent.branches.filter(
        (branch) => !shown.some((one) => one.name === agent.name && branch.matches(one.example.branch ?? '')),
      );
      return [
        ...branches
          .filter((branch) => !branch.shared)
          .map((branch) => `${agent.name}: branch ${branch.text}`),
        ...agent.nameSuffixes.filter((suffix) => !own.includes(suffix)),
      ];
    });
    expect(unshown).toEqual([]);
  });

  test('names the agents a policy may set', () => {
    expect(knownAgentNames(CATALOGUE)).toEqual(
      expect.arrayContaining(['copilot', 'claude-code', 'codex', 'cursor', 'devin', 'jules', 'openhands']),
    );
  });

  test('gives the hosts of known sessions as the default of trace hosts', () => {
    const hosts = defaultTraceHosts(CATALOGUE);
    expect(hosts).toEqual(
      expect.arrayContaining(['github.com', 'claude.ai', 'chatgpt.com', 'cursor.com', 'app.devin.ai']),
    );
    expect(new Set(hosts).size).toBe(hosts.length);
  });

  test('knows which agents choose their own branch names', () => {
    expect(fixesOwnBranch(CATALOGUE, 'devin')).toBe(true);
    expect(fixesOwnBranch(CATALOGUE, 'amp')).toBe(false);
    expect(fixesOwnBranch(CATALOGUE, 'acme-codegen')).toBe(false);
  });
});

describe('session URLs', () => {
  const uuid = '1f0e2d3c-4b5a-4968-8776-655443322110';
  test.each([
    [`https://github.com/acme/shop/sessions/${uuid}`, 'copilot'],
    ['https://claude.ai/code/session_01Ab2Cd3Ef4Gh5Ij6Kl7Mn8P', 'claude-code'],
    ['https://chatgpt.com/codex/tasks/task_e_68a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5', 'codex'],
    ['https://chatgpt.com/codex/tasks/task_b_68a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5', 'codex'],
    [`https://cursor.com/agents?id=bc-${uuid}`, 'cursor'],
    [`https://cursor.com/background-agent?bcId=bc-${uuid}`, 'cursor'],
    ['https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef', 'devin'],
    ['https://jules.google.com/task/14039077492578475302', 'jules'],
    [`https://ampcode.com/threads/T-${uuid}`, 'amp'],
    [`https://app.kiro.dev/session/${uuid}`, 'kiro'],
    [`https://app.warp.dev/conversation/${uuid}`, 'warp-oz'],
    [`https://app.tembo.io/acme/sessions/${uuid}`, 'tembo'],
    ['https://acme.sentry.io/explore/traces/?query=gen_ai.conversation.id%3Aabc', 'sentry-junior'],
    ['HTTPS://Claude.ai/code/session_01Ab2Cd3Ef4Gh5Ij6Kl7Mn8P', 'claude-code'],
    ['https://claude.ai/code', null],
    ['https://claude.ai/code/session_<id>', null],
    ['https://claude.ai.evil.example/code/session_01Ab2Cd3Ef4Gh5Ij6Kl7Mn8P', null],
    ['https://evil.example/?https://claude.ai/code/session_01Ab2Cd3Ef4Gh5Ij6Kl7Mn8P', null],
    ['https://evilclaude.ai/code/session_01Ab2Cd3Ef4Gh5Ij6Kl7Mn8P', null],
    ['https://a.b.sentry.io/traces/?gen_ai.conversation.id=1', null],
    ['https://github.com/acme/shop/pull/12', null],
    ['https://app.devin.ai/review/acme/shop/pull/12', null],
    ['https://cursor.com/dashboard?tab=bugbot', null],
  ])('%s is a session of %s', (url, name) => {
    expect(signatureOfUrl(url, CATALOGUE.agents)?.name ?? null).toBe(name);
  });
});

describe('a broken catalogue', () => {
  const entry = (changes: string) =>
    `agents:\n  - name: robo\n    title: Robo\n    matches: [{ branch: robo/x }]\n    not: [{ branch: x }]\n${changes}automation:\n  - name: bot\n    title: Bot\n    matches: [{ branch: b }]\n    not: [{ branch: x }]\n`;

  test('is read when nothing is wrong with it', () => {
    expect(knownAgentNames(parseCatalogue(entry('    branches: ["^robo/"]\n')))).toEqual(['robo']);
  });

  test.each([
    ['an unknown key', '    logins: [robo]\n', /agents\.0.*logins/],
    [
      'a pattern that is not anchored',
      '    branches: ["robo/"]\n',
      /agents\.0\.branches\.0: must be anchored/,
    ],
    [
      'a pattern that is none',
      '    branches: ["^(robo"]\n',
      /agents\.0\.branches\.0: is not a regular expression/,
    ],
    ['a repeated repetition', '    branches: ["^(a+)+$"]\n', /agents\.0\.branches\.0: repeats a repetition/],
    ['a login with its suffix', '    accounts: [{ login: "robo[bot]" }]\n', /written without \[bot\]/],
    [
      'an account that stands twice',
      '    accounts: [{ login: robo }, { login: Robo }]\n',
      /"robo Bot" stands twice/,
    ],
  ])('is refused for %s', (_what, changes, problem) => {
    expect(() => parseCatalogue(entry(changes))).toThrow(problem);
  });

  test('is refused with all its problems at once', () => {
    expect(() => parseCatalogue(entry('    branches: ["robo/", "^(a"]\n    colour: red\n'))).toThrow(
      /branches\.0[\s\S]*branches\.1[\s\S]*colour|colour[\s\S]*branches\.0[\s\S]*branches\.1/,
    );
  });

  test('is refused when an entry has no example', () => {
    expect(() => parseCatalogue(entry('').replace('    not: [{ branch: x }]\n', ''))).toThrow(
      /agents\.0\.not/,
    );
    expect(() => parseCatalogue(entry('').replace('not: [{ branch: x }]', 'not: []'))).toThrow(
      /needs an example that does not match/,
    );
  });
});
