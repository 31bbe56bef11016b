// What does a terminal show of a decision?
// Facts that this source cannot tell stand apart from what was judged.
import { type Message, ours, say } from '../domain/message.js';
import type { Decision, Verdict } from '../domain/verdict.js';
import { gateOf } from '../policy/evaluate.js';
import { isForLater, isOpen, rowsOf } from './causes.js';
import { graphemes, toPlain } from './escape.js';
import { addressee, type Step, stepsOf } from './next-steps.js';
import {
  authorWords,
  doubtWords,
  layerWords,
  requesterWords,
  sortEvidence,
  sortLayers,
} from './provenance.js';
import { renderTitle } from './title.js';
import { askerWords, stateSign, stateWord } from './verdict-table.js';

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

type Paint = (style: keyof typeof STYLES, text: string) => string;

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
const NARROWEST = 40;
const WIDEST = 110;
const INDENT = 4;
const MOST_DETAILS = 12;

export function renderText(decision: Decision, { color, width }: TextOptions): string {
  const columns = Math.min(Math.max(width, NARROWEST), WIDEST);
  const paint: Paint = (style, text) => (color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
  const gate = gateOf(decision);
  const verdicts = rowsOf(decision);
  const unknown = verdicts.filter((verdict) => isOpen(verdict) && verdict.notKnown === true);
  const judged = verdicts.filter((verdict) => !unknown.includes(verdict));
  const blocks = [
    [paint('bold', renderTitle(decision, gate))],
    knownSteps(decision, judged, unknown.length).flatMap(({ who, what }) =>
      labelled(who, what, columns, paint),
    ),
    ...judged.filter(isOpen).map((verdict) => verdictLines(verdict, decision, columns, paint)),
    judged
      .filter((verdict) => !isOpen(verdict))
      .flatMap((verdict) => verdictLines(verdict, decision, columns, paint)),
    unknown.length === 0
      ? []
      : [
          paint('bold', 'Not known here'),
          ...unknown.flatMap((verdict) => verdictLines(verdict, decision, columns, paint)),
        ],
    provenanceLines(decision, columns, paint),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** Nobody is sent to work by a fact that is merely not known here. */
function knownSteps(decision: Decision, judged: readonly Verdict[], unknown: number): readonly Step[] {
  const known = { ...decision, verdicts: judged };
  const gate = gateOf(known);
  if (unknown === 0) return stepsOf(known, gate);
  const rest = {
    who: null,
    what: say`${unknown} more ${ours(unknown === 1 ? 'depends' : 'depend')} on facts that are not known here, below.`,
  };
  if (gate !== 'success') return [...stepsOf(known, gate), rest];
  return [
    {
      who: null,
      what: say`Nothing that is known here holds it. ${unknown} ${ours(unknown === 1 ? 'rule depends' : 'rules depend')} on facts that are not known here, below.`,
    },
  ];
}

function verdictLines(
  verdict: Verdict,
  decision: Decision,
  columns: number,
  paint: Paint,
): readonly string[] {
  const isHolding = isOpen(verdict);
  const sign = verdict.notKnown === true && isHolding ? '?' : stateSign(verdict);
  const head = `${sign} ${stateWord(verdict).padEnd(11)} ${verdict.rule}`;
  const zone =
    verdict.zone === null || verdict.layer === 'built-in' ? '' : `zone ${toPlain(say`${verdict.zone}`)}, `;
  const first = `${paint(colorOf(verdict), head)}  ${paint('dim', `(${zone}${askerWords(verdict)})`)}`;
  const remedy = isHolding && verdict.remedy !== null ? verdict.remedy : null;
  const later = isForLater(verdict, decision) ? 'Afterwards, ' : '';
  const body = [
    ...wrap(toPlain(verdict.title), columns, INDENT),
    ...wrap(toPlain(verdict.reason), columns, INDENT),
    ...(isHolding ? details(verdict, columns) : []),
    ...(remedy === null
      ? []
      : wrap(`→ ${later}${addressee(remedy.by)}: ${toPlain(remedy.what)}`, columns, INDENT)),
  ];
  return [first, ...body];
}

function details({ details }: Verdict, columns: number): readonly string[] {
  const left = details.length - MOST_DETAILS;
  return [
    ...details.slice(0, MOST_DETAILS).flatMap((line) => wrap(`· ${toPlain(line)}`, columns, INDENT)),
    ...(left > 0 ? [`${' '.repeat(INDENT)}· and ${left} more`] : []),
  ];
}

function provenanceLines(decision: Decision, columns: number, paint: Paint): readonly string[] {
  const requester = requesterWords(decision.authorship);
  const doubts = doubtWords(decision.authorship);
  const evidence = sortEvidence(decision.authorship.evidence);
  return [
    ...labelled('Who wrote it', authorWords(decision), columns, paint),
    ...(doubts === null ? [] : wrap(toPlain(doubts), columns, INDENT)),
    ...(requester === null ? [] : wrap(toPlain(requester), columns, INDENT)),
    ...evidence
      .slice(0, MOST_DETAILS)
      .flatMap(({ strength, what }) => wrap(`· ${strength}: ${toPlain(what)}`, columns, INDENT)),
    ...(evidence.length > MOST_DETAILS ? [`    · and ${evidence.length - MOST_DETAILS} more`] : []),
    ...labelled('Judged by', judgedBy(decision), columns, paint),
    ...decision.layers.flatMap(({ file, status }) =>
      status.kind === 'valid' || status.kind === 'invalid'
        ? status.problems.flatMap((problem) =>
            wrap(
              toPlain(
                say`· ${file}:${problem.line}:${problem.column}  ${problem.severity}: ${problem.message}`,
              ),
              columns,
              INDENT,
            ),
          )
        : [],
    ),
    ...labelled('Head', say`${decision.headSha}`, columns, paint),
  ];
}

function judgedBy(decision: Decision): Message {
  const [first, ...others] = sortLayers(decision).map(layerWords);
  return others.reduce((before, next) => say`${before}; ${next}`, first ?? say`no policy`);
}

function labelled(label: string | null, what: Message, columns: number, paint: Paint): readonly string[] {
  const words = toPlain(what);
  if (label === null) return wrap(words, columns, 0);
  const lines = wrap(`${label}: ${words}`, columns, 0, INDENT);
  return lines.map((line, index) =>
    index === 0 ? paint('bold', `${label}:`) + line.slice(label.length + 1) : line,
  );
}

/** Breaks between words; a word longer than the line stands on its own, uncut, so that a path can be copied. */
function wrap(text: string, columns: number, indent: number, hanging = indent): readonly string[] {
  if (text === '') return [];
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && graphemes(line).length + 1 + graphemes(word).length > columns) {
      lines.push(line);
      line = ' '.repeat(hanging);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

function colorOf({ state, mode }: Verdict): keyof typeof STYLES {
  if (mode === 'observe' && state !== 'pass') return 'dim';
  switch (state) {
    case 'fail':
      return 'red';
    case 'waiting':
      return 'yellow';
    case 'pending':
      return 'cyan';
    case 'pass':
      return 'green';
    case 'skipped':
      return 'dim';
  }
}
