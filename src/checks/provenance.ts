// Who wrote this change, how do we know, and by which policy was it judged?
import type { AuthorshipFinding, Evidence } from '../domain/authorship.js';
import { code, list, type Message, ours, say } from '../domain/message.js';
import type { Decision, LayerReport } from '../domain/verdict.js';
import { codeSpan, toMarkdown } from './escape.js';
import { policyUrl } from './verdict-table.js';

const WHAT_LIMIT = 400;
const SHORT_SHA = 7;

/** `an agent, copilot, held to tier 1`: for Markdown and terminals alike. */
export function authorWords({ authorship, tier }: Decision): Message {
  const name = authorship.name;
  const held = ours(tier === null ? '' : `, held to tier ${tier}`);
  switch (authorship.authorship) {
    case 'agent':
      return authorship.agents.length > 1
        ? say`agents, ${list(authorship.agents.map((agent) => code(agent)))}${held}`
        : say`an agent${name === null ? ours('') : say`, ${code(authorship.agents[0] ?? name)}`}${held}`;
    case 'assisted':
      return say`a person, assisted by ${name === null ? ours('AI') : code(name)}`;
    case 'automation':
      return say`automation${name === null ? ours('') : say`, ${code(name)}`}`;
    case 'human':
      return say`no agent evidence found in account, commits, branch or body`;
    case 'unknown':
      return say`an account that is neither known as a person nor as an agent${
        name === null ? ours('') : say`, ${code(name)}`
      }: judged as an agent${held}`;
  }
}

export function requesterWords({ requester, authorship }: AuthorshipFinding): Message | null {
  if (authorship !== 'agent' && authorship !== 'unknown') return null;
  if (!requester.known) return say`Who asked for it is not known: ${requester.why}`;
  return say`Asked for by ${list(requester.logins.map((login) => code(`@${login.replace(/^@/, '')}`)))} (${requester.how})`;
}

/** Why neither a person nor automation is seen in it; empty unless nobody knows who wrote it. */
export function doubtWords({ authorship, doubts }: AuthorshipFinding): Message | null {
  return authorship !== 'unknown' || doubts.length === 0 ? null : say`Why: ${list(doubts)}`;
}

/** The strongest evidence first. */
export function sortEvidence(evidence: readonly Evidence[]): readonly Evidence[] {
  return [...evidence].sort((a, b) => Number(a.strength === 'claimed') - Number(b.strength === 'claimed'));
}

/** The nearest policy first. */
export function sortLayers({ layers }: Decision): readonly LayerReport[] {
  return [...layers].sort((a, b) => Number(a.layer === 'organization') - Number(b.layer === 'organization'));
}

/** One paragraph for the summary. */
export function renderProvenance(decision: Decision, repositoryUrl: string | null): string {
  const { authorship } = decision;
  const evidence = sortEvidence(authorship.evidence);
  const [strongest] = evidence;
  const how =
    strongest === undefined
      ? ''
      : ` Strongest evidence, ${strongest.strength}: ${toMarkdown(strongest.what, 'text', WHAT_LIMIT)}${
          evidence.length > 1 ? ` (${evidence.length - 1} more below)` : ''
        }.`;
  const requester = requesterWords(authorship);
  const doubts = doubtWords(authorship);
  const why = doubts === null ? '' : ` ${toMarkdown(doubts, 'text', WHAT_LIMIT)}.`;
  const asked = requester === null ? '' : ` ${toMarkdown(requester, 'text', WHAT_LIMIT)}.`;
  const layers = sortLayers(decision).map((report) => renderLayer(report, repositoryUrl));
  return [
    `**Who wrote it:** ${toMarkdown(authorWords(decision), 'text', WHAT_LIMIT)}.${how}${why}${asked}`,
    `**Judged:** ${[`head ${codeSpan(decision.headSha.slice(0, SHORT_SHA))}`, ...layers].join('; ')}.`,
  ].join('\n\n');
}

/** `verified`: GitHub vouches for it. `claimed`: anybody can write it. */
export function evidenceWords({ strength, points, what, commit }: Evidence): Message {
  const where = commit === null ? say`` : say` (commit ${code(commit.slice(0, SHORT_SHA))})`;
  return say`${ours(strength)}, points to ${ours(points)}: ${what}${where}`;
}

/** `under .github/agent-policy.yml (abc1234)`. */
export function layerWords({ layer, file, status, sha }: LayerReport): Message {
  const whose = ours(layer === 'organization' ? 'organisation policy' : 'policy');
  switch (status.kind) {
    case 'absent':
      return layer === 'organization' ? say`no organisation policy known` : say`no policy at ${code(file)}`;
    case 'unreadable':
      return say`${whose} ${code(file)} could not be read: ${status.why}`;
    case 'invalid':
      return say`${whose} ${code(file)}${at(sha)}, which has errors`;
    case 'valid':
      return say`${whose} ${code(file)}${at(sha)}`;
  }
}

function at(sha: string | null): Message {
  return sha === null ? say`` : say` at ${code(sha.slice(0, SHORT_SHA))}`;
}

function renderLayer(report: LayerReport, repositoryUrl: string | null): string {
  const words = toMarkdown(layerWords(report), 'text', WHAT_LIMIT);
  const url = report.status.kind === 'absent' ? null : policyUrl(report, repositoryUrl);
  return url === null ? words : `${words} ([open](${url}))`;
}
