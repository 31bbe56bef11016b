// What does the check `agent-policy` say on the pull request's page?
// Summary: what to do now, one table, who wrote it. Text: what lies behind, then one JSON block for agents.
import type { CheckAction, RenderedAnnotation, RenderedCheck } from '../domain/check-run.js';
import { code, type Message, say } from '../domain/message.js';
import { type Annotation, type Decision, type Gate, STRICTEST_FIRST } from '../domain/verdict.js';
import { gateOf } from '../policy/evaluate.js';
import { sortVerdicts } from './causes.js';
import { toMarkdown, toPlain } from './escape.js';
import { bytesOf, fenceVerdictBlock, verdictBlock } from './json-block.js';
import { type Step, stepsOf } from './next-steps.js';
import { evidenceWords, renderProvenance, sortEvidence, sortLayers } from './provenance.js';
import { conclusionWord, renderTitle } from './title.js';
import { fitLines, formatCount, renderTable } from './verdict-table.js';

interface Sibling {
  readonly number: number;
  /** Title of its own check, as `renderGate` made it. */
  readonly title: string;
  readonly gate: Gate;
}

export interface GateContext {
  readonly pullRequest: number | null;
  /** Other pull requests that share this check. */
  readonly siblings: readonly Sibling[];
  /** What they share: the head commit (default) or a merge group, which names its members itself. */
  readonly shared?: 'head' | 'group';
  /** `https://github.com/acme/shop`, for links to policy lines. */
  readonly repositoryUrl: string | null;
  /** Page on what the titles mean. */
  readonly learnMore?: string;
}

/** GitHub counts characters; bytes are never fewer, and a little is left for its own line ends. */
const MAX_BYTES = 65_000;
const MAX_BLOCK_BYTES = 24_000;
const MAX_ANNOTATIONS = 50;
const MAX_ANNOTATION_TEXT = 4_000;
const DETAIL_LIMIT = 400;
const DETAILS_PER_RULE = 60;

export const RECHECK: CheckAction = {
  label: 'Re-check',
  description: 'Judge this head again from fresh facts',
  identifier: 'recheck',
};

export function renderGate(decision: Decision, context: GateContext): RenderedCheck {
  const own = gateOf(decision);
  const stricter = strictestOf(context.siblings.filter(({ gate }) => strictness(gate) > strictness(own)));
  const annotations = collectAnnotations(withoutOwnCheck(decision));
  return {
    name: 'agent-policy',
    gate: stricter?.gate ?? own,
    title: stricter === null ? renderTitle(decision, own) : siblingTitle(stricter),
    summary: renderSummary(decision, own, context),
    text: renderDetails(decision, context, annotations.length),
    annotations: annotations.slice(0, MAX_ANNOTATIONS),
    actions: [RECHECK],
  };
}

function renderSummary(decision: Decision, gate: Gate, context: GateContext): string {
  const before = [...siblingLines(context), ...stepsOf(decision, gate).map(renderStep)].join('\n\n');
  const after = renderProvenance(decision, context.repositoryUrl);
  if (decision.verdicts.length === 0) return `${before}\n\n${after}`;
  const room = MAX_BYTES - bytesOf(before) - bytesOf(after) - 8;
  return [before, renderTable(decision, context.repositoryUrl, room), after].join('\n\n');
}

export function renderStep({ who, what }: Step): string {
  const words = toMarkdown(what, 'text', 1_500);
  return who === null ? words : `**${who}:** ${words}`;
}

/** Everything that explains, as far as it fits; the block is always whole and always last. */
function renderDetails(decision: Decision, context: GateContext, annotationCount: number): string {
  const block = fenceVerdictBlock(verdictBlock(decision, context.pullRequest), MAX_BLOCK_BYTES);
  const forAgents = `For agents:\n\n${block}`;
  let room = MAX_BYTES - bytesOf(forAgents) - 200;
  const written: string[] = [];
  for (const { title, items, open } of sectionsOf(decision, context, annotationCount)) {
    const wrap = (body: readonly string[]) =>
      `<details${open ? ' open' : ''}><summary>${title}</summary>\n\n${body.join('\n')}\n\n</details>`;
    const { kept, left } = fitLines(items, renderItem, room - bytesOf(wrap([])) - 40);
    const body = left === 0 ? kept : [...kept, `- and ${formatCount(left)} more`];
    if (room < bytesOf(wrap(body)) + 2) break;
    written.push(wrap(body));
    room -= bytesOf(wrap(body)) + 2;
  }
  return [...written, ...learnMoreLine(context), forAgents].join('\n\n');
}

function renderItem(item: Message): string {
  return `- ${toMarkdown(item, 'text', DETAIL_LIMIT)}`;
}

