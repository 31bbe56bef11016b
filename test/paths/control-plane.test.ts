// Is every file that steers the gate, the machines or the agents recognised, however it is spelled?
import { describe, expect, test } from '@jest/globals';
import { isControlPlane } from '../../src/paths/control-plane.js';

describe('the control plane', () => {
  test.each([
    '.github/agent-policy.yml',
    '.github/agent-policy.test.yml',
    '.github/agent-policy-tests/infra.yml',
    '.github/agent-policy/tests/a.yml',
    'CODEOWNERS',
    '.github/CODEOWNERS',
    'docs/CODEOWNERS',
    '.github/workflows/agent-evals.yml',
    '.github/workflows/deep/x.sh',
    '.github/actions/setup/action.yml',
    '.gitattributes',
    'src/.gitattributes',
    '.gitmodules',
    'AGENTS.md',
    'packages/a/AGENTS.md',
    'CLAUDE.md',
    'CLAUDE.local.md',
    'a/GEMINI.md',
    '.claude/settings.json',
    'packages/a/.claude/commands/x.md',
    '.cursor/rules/a.mdc',
    '.cursorrules',
    '.mcp.json',
    'tools/.mcp.json',
    '.vscode/mcp.json',
    'tools/.VSCode/MCP.json',
    '.kiro/steering/a.md',
    '.roo/rules/a.md',
    '.roorules',
    '.codex/config.toml',
    '.github/copilot-instructions.md',
    '.github/instructions/a.instructions.md',
    '.github/prompts/a.prompt.md',
    '.github/chatmodes/a.chatmode.md',
    '.github/agents/a.agent.md',
  ])('has %s', (path) => {
    expect(isControlPlane(path)).toBe(true);
  });

  test.each([
    ['upper case', '.GITHUB/WORKFLOWS/CI.YML'],
    ['mixed case', 'Codeowners'],
    ['a long s', 'AGENT\u017f.md'],
    ['a Kelvin sign', '.github/wor\u212aflows/ci.yml'],
    ['a character that HFS+ leaves out', '.git\u200chub/workflows/ci.yml'],
    ['a folder replaced by a link or a submodule', '.github/workflows'],
    ['the whole folder replaced', '.github'],
    ['instructions replaced by a link', '.claude'],
  ])('has what is written with %s', (_what, path) => {
    expect(isControlPlane(path)).toBe(true);
  });

  test.each([
    'src/agents.ts',
    'docs/agents/AGENTS.md.txt',
    'src/CODEOWNERS',
    '.github/ISSUE_TEMPLATE/bug.md',
    '.github/dependabot.yml',
    'github/workflows/ci.yml',
    'packages/a/.github/workflows/ci.yml',
    'claude/notes.md',
    '.gitignore',
    'mcp.json',
    '.vscode/settings.json',
    'x.vscode/mcp.json',
  ])('does not have %s', (path) => {
    expect(isControlPlane(path)).toBe(false);
  });
});
