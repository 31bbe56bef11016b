// Which files steer the gate, the machines or the agents themselves?
// They bind every authorship, whatever the policy says. Case does not matter: on some file systems it is the same file.

export const CONTROL_PLANE = 'control plane';

/** Folders: everything below them, and anything that takes their name (a symlink, a submodule). */
const FOLDERS: readonly string[] = [
  '.github/workflows',
  '.github/actions',
  '.github/agents',
  '.github/chatmodes',
  '.github/hooks',
  '.github/instructions',
  '.github/prompts',
  '.github/skills',
];

/** Folders of agents' instructions, read at any depth. */
const FOLDERS_ANYWHERE: readonly string[] = [
  '.agents',
  '.amazonq',
  '.claude',
  '.clinerules',
  '.codex',
  '.continue',
  '.cursor',
  '.gemini',
  '.junie',
  '.kiro',
  '.opencode',
  '.roo',
  '.windsurf',
];

const FILES: readonly string[] = [
  'codeowners',
  '.github',
  '.github/codeowners',
  'docs/codeowners',
  '.github/copilot-instructions.md',
];

const FILES_ANYWHERE: readonly string[] = [
  '.gitattributes',
  '.gitmodules',
  'agents.md',
  'agents.override.md',
  'claude.md',
  'claude.local.md',
  'gemini.md',
  '.mcp.json',
  '.cursorrules',
  '.goosehints',
  '.roorules',
  '.windsurfrules',
];

/** A tool server of the editor's agent: the editor's other settings are its owner's. */
const EDITOR_TOOLS = /(?:^|\/)\.vscode\/mcp\.json$/;

/** The policy and its tests: `.github/agent-policy.yml`, `.github/agent-policy.test.yml`, `.github/agent-policy-tests/`. */
const POLICY_PREFIX = '.github/agent-policy';

/** True for a path of the built-in zone `control plane`. */
export function isControlPlane(path: string): boolean {
  const folded = fold(path);
  if (folded.startsWith(POLICY_PREFIX)) return true;
  if (FILES.includes(folded)) return true;
  if (FOLDERS.some((folder) => folded === folder || folded.startsWith(`${folder}/`))) return true;
  if (EDITOR_TOOLS.test(folded)) return true;
  const parts = folded.split('/');
  return FILES_ANYWHERE.includes(parts.at(-1)!) || parts.some((part) => FOLDERS_ANYWHERE.includes(part));
}

/**
 * Case, composition and the characters that HFS+ leaves out when it compares names.
 * Through upper case first: `ſ` and `s` meet only there.
 */
function fold(path: string): string {
  return path
    .normalize('NFC')
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .toUpperCase()
    .toLowerCase();
}
