// What is the one line that a reviewer reads?
// First word = conclusion, then the cause of the most severe verdict, then how many more there are.
import { type Message, ours, say } from '../domain/message.js';
import type { Decision, Gate, Verdict } from '../domain/verdict.js';
import { causesOf, isBrokenPolicy, isHalt } from './causes.js';
import { type Fragment, graphemes, shortenMiddle, toFragments } from './escape.js';

/** Above this, paths are shortened in the middle. */
const AIM = 64;
/** Above this, the end is cut. GitHub takes 255 and shows far fewer. */
const MOST = 84;
const MAX_UNITS = 255;
const SHORTEST_PATH = 18;

export function renderTitle(decision: Decision, gate: Gate): string {
  const causes = causesOf(decision, gate);
  const lead = causes[0];
  if (gate === 'success') return fitTitle('Passed', passedBecause(decision), 0);
  if (lead === undefined) return fitTitle(conclusionWord(gate), say`no verdict was reached`, 0);
  const broken = isBrokenPolicy(lead, decision) ? brokenBecause(lead, decision) : null;
  return broken === null
    ? fitTitle(leadWord(gate, lead, decision), lead.title, causes.length - 1)
    : fitTitle(leadWord(gate, lead, decision), broken.cause, broken.further + causes.length - 1);
}

/** The conclusion's own word, where no verdict says more. */
export function conclusionWord(gate: Gate): string {
  switch (gate) {
    case 'success':
      return 'Passed';
    case 'failure':
      return 'Blocked';
    case 'action_required':
      return 'Waiting';
    case 'in_progress':
      return 'Running';
    case 'neutral':
      return 'Would pass';
  }
}

/** The first word of a title: what the lead verdict makes of the conclusion. */
export function leadWord(gate: Gate, lead: Verdict, decision: Decision): string {
  if (gate === 'neutral') {
    if (lead.state === 'fail') return 'Would block';
    return lead.state === 'waiting' ? 'Would wait' : 'Would run';
  }
  if (gate === 'failure' && isHalt(lead)) return 'Halted';
  if (gate === 'failure' && isBrokenPolicy(lead, decision)) return 'Policy broken';
  return conclusionWord(gate);
}

/** The first error's first sentence: what else is known stands in the summary. */
function brokenBecause(lead: Verdict, { layers }: Decision): { cause: Message; further: number } | null {
  const status = layers.find(({ layer }) => layer === lead.layer)?.status;
  if (status?.kind !== 'invalid') return null;
  const errors = status.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return null;
  const [sentence = ''] = first.message.split(/\.(?=\s|$)/);
  const words = sentence.replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());
  return { cause: say`line ${first.line}, ${words}`, further: errors.length - 1 };
}

function passedBecause(decision: Decision): Message {
  const { layers, verdicts } = decision;
  if (layers.length > 0 && layers.every(({ status }) => status.kind === 'absent')) {
    return say`no agent-policy.yml on the default branch`;
  }
  const who = whoWrote(decision);
  const problem = layers.find(({ status }) => status.kind === 'invalid');
  if (problem?.status.kind === 'invalid') {
    const [first] = problem.status.problems;
    return say`${who}; policy broken${first === undefined ? ours('') : ours(`, line ${first.line}`)}`;
  }
  const approved = verdicts.find(({ rule, state }) => /approvals$/.test(rule) && state === 'pass');
  return approved === undefined ? who : say`${who}, ${approved.title}`;
}

function whoWrote({ authorship, tier }: Decision): Message {
  const held = ours(tier === null ? '' : ` (tier ${tier})`);
  const name = authorship.name === null ? ours('') : say` ${authorship.name}`;
  switch (authorship.authorship) {
    case 'agent': {
      const [first, second, ...rest] = authorship.agents;
      if (first === undefined) return say`an agent${held}`;
      if (second === undefined) return say`${first}${held}`;
      return rest.length === 0
        ? say`${first} and ${second}${held}`
        : say`${first} and ${rest.length + 1} more agents${held}`;
    }
    case 'assisted':
      return say`a person, assisted by ${authorship.name ?? ours('AI')}`;
    case 'automation':
      return say`automation${name}`;
    case 'human':
      return say`no agent evidence found`;
    case 'unknown':
      return say`unattributed account${name}${held}`;
  }
}

/** `Word: cause (+2)`. A rule that counts its own further causes ends with `(+2)` already: one sum is shown. */
function fitTitle(word: string, cause: Message, further: number): string {
  const fragments = [...toFragments(cause)];
  const last = fragments.at(-1);
  const counted = last?.code === false ? / \(\+(\d+)\)$/.exec(last.text) : null;
  if (counted !== null) {
    fragments[fragments.length - 1] = { code: false, text: last!.text.slice(0, counted.index) };
  }
  const more = further + Number(counted?.[1] ?? 0);
  const end = more > 0 ? ` (+${more})` : '';
  const start = `${word}: `;
  const shortened = shortenPaths(fragments, AIM - start.length - end.length);
  const fitted = cut(shortened, MOST - start.length - end.length).trim();
  return start + withinUnits(fitted, MAX_UNITS - start.length - end.length) + end;
}

/** Letters with many marks are few to a reader and many to GitHub. */
function withinUnits(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = '';
  for (const one of graphemes(text)) {
    if (kept.length + one.length > limit - 1) break;
    kept += one;
  }
  return `${kept}…`;
}

/** Gives every path the same room, as little as needed and never less than can be recognised. */
function shortenPaths(fragments: readonly Fragment[], room: number): readonly Fragment[] {
  const isPath = ({ code, text }: Fragment) => code && /^[^@].*\//.test(text);
  const over = lengthOf(fragments) - room;
  const paths = fragments.filter(isPath);
  if (over <= 0 || paths.length === 0) return fragments;
  const share = Math.max(SHORTEST_PATH, Math.floor((lengthOf(paths) - over) / paths.length));
  return fragments.map((part) => (isPath(part) ? { code: true, text: shortenPath(part.text, share) } : part));
}

/** Keeps the top folder and the file name: `infra/…/main.tf`. */
export function shortenPath(path: string, limit: number): string {
  if (graphemes(path).length <= limit) return path;
  const folders = path.split('/');
  const top = folders[0]!;
  for (let from = 1; from < folders.length; from += 1) {
    const short = `${top}/…/${folders.slice(from).join('/')}`;
    if (from > 1 && graphemes(short).length <= limit) return short;
  }
  return shortenMiddle(path, limit);
}

/** Drops whole words, and whole codes, from the end; what stands in brackets at the very end survives. */
function cut(fragments: readonly Fragment[], limit: number): string {
  const whole = fragments.map(({ text }) => text).join('');
  if (graphemes(whole).length <= limit) return whole;
  const bracket = / \([^()]{1,16}\)$/.exec(whole)?.[0] ?? '';
  const room = limit - bracket.length - 2;
  let kept = '';
  for (const { code, text } of fragments) {
    const free = room - graphemes(kept).length;
    const seen = graphemes(text);
    if (seen.length <= free) {
      kept += text;
      continue;
    }
    // Nothing but a code: a login of a thousand letters. Everything else ends before it.
    if (code) kept += kept.length > room / 2 ? '' : shortenMiddle(text, free);
    else
      kept += seen
        .slice(0, free)
        .join('')
        .replace(/\S+$/u, (word) => (word.length > 24 ? word : ''));
    break;
  }
  return `${kept.trimEnd()} …${bracket}`;
}

function lengthOf(fragments: readonly Fragment[]): number {
  return fragments.reduce((sum, { text }) => sum + graphemes(text).length, 0);
}
