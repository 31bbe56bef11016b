// Which rule asks for what, why, and who does what? One table, what holds first.
import type { Message } from '../domain/message.js';
import type { Decision, LayerReport, Verdict } from '../domain/verdict.js';
import { isForLater, isHalt, isOpen, rowsOf } from './causes.js';
import { codeSpan, toMarkdown, toPlain } from './escape.js';
import { bytesOf } from './json-block.js';
import { addressee } from './next-steps.js';

const TITLE_LIMIT = 200;
const REASON_LIMIT = 500;
const REPOSITORY = /^(https?:\/\/[A-Za-z0-9.:-]+)\/([\w.-]+\/[\w.-]+)$/;

export function renderTable(decision: Decision, repositoryUrl: string | null, maxBytes: number): string {
  const head = ['| Rule | State | Why | Who does what |', '| :-- | :-- | :-- | :-- |'];
  const { kept, left } = fitLines(
    rowsOf(decision),
    (verdict) => renderRow(verdict, decision, repositoryUrl),
    maxBytes - bytesOf(head.join('\n')) - 80,
  );
  const more = left === 0 ? [] : [`| … | | and ${formatCount(left)} more | |`];
  return [...head, ...kept, ...more].join('\n');
}

export function stateWord(verdict: Verdict): string {
  const observed = verdict.mode === 'observe';
  switch (verdict.state) {
    case 'fail':
      if (isHalt(verdict) && !observed) return 'Halted';
      return observed ? 'Would block' : 'Blocked';
    case 'waiting':
      return observed ? 'Would wait' : 'Waiting';
    case 'pending':
      return observed ? 'Would run' : 'Running';
    case 'pass':
      return 'Passed';
    case 'skipped':
      return 'Skipped';
  }
}

/** Carries the state where colour is missing; text, not emoji, so that it looks alike everywhere. */
export function stateSign({ state }: Verdict): string {
  switch (state) {
    case 'fail':
      return '✖';
    case 'waiting':
      return '●';
    case 'pending':
      return '◌';
    case 'pass':
      return '✔';
    case 'skipped':
      return '–';
  }
}

/** `policy line 12`; what is built in says so. */
export function askerWords({ layer, line }: Verdict): string {
  if (layer === 'built-in') return 'built in';
  const whose = layer === 'organization' ? 'organisation policy' : 'policy';
  return line === null ? whose : `${whose} line ${line}`;
}

/** Whole lines while they fit; how many were left out is for the caller to say. */
export function fitLines<T>(
  items: readonly T[],
  render: (item: T) => string,
  maxBytes: number,
): { readonly kept: readonly string[]; readonly left: number } {
  let used = 0;
  const kept: string[] = [];
  for (const item of items) {
    const line = render(item);
    used += bytesOf(line) + 1;
    if (used > maxBytes) break;
    kept.push(line);
  }
  return { kept, left: items.length - kept.length };
}

export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Where a layer's file can be looked at: on the default branch, which is what it was read from. */
export function policyUrl(report: LayerReport, repositoryUrl: string | null): string | null {
  const url = REPOSITORY.exec(repositoryUrl ?? '');
  const file = /^(?:([\w.-]+\/[\w.-]+): )?([\w./-]+)$/.exec(report.file);
  if (url === null || file === null) return null;
  return `${url[1]}/${file[1] ?? url[2]}/blob/HEAD/${file[2]}`;
}

/** The repository's address, if nothing in it could break out of a link. */
export function repositoryRoot(repositoryUrl: string | null): string | null {
  return repositoryUrl !== null && REPOSITORY.test(repositoryUrl) ? repositoryUrl : null;
}

/** Which zone of which policy asked, with a link to the line. For table cells and text alike. */
export function renderAsker(verdict: Verdict, decision: Decision, repositoryUrl: string | null): string {
  const zone =
    verdict.zone === null || verdict.layer === 'built-in' ? '' : `zone ${codeSpan(verdict.zone, 'cell')}, `;
  return `${zone}${askerLink(verdict, decision, repositoryUrl)}`;
}

function renderRow(verdict: Verdict, decision: Decision, repositoryUrl: string | null): string {
  const rule = `${codeSpan(verdict.rule, 'cell')}<br>${renderAsker(verdict, decision, repositoryUrl)}`;
  const state = `${stateSign(verdict)} ${stateWord(verdict).replace(' ', '&nbsp;')}`;
  const cells = [
    rule,
    isOpen(verdict) ? `**${state}**` : state,
    renderWhy(verdict),
    renderRemedy(verdict, decision),
  ];
  return `| ${cells.join(' | ')} |`;
}

function renderWhy(verdict: Verdict): string {
  const title = cell(verdict.title, TITLE_LIMIT);
  const reason = cell(verdict.reason, REASON_LIMIT);
  const cause = isOpen(verdict) ? `**${title}**` : title;
  const isSame = toPlain(verdict.reason).replace(/\.$/, '') === toPlain(verdict.title);
  return reason === '' || isSame ? cause : `${cause}<br>${reason}`;
}

function renderRemedy(verdict: Verdict, decision: Decision): string {
  const { remedy } = verdict;
  if (remedy === null) return isOpen(verdict) ? 'Nothing lifts it on this pull request.' : '';
  const later = isForLater(verdict, decision) ? 'Afterwards, ' : '';
  return `${later}**${addressee(remedy.by)}:** ${cell(remedy.what, REASON_LIMIT)}`;
}

function askerLink(verdict: Verdict, decision: Decision, repositoryUrl: string | null): string {
  const words = askerWords(verdict);
  const report = decision.layers.find(({ layer }) => layer === verdict.layer);
  const url = report === undefined ? null : policyUrl(report, repositoryUrl);
  return url === null || verdict.line === null ? words : `[${words}](${url}#L${verdict.line})`;
}

function cell(message: Message, limit: number): string {
  return toMarkdown(message, 'cell', limit);
}
