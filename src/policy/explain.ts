// In which zones is a path, and what does each key demand there, by whom and in which line?
import type { ApprovalDemand, FileDemands, Stated } from '../domain/zone.js';
import type { LoadedPolicy } from './parse.js';
import { resolveFile } from './resolve.js';
import { compileZones } from './zone-rules.js';

/** A zone the path is in. */
interface ExplainedZone {
  readonly name: string;
  /** 1-based, `null` for the built-in control plane. */
  readonly line: number | null;
  readonly mode: 'enforce' | 'observe';
  readonly for: 'agents' | 'everyone';
}

/** One demand in the policy's own words. */
interface ExplainedDemand {
  readonly key: string;
  readonly value: string;
  /** Zone name, `default`, `control plane`, or `null`: built in. */
  readonly zone: string | null;
  readonly line: number | null;
  /** `observe`: reported, not enforced. */
  readonly mode: 'enforce' | 'observe';
}

export interface Explanation {
  readonly path: string;
  readonly baseRef: string;
  readonly mode: 'enforce' | 'observe';
  readonly zones: readonly ExplainedZone[];
  readonly agents: readonly ExplainedDemand[];
  readonly people: readonly ExplainedDemand[];
}

/** What this layer's policy demands of the path, resolved as for a change. */
export function explainPath(
  policy: LoadedPolicy,
  path: string,
  options: { readonly baseRef: string },
): Explanation {
  const { baseRef } = options;
  const compiled = compileZones(policy);
  const resolve = (audience: 'agent' | 'person', modes: 'enforce' | 'all') =>
    listDemands(resolveFile(policy, path, { baseRef, audience, layer: 'repository', modes }), audience);
  const explain = (audience: 'agent' | 'person'): readonly ExplainedDemand[] => {
    const enforced = new Set(resolve(audience, 'enforce').map((demand) => JSON.stringify(demand)));
    const mark = (demand: Bare): ExplainedDemand => ({
      ...demand,
      mode: enforced.has(JSON.stringify(demand)) ? 'enforce' : 'observe',
    });
    const all = resolve(audience, 'all').map(mark);
    // What an observing zone would tighten is enforced meanwhile in its looser form: both are told.
    const shown = new Set(all.map(({ mode: _, ...demand }) => JSON.stringify(demand)));
    const meanwhile = resolve(audience, 'enforce').filter((demand) => !shown.has(JSON.stringify(demand)));
    return [...meanwhile.map(mark), ...all];
  };
  const all = resolveFile(policy, path, { baseRef, audience: 'agent', layer: 'repository', modes: 'all' });
  return {
    path,
    baseRef,
    mode: compiled.mode,
    zones: all.zones.map((name): ExplainedZone => {
      const zone = compiled.zones.find((candidate) => candidate.name === name);
      if (zone === undefined) return { name, line: null, mode: compiled.mode, for: 'everyone' };
      return { name, line: zone.line, mode: zone.mode, for: zone.everyone ? 'everyone' : 'agents' };
    }),
    agents: explain('agent'),
    people: explain('person'),
  };
}

