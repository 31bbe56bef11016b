// What does a rule see? An agent's change that breaks nothing.
import type { AuthorshipFinding } from '../../src/domain/authorship.js';
import { plain, say } from '../../src/domain/message.js';
import type { Memory, Snapshot } from '../../src/domain/snapshot.js';
import type { Finding } from '../../src/domain/verdict.js';
import type { Rule, RuleContext } from '../../src/rules/define-rule.js';
import { aMemory, aSnapshot } from './snapshot.js';

export const NOW = new Date('2026-11-21T10:00:00Z');

export function anAgentFinding(changes: Partial<AuthorshipFinding> = {}): AuthorshipFinding {
  return {
    authorship: 'agent',
    agents: ['copilot'],
    name: 'copilot',
    evidence: [
      {
        kind: 'opener',
        strength: 'verified',
        points: 'agent',
        signature: 'copilot',
        what: say`opened by Copilot`,
        commit: null,
      },
    ],
    doubts: [],
    requester: { known: true, logins: ['ann'], how: 'assignee' },
    openerVerified: true,
    traceLinks: [],
    ...changes,
  };
}

export function aHumanFinding(changes: Partial<AuthorshipFinding> = {}): AuthorshipFinding {
  return anAgentFinding({
    authorship: 'human',
    agents: [],
    name: null,
    evidence: [],
    requester: { known: false, why: 'no agent took part' },
    openerVerified: false,
    ...changes,
  });
}

export interface ContextChanges {
  readonly snapshot?: Snapshot;
  readonly authorship?: AuthorshipFinding;
  readonly memory?: Memory;
}

export function aContext({ snapshot, authorship, memory }: ContextChanges = {}): RuleContext {
  return {
    snapshot: snapshot ?? aSnapshot(),
    authorship: authorship ?? anAgentFinding(),
    memory: memory ?? aMemory(),
    now: NOW,
  };
}

/** State and title of each finding, as a reader sees them: `['fail', 'copilot (tier 1) may not …']`. */
export function judge(
  rule: Rule,
  settings: unknown,
  context: RuleContext,
): readonly (readonly [string, string])[] {
  return rule.evaluate(settings, context).map((finding) => [finding.state, plain(finding.title)]);
}

/** The reason, the remedy and the details of the first finding, in words. */
export function explain(finding: Finding | undefined): string {
  if (finding === undefined) return '';
  const parts = [
    finding.reason,
    ...(finding.remedy === null ? [] : [finding.remedy.what]),
    ...finding.details,
  ];
  return parts.map(plain).join('\n');
}