interface Section {
  /** Ours alone: it stands in HTML. */
  readonly title: string;
  readonly items: readonly Message[];
  readonly open: boolean;
}

function sectionsOf(decision: Decision, context: GateContext, annotationCount: number): readonly Section[] {
  const problems = sortLayers(decision).flatMap(({ file, status }) =>
    status.kind === 'valid' || status.kind === 'invalid'
      ? status.problems.map((problem) => ({ file, problem }))
      : [],
  );
  // The policy's problems have their own section, with files and columns.
  const verdicts = sortVerdicts(decision).filter(
    ({ rule, details }) => details.length > 0 && !(rule === 'policy-file' && problems.length > 0),
  );
  const evidence = sortEvidence(decision.authorship.evidence);
  const hidden = annotationCount - MAX_ANNOTATIONS;
  return [
    {
      title: `Problems in the policy (${problems.length})`,
      open: true,
      items: problems.map(
        ({ file, problem: { line, column, message, severity } }) =>
          say`${severity} ${code(`${file}:${line}:${column}`)} ${message}`,
      ),
    },
    {
      title: `How we know who wrote it (${formatCount(evidence.length)})`,
      open: false,
      items: evidence.map(evidenceWords),
    },
    ...verdicts.map(({ rule, details }) => ({
      title: `${rule.replace(/[^\w-]/g, '')}: details (${formatCount(details.length)})`,
      open: false,
      items: [
        ...details.slice(0, DETAILS_PER_RULE),
        ...(details.length > DETAILS_PER_RULE
          ? [say`and ${formatCount(details.length - DETAILS_PER_RULE)} more`]
          : []),
      ],
    })),
    {
      title: 'Annotations left out',
      open: true,
      items:
        hidden > 0 ? [say`GitHub shows ${MAX_ANNOTATIONS}; ${formatCount(hidden)} more were found.`] : [],
    },
    {
      title: 'Pull requests that share this check',
      open: false,
      items: context.siblings.map(({ number, title }) => say`pull request ${number}: ${title}`),
    },
  ].filter(({ items }) => items.length > 0);
}

function learnMoreLine({ learnMore }: GateContext): readonly string[] {
  return learnMore !== undefined && /^https:\/\/[\w./#?=&%-]+$/.test(learnMore)
    ? [`[What the titles mean](${learnMore})`]
    : [];
}

/** These rules have a check of their own; GitHub would show their annotations twice. */
const WITH_OWN_CHECK: readonly string[] = ['quality-delta', 'evals'];

function withoutOwnCheck(decision: Decision): Decision {
  return { ...decision, verdicts: decision.verdicts.filter(({ rule }) => !WITH_OWN_CHECK.includes(rule)) };
}

/** Failures first; what the rules found, in the order of the verdicts. */
export function collectAnnotations(decision: Decision): readonly RenderedAnnotation[] {
  const order = ['failure', 'warning', 'notice'];
  return sortVerdicts(decision)
    .flatMap(({ annotations }) => annotations ?? [])
    .map(renderAnnotation)
    .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

function renderAnnotation({ path, startLine, endLine, level, message }: Annotation): RenderedAnnotation {
  const start = Math.max(1, startLine);
  return {
    path,
    startLine: start,
    endLine: Math.max(start, endLine),
    level,
    message: toPlain(message, MAX_ANNOTATION_TEXT) || 'See the check.',
  };
}

function siblingTitle({ number, title, gate }: Sibling): string {
  const word = /^[A-Z][a-z]+( broken| [a-z]+)?(?=: )/.exec(title)?.[0] ?? conclusionWord(gate);
  const cause = toPlain(say`${title.startsWith(`${word}: `) ? title.slice(word.length + 2) : title}`, 160);
  return `${word}: #${number} on this head, ${cause}`;
}

function siblingLines({ shared, siblings }: GateContext): readonly string[] {
  const held = siblings.filter(({ gate }) => strictness(gate) > strictness('neutral'));
  if (held.length === 0 || shared === 'group') return [];
  const named = held.slice(0, 5).map(({ number }) => `#${number}`);
  const more = held.length > named.length ? ` and ${held.length - named.length} more` : '';
  const have = held.length === 1 ? 'has' : 'have';
  return [
    `**Shared head:** ${named.join(', ')}${more} ${have} the same head commit and this check; the strictest verdict stands until it is lifted or that pull request is closed.`,
  ];
}

function strictestOf(siblings: readonly Sibling[]): Sibling | null {
  return siblings.reduce<Sibling | null>(
    (best, one) => (best === null || strictness(one.gate) > strictness(best.gate) ? one : best),
    null,
  );
}

function strictness(gate: Gate): number {
  return -STRICTEST_FIRST.indexOf(gate);
}
