// What does one layer demand of an agent's change as a whole, whatever files it touches?
import { defaultTraceHosts, fixesOwnBranch } from '../agents/catalogue.js';
import { changesRequested } from '../rules/changes-requested.js';
import { completeEvidence } from '../rules/complete-evidence.js';
import type { Rule } from '../rules/define-rule.js';
import { halt } from '../rules/halt.js';
import { naming } from '../rules/naming.js';
import { notBuilt } from '../rules/not-built.js';
import { owner } from '../rules/owner.js';
import { traceFields } from '../rules/trace-fields.js';
import { traceLink } from '../rules/trace-link.js';
import { isIndependent, keepsOnSameDiff } from './approver-lists.js';
import { DEFAULTS } from './defaults.js';
import type { Demand, JudgingLayer } from './demand.js';
import { generalQualityDemand } from './quality-demands.js';
import type { Path } from './source.js';
import { agentSettings, ownerList, ownersOfAgents } from './standing.js';

export function demandsOfChange(judging: JudgingLayer, anyAlone: boolean): readonly Demand[] {
  const { policy } = judging;
  return [
    ...haltDemands(judging),
    ...traceDemands(judging),
    ...generalQualityDemand(judging),
    ...namingDemands(judging),
    ...unbuiltDemands(judging, anyAlone),
  ];

  function namingDemands({ agents, catalogue, layer }: JudgingLayer): readonly Demand[] {
    const stated = policy.document.naming;
    // The label of a change is one thing; the organisation speaks of it only where it says so.
    if (stated === undefined && layer === 'organization') return [];
    const label = stated?.label ?? DEFAULTS.naming.label;
    const free = agents.filter((agent) => !fixesOwnBranch(catalogue, agent));
    const branch = free.length === agents.length ? (stated?.branch ?? null) : null;
    const labels = label ? agents.slice(0, 1).map(labelOf) : [];
    if (labels.length === 0 && branch === null) return [];
    return [demand(judging, naming, { labels, branch }, ['naming'])];
  }
}

/** GitHub's labels have at most 50 characters. */
export function labelOf(agent: string): string {
  return `agent:${agent}`.slice(0, 50);
}

/** Once for the change: the repository's policy speaks, or the organisation's where there is no other. */
export function demandsOnce(judging: JudgingLayer): readonly Demand[] {
  const owners = ownersOfAgents(judging.policy, judging.agents);
  return [
    demand(judging, completeEvidence, { agent: true }, []),
    ...owners.map((one) => ({
      ...demand(
        judging,
        owner,
        { owner: one.owner, agent: one.agent, machineUsers: judging.machineUsers },
        [],
      ),
      line: one.line,
    })),
  ];
}

/** Binds every change that people must approve. */
export function reviewDemand(judging: JudgingLayer): Demand {
  const independent = isIndependent(judging);
  const owners = ownersOfAgents(judging.policy, judging.agents).flatMap(({ owner: name }) =>
    ownerList(name, judging.context.authorship, independent),
  );
  const settings = {
    owners: [...new Set(owners)].filter((name) => name !== 'anyone'),
    independent,
    keepOnSameDiff: keepsOnSameDiff(judging),
    machineUsers: judging.machineUsers,
  };
  return { ...demand(judging, changesRequested, settings, []), line: null };
}

function haltDemands(judging: JudgingLayer): readonly Demand[] {
  const halted = judging.policy.document.halt;
  if (halted === undefined || halted === false) return [];
  const line = judging.policy.lineOf(['halt']);
  const settings = { agents: judging.agents, halted, file: judging.file, line };
  // The kill switch holds in observe mode too.
  return [{ ...demand(judging, halt, settings, ['halt']), mode: 'enforce' }];
}

function traceDemands(judging: JudgingLayer): readonly Demand[] {
  const { policy, agents, catalogue } = judging;
  const groups = new Map<string, { readonly path: Path; readonly agents: string[] }>();
  for (const agent of agents.length === 0 ? [null] : agents) {
    const own = agent !== null && agentSettings(policy, agent)?.trace !== undefined;
    const path: Path = own ? ['agents', agent, 'trace'] : ['trace'];
    const group = groups.get(path.join('.')) ?? { path, agents: [] };
    groups.set(path.join('.'), group);
    if (agent !== null) group.agents.push(agent);
  }
  return [...groups.values()].flatMap(({ path, agents: members }) => {
    const general = policy.document.trace;
    const own = path.length > 1 ? agentSettings(policy, members[0]!)?.trace : undefined;
    const stated = general === undefined && own === undefined ? null : { ...general, ...own };
    if (stated === null && judging.layer === 'organization') return [];
    const sessionHosts = defaultTraceHosts(catalogue);
    const known = catalogue.agents.filter(
      ({ name, sessions }) => members.includes(name) && sessions.length > 0,
    );
    const shaped = members.filter((member) => known.some(({ name }) => name === member));
    const settings = {
      required: stated === null ? false : (stated.required ?? DEFAULTS.trace.required),
      hosts: stated?.hosts ?? sessionHosts,
      sessionHosts,
      shaped: shaped.length === members.length ? shaped : [],
      ownHosts: [...new Set(known.flatMap(({ sessions }) => sessions.map(({ host }) => host)))],
      agents: members,
    };
    const fields = stated?.fields ?? DEFAULTS.trace.fields;
    return [
      demand(judging, traceLink, settings, path),
      ...(fields.length === 0 ? [] : [demand(judging, traceFields, { fields }, [...path, 'fields'])]),
    ];
  });
}

/** Sections that state a demand this version cannot judge. */
function unbuiltDemands(judging: JudgingLayer, anyAlone: boolean): readonly Demand[] {
  const { policy, agents } = judging;
  const { document } = policy;
  const found: { readonly key: string; readonly path: Path }[] = [];
  for (const path of [['trace'], ...agents.map((agent) => ['agents', agent, 'trace'])]) {
    const trace = path.length === 1 ? document.trace : agentSettings(policy, path[1]!)?.trace;
    const verify = trace?.verify ?? DEFAULTS.trace.verify;
    if (verify !== 'present') found.push({ key: `trace.verify: ${verify}`, path: [...path, 'verify'] });
  }
  for (const agent of agents) {
    if (agentSettings(policy, agent)?.budget !== undefined) {
      found.push({ key: `agents.${agent}.budget`, path: ['agents', agent, 'budget'] });
    }
  }
  if (document.error_budget !== undefined) found.push({ key: 'error_budget', path: ['error_budget'] });
  if (document.sampling !== undefined && anyAlone) found.push({ key: 'sampling', path: ['sampling'] });
  if (document.checkpoints !== undefined && document.checkpoints.length > 0) {
    found.push({ key: 'checkpoints', path: ['checkpoints'] });
  }
  return found.map(({ key, path }) => {
    const line = policy.lineOf(path);
    return demand(judging, notBuilt, { key, file: judging.file, line, zone: null }, path);
  });
}

function demand(judging: JudgingLayer, rule: Rule, settings: unknown, path: Path): Demand {
  const line = path.length === 0 ? null : judging.policy.lineOf(path);
  return { rule, settings, layer: judging.layer, mode: judging.mode, line, zone: null };
}
