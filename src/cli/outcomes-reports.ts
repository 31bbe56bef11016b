// `--issues FILE --deployments FILE`: what do exported incidents and deployments say of the changes of a clone?
// Both are JSON lines with the fields of GitHub's REST API: issues, and deployments with their statuses.
import { z } from 'zod';
import { nameLiteral } from '../outcomes/change-name.js';
import type { OutcomeReport } from '../outcomes/follow-changes.js';
import { readIncidentCauses } from '../outcomes/incident-cause.js';
import { findRollbacks } from '../outcomes/rollbacks.js';
import type { Trunk } from '../outcomes/trunk.js';
import { parseRows, readLines } from './json-lines.js';

export interface Reports {
  readonly reports: readonly OutcomeReport[];
  /** What could not be placed, in words. */
  readonly notes: readonly string[];
}

const issueSchema = z.object({
  number: z.number().int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string() })])),
  created_at: z.iso.datetime({ offset: true }),
});

const statusSchema = z.object({
  /** Of the deployment, not of the status. */
  deployment_id: z.union([z.number(), z.string()]),
  environment: z.string(),
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  state: z.string(),
  created_at: z.iso.datetime({ offset: true }),
});

/** Incidents name a change; a rollback blames everything it took out. */
export async function readReports(
  issues: string | null,
  deployments: string | null,
  trunk: Trunk,
): Promise<Reports> {
  const incidents = issues === null ? [] : await readAll(issues, issueSchema, 'an issue');
  const statuses =
    deployments === null ? [] : await readAll(deployments, statusSchema, 'a deployment status');
  const reports: OutcomeReport[] = [];
  const notes: string[] = [];
  for (const issue of incidents) {
    const labels = issue.labels.map((label) => (typeof label === 'string' ? label : label.name));
    for (const names of readIncidentCauses({ labels, title: issue.title, body: issue.body ?? '' })) {
      const change = names.flatMap((name) => trunk.candidates(name, trunk.size))[0];
      const named = String(nameLiteral(names[0]!));
      const by = `#${issue.number}`;
      if (change === undefined) notes.push(`Incident ${by} blames ${named}, which is not on this trunk.`);
      else reports.push({ kind: 'incident', change, by, at: issue.created_at, form: 'root-cause', named });
    }
  }
  const { rollbacks, unknown } = findRollbacks(
    statuses.map((one) => ({ ...one, id: String(one.deployment_id), at: one.created_at })),
    (sha) => trunk.find(sha),
  );
  for (const { deployment, environment, from, to, at, undone } of rollbacks) {
    const named = `${environment}: ${from.slice(0, 10)} back to ${to.slice(0, 10)}`;
    for (let change = undone.first; change <= undone.last; change += 1)
      reports.push({ kind: 'rollback', change, by: deployment, at, form: 'deployment', named });
  }
  if (unknown.length > 0)
    notes.push(
      `${unknown.length} deployed commits are not on this trunk (the first is ${unknown[0]}): nothing is concluded from them.`,
    );
  return { reports, notes };
}

async function readAll<T>(file: string, schema: z.ZodType<T>, kind: string): Promise<readonly T[]> {
  const rows: T[] = [];
  for await (const row of parseRows(readLines(file), file, schema, { done: 'read', kind, hint: '' }))
    rows.push(row);
  return rows;
}