/** Lines for a terminal. `file` is the policy's path, so that a demand reads `file:line`. */
export function formatExplanation(explanation: Explanation, file: string): string {
  const { path, baseRef, zones, agents, people, mode } = explanation;
  const where = (line: number | null) => (line === null ? 'built in' : `${file}:${line}`);
  const lines = [`${printable(path)} on ${printable(baseRef)}`, ''];
  if (mode === 'observe')
    lines.push('This policy observes: what is marked (observed) is reported and blocks nothing.', '');
  if (zones.length === 0) lines.push('In no zone but the default.');
  for (const zone of zones) {
    const remarks = [
      zone.for === 'everyone' ? 'for everyone' : 'for agents',
      ...(zone.mode === 'observe' ? ['observed'] : []),
    ];
    lines.push(`In zone ${zone.name} (${remarks.join(', ')}; ${where(zone.line)})`);
  }
  const stater = ({ zone, line }: ExplainedDemand) => {
    if (zone === null) return 'built-in default';
    return `${zone === 'default' ? 'zones.default' : zone}, ${where(line)}`;
  };
  const section = (title: string, demands: readonly ExplainedDemand[]) => {
    lines.push('', title);
    if (demands.length === 0) lines.push('  nothing');
    const rows = demands.map((demand) => [
      demand.key,
      `${demand.value}${demand.mode === 'observe' ? ' (observed)' : ''}`,
    ]);
    const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
    demands.forEach((demand, index) => {
      const [key, value] = rows[index]!;
      lines.push(`  ${key!.padEnd(widths[0]!)}  ${value!.padEnd(widths[1]!)}  ${stater(demand)}`.trimEnd());
    });
  };
  section("An agent's change needs", agents);
  const alone = aloneFrom(agents);
  if (alone !== null) lines.push(`  From tier ${alone} on an agent merges here without these approvals.`);
  section("A person's change needs", people);
  return `${lines.join('\n')}\n`;
}

/** The tier that needs no person here; `null` where every agent needs one, or part of the answer is only observed. */
function aloneFrom(demands: readonly ExplainedDemand[]): string | null {
  const of = (key: string) => demands.filter((demand) => demand.key === key);
  const [merge, ...others] = of('merge');
  const needsMore = of('require.rollback_plan').length + of('require.feature_flag').length > 0;
  if (merge === undefined || others.length > 0 || merge.mode === 'observe' || needsMore) return null;
  return merge.value === 'never' || of('approvals').length === 0 ? null : merge.value;
}

type Bare = Omit<ExplainedDemand, 'mode'>;

function listDemands(demands: FileDemands, audience: 'agent' | 'person'): readonly Bare[] {
  const row = <T>(key: string, stated: Stated<T>, value: (value: T) => string): Bare => ({
    key,
    value: value(stated.value),
    zone: stated.zone,
    line: stated.line,
  });
  const rows: Bare[] = [];
  const free = (stated: Stated<unknown>, value: unknown) => stated.zone === null && stated.value === value;
  if (audience === 'agent' && !free(demands.propose, 0)) rows.push(row('propose', demands.propose, String));
  if (audience === 'agent' && !free(demands.merge, 2)) rows.push(row('merge', demands.merge, String));
  rows.push(
    ...demands.approvals.map((approval) =>
      row('approvals', approval, (value) => spellApproval(value, audience)),
    ),
  );
  if (demands.rollbackPlan !== null) rows.push(row('require.rollback_plan', demands.rollbackPlan, String));
  if (demands.featureFlag !== null)
    rows.push(
      row('require.feature_flag', demands.featureFlag, ({ files }) => `in ${files.join(', ') || 'no file'}`),
    );
  rows.push(
    ...demands.checks.map((check) => row('require.checks', check, ({ name, app }) => `${name} by ${app}`)),
  );
  rows.push(...demands.evals.map((suite) => row('evals', suite, String)));
  rows.push(...demands.qualityDelta.map((limits) => row('quality_delta', limits, spellLimits)));
  return rows.map((one) => ({ ...one, value: printable(one.value) }));
}

/** A change that may not merge alone has at least one person behind it. */
function spellApproval({ count, from, confirm }: ApprovalDemand, audience: 'agent' | 'person'): string {
  return `${audience === 'agent' ? Math.max(1, count) : count} from ${from.join(' or ')}${confirm ? ', each confirmed' : ''}`;
}

/** `coverage.patch_min 90%` */
function spellLimits(limits: unknown, prefix = ''): string {
  if (typeof limits !== 'object' || limits === null) return `${prefix} ${String(limits)}`;
  return Object.entries(limits)
    .map(([key, value]) => spellLimits(value, prefix === '' ? key : `${prefix}.${key}`))
    .join(', ');
}

/** A path can hold line breaks and characters that reorder the line; in a terminal they are shown as escapes. */
function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
