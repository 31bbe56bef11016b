// Which change does an incident issue name as its cause?
// The label makes it an incident; only words that blame make a change its cause, a link alone does not.
import { isSameName, type NamedChange } from './change-name.js';
import { readNamedCauses } from './named-cause.js';

export interface IncidentIssue {
  readonly labels: readonly string[];
  readonly title: string;
  readonly body: string;
}

/** `root cause: <sha>` is what fourkeys reads: https://github.com/dora-team/fourkeys */
const DEFAULT_LABELS = ['incident', 'outage', 'postmortem', 'post-mortem'] as const;

/** True for a label that makes an issue an incident. */
export function isIncidentLabel(label: string, labels: readonly string[] = DEFAULT_LABELS): boolean {
  return labels.map(plainLabel).includes(plainLabel(label));
}

/** A form's heading with the answer below it. */
const HEADED_CAUSE =
  /^(?:#{1,6} {0,3}|\*{2})(?:root cause|caused by|culprit|offending (?:change|commit|pr)):?(?:\*{2})?[ \t]{0,9}\r?\n(?:[ \t]{0,9}\r?\n){0,3}/gim;

/** Changes named as the cause; empty if the issue is no incident or blames none. */
export function readIncidentCauses(
  issue: IncidentIssue,
  labels: readonly string[] = DEFAULT_LABELS,
): readonly NamedChange[] {
  if (!issue.labels.some((label) => isIncidentLabel(label, labels))) return [];
  const body = issue.body.replace(HEADED_CAUSE, 'root cause: ');
  const causes = readNamedCauses(`${issue.title}\n\n${body}`).map((cause) => cause.names);
  return causes.filter(
    (names, at) => causes.findIndex((other) => names.some((a) => other.some((b) => isSameName(a, b)))) === at,
  );
}

/** `kind/incident`, `type: incident` and `Incident` are one label. */
function plainLabel(label: string): string {
  return label
    .toLowerCase()
    .replace(/^[\w -]{1,30}[/:]\s{0,3}/, '')
    .trim();
}
