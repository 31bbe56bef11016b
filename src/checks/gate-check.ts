// What does the check `agent-policy` say on the pull request's page?
// Summary: what to do now, one table, who wrote it. Text: what lies behind, then one JSON block for agents.
import type { CheckAction, RenderedAnnotation, RenderedCheck } from '../domain/check-run.js';
import { code, say } from '../domain/message.js';
import { POLICY_PATH } from '../domain/policy-file.js';
import type { Annotation, Decision, Gate } from '../domain/verdict.js';
import { gateOf, sortVerdicts } from './causes.js';
import { toMarkdown, toPlain } from './escape.js';
import { bytesOf, fenceVerdictBlock, verdictBlock } from './json-block.js';
import { type Step, stepsOf } from './next-steps.js';
import { evidenceLines, renderProvenance } from './provenance.js';
import { conclusionWord, renderTitle } from './title.js';
import { fitLines, formatCount, renderTable } from './verdict-table.js';

export interface Sibling {
  readonly number: number;
  /** Title of its own check, as `renderGate` made it. */
  readonly title: string;
  readonly gate: Gate;
}

export interface GateContext {
  /** `null` for a merge group. */
  readonly pullRequest: number | null;
  /** Other pull requests that share this head commit or this merge group, and with it this check. */
  readonly siblings: readonly Sibling[];
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
const STRICTNESS: readonly Gate[] = ['success', 'neutral', 'in_progress', 'action_required', 'failure'];

const RECHECK: CheckAction = {
  label: 'Re-check',
  description: 'Judge this head again from fresh facts',
  identifier: 'recheck',
};

export function renderGate(decision: Decision, context: GateContext): RenderedCheck {
  const own = gateOf(decision);
  const stricter = strictestOf(context.siblings.filter(({ gate }) => strictness(gate) > strictness(own)));
  const annotations = collectAnnotations(decision);
  return {
    name: 'agent-policy',
    gate: stricter?.gate ?? own,
    title: stricter === null ? renderTitle(decision, own) : siblingTitle(stricter, context),
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

function renderStep({ who, what }: Step): string {
  const words = toMarkdown(what, 'text', 1_500);
  return who === null ? words : `**${who}:** ${words}`;
}

/** Everything that explains, as far as it fits; the block is always whole and always last. */
function renderDetails(decision: Decision, context: GateContext, annotationCount: number): string {
  const block = fenceVerdictBlock(verdictBlock(decision, context.pullRequest), MAX_BLOCK_BYTES);
  const forAgents = `For agents:\n\n${block}`;
  let room = MAX_BYTES - bytesOf(forAgents) - 200;
  const written: string[] = [];
  for (const { title, lines, open } of sectionsOf(decision, context, annotationCount)) {
    const wrap = (body: readonly string[]) =>
      `<details${open ? ' open' : ''}><summary>${title}</summary>\n\n${body.join('\n')}\n\n</details>`;
    const { kept, left } = fitLines(lines, room - bytesOf(wrap([])) - 40);
    const body = left === 0 ? kept : [...kept, `- and ${formatCount(left)} more`];
    if (room < bytesOf(wrap(body)) + 2) break;
    written.push(wrap(body));
    room -= bytesOf(wrap(body)) + 2;
  }
  return [...written, ...learnMoreLine(context), forAgents].join('\n\n');
}

interface Section {
  /** Ours alone: it stands in HTML. */
  readonly title: string;
  readonly lines: readonly string[];
  readonly open: boolean;
}

function sectionsOf(decision: Decision, context: GateContext, annotationCount: number): readonly Section[] {
  const problems = decision.layers.flatMap(({ file, status }) =>
    status.kind === 'valid' || status.kind === 'invalid'
      ? status.problems.map((problem) => ({ file, problem }))
      : [],
  );
  const verdicts = sortVerdicts(decision).filter(({ details }) => details.length > 0);
  const evidence = evidenceLines(decision.authorship);
  const hidden = annotationCount - MAX_ANNOTATIONS;
  return [
    {
      title: `Problems in the policy (${problems.length})`,
      open: true,
      lines: problems.map(
        ({ file, problem }) =>
          `- ${problem.severity} ${toMarkdown(
            say`${code(`${file}:${problem.line}:${problem.column}`)} ${problem.message}`,
            'text',
            DETAIL_LIMIT,
          )}`,
      ),
    },
    { title: `How we know who wrote it (${evidence.length})`, open: false, lines: evidence },
    ...verdicts.map(({ rule, details }) => ({
      title: `${rule.replace(/[^\w-]/g, '')}: details (${formatCount(details.length)})`,
      open: false,
      lines: [
        ...details.slice(0, DETAILS_PER_RULE).map((line) => `- ${toMarkdown(line, 'text', DETAIL_LIMIT)}`),
        ...(details.length > DETAILS_PER_RULE
          ? [`- and ${formatCount(details.length - DETAILS_PER_RULE)} more`]
          : []),
      ],
    })),
    {
      title: 'Annotations left out',
      open: true,
      lines: hidden > 0 ? [`- GitHub shows ${MAX_ANNOTATIONS}; ${formatCount(hidden)} more were found.`] : [],
    },
    { title: 'Pull requests that share this check', open: false, lines: siblingDetails(context) },
  ].filter(({ lines }) => lines.length > 0);
}

function learnMoreLine({ learnMore }: GateContext): readonly string[] {
  return learnMore !== undefined && /^https:\/\/[\w./#?=&%-]+$/.test(learnMore)
    ? [`[What the titles mean](${learnMore})`]
    : [];
}

/** The problems of a broken policy are annotated here if its rule did not do so already. */
function collectAnnotations(decision: Decision): readonly RenderedAnnotation[] {
  const fromRules = sortVerdicts(decision).flatMap(({ annotations }) => annotations ?? []);
  const fromPolicy = decision.layers.flatMap(({ layer, status }): readonly Annotation[] =>
    layer === 'repository' && status.kind === 'invalid'
      ? status.problems.map(({ line, column, severity, message }) => ({
          path: POLICY_PATH,
          startLine: line,
          endLine: line,
          level: severity === 'error' ? 'failure' : 'warning',
          message: say`Column ${column}: ${message}`,
        }))
      : [],
  );
  const told = new Set(fromRules.map(({ path, startLine }) => `${path}:${startLine}`));
  const all = [
    ...fromRules,
    ...fromPolicy.filter(({ path, startLine }) => !told.has(`${path}:${startLine}`)),
  ];
  const order = ['failure', 'warning', 'notice'];
  return all.map(renderAnnotation).sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
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

function siblingTitle({ number, title, gate }: Sibling, { pullRequest }: GateContext): string {
  const word = /^[A-Z][a-z]+( broken| [a-z]+)?(?=: )/.exec(title)?.[0] ?? conclusionWord(gate);
  const cause = toPlain(say`${title.startsWith(`${word}: `) ? title.slice(word.length + 2) : title}`, 160);
  return `${word}: #${number} ${pullRequest === null ? 'in this group' : 'on this head'}, ${cause}`;
}

function siblingLines({ pullRequest, siblings }: GateContext): readonly string[] {
  const held = siblings.filter(({ gate }) => strictness(gate) > strictness('neutral'));
  if (held.length === 0) return [];
  const named = held.slice(0, 5).map(({ number }) => `#${number}`);
  const more = held.length > named.length ? ` and ${held.length - named.length} more` : '';
  return pullRequest === null
    ? [`**Held in this merge group:** ${named.join(', ')}${more}.`]
    : [
        `**Shared head:** ${named.join(', ')}${more} ${held.length === 1 ? 'has' : 'have'} the same head commit and this check; the strictest verdict stands until it is lifted or that pull request is closed.`,
      ];
}

function siblingDetails({ siblings }: GateContext): readonly string[] {
  return siblings.map(
    ({ number, title }) => `- #${number}: ${toMarkdown(say`${title}`, 'text', DETAIL_LIMIT)}`,
  );
}

function strictestOf(siblings: readonly Sibling[]): Sibling | null {
  return siblings.reduce<Sibling | null>(
    (best, one) => (best === null || strictness(one.gate) > strictness(best.gate) ? one : best),
    null,
  );
}

function strictness(gate: Gate): number {
  return STRICTNESS.indexOf(gate);
}
