// What does a valid policy ask for that this version cannot judge?
// Told to whoever writes the policy, so that nobody learns it from a pull request that waits for ever.
import type { SemanticProblem } from './lint-problem.js';
import type { PolicyDocument } from './schema.js';
import type { Path } from './source.js';

/** Warnings. What only observes blocks nothing and is left out. */
export function findUnbuilt(document: PolicyDocument): readonly SemanticProblem[] {
  return [...inAgents(document), ...inZones(document), ...inSections(document)];
}

function inSections(document: PolicyDocument): readonly SemanticProblem[] {
  const { mode, trace, error_budget, sampling, checkpoints } = document;
  const found: SemanticProblem[] = [];
  if (mode !== 'observe') {
    if (asksForProof(trace?.verify)) found.push(waits(`trace.verify: ${trace?.verify}`, ['trace', 'verify']));
    if (error_budget !== undefined) found.push(waits('error_budget', ['error_budget']));
    if (sampling !== undefined) found.push(waits('sampling', ['sampling']));
    if (checkpoints !== undefined && checkpoints.length > 0)
      found.push(waits('checkpoints', ['checkpoints']));
  }
  for (const key of ['waivers', 'escalation'] as const) {
    if (document[key] !== undefined)
      found.push(warn([key], `\`${key}\` has no effect in this version of agent-policy.`));
  }
  return found;
}

function inAgents({ mode, agents }: PolicyDocument): readonly SemanticProblem[] {
  if (mode === 'observe') return [];
  return Object.entries(agents ?? {}).flatMap(([name, agent]) => {
    if (name === 'default') return [];
    const path = ['agents', name];
    const { trace, budget } = agent as { trace?: { verify?: string }; budget?: unknown };
    return [
      ...(asksForProof(trace?.verify)
        ? [waits(`trace.verify: ${trace?.verify}`, [...path, 'trace', 'verify'])]
        : []),
      ...(budget === undefined ? [] : [waits(`agents.${name}.budget`, [...path, 'budget'])]),
    ];
  });
}

function inZones(document: PolicyDocument): readonly SemanticProblem[] {
  const observed = (mode: 'enforce' | 'observe' | undefined) => (mode ?? document.mode) === 'observe';
  return Object.entries(document.zones ?? {}).flatMap(([name, zone]) => {
    if (observed(zone.mode)) return [];
    const path = ['zones', name];
    const { approvals, require } = zone;
    return [
      ...(approvals?.confirm === true ? [waits('approvals.confirm', [...path, 'approvals', 'confirm'])] : []),
      ...(require?.rollback_plan === true
        ? [asksPeople('rollback_plan', [...path, 'require', 'rollback_plan'])]
        : []),
      ...(require?.feature_flag === undefined
        ? []
        : [asksPeople('feature_flag', [...path, 'require', 'feature_flag'])]),
    ];
  });
}

function asksForProof(verify: string | undefined): boolean {
  return verify !== undefined && verify !== 'present';
}

function waits(key: string, path: Path): SemanticProblem {
  return warn(
    path,
    `This version cannot judge \`${key}\` yet, and what it cannot judge waits for the owner. Leave it out until then.`,
  );
}

function asksPeople(key: string, path: Path): SemanticProblem {
  return warn(path, `This version cannot judge \`${key}\` yet, so people must approve every change here.`);
}

function warn(path: Path, message: string): SemanticProblem {
  return { path, onKey: true, severity: 'warning', message };
}
