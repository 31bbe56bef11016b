// Whose approval does a demand mean, once `owner` and `codeowners` are spelled out?
import type { ApprovalDemand, Stated } from '../domain/zone.js';
import { type Codeowners, ownersOf, parseCodeowners } from '../paths/codeowners.js';
import { CONTROL_PLANE } from '../paths/control-plane.js';
import { participationOf } from '../rules/participants.js';
import { isMachineUser, isTeam, teamOf } from '../rules/people.js';
import { DEFAULTS } from './defaults.js';
import type { JudgingLayer } from './demand.js';
import { ownerList, ownersOfAgents } from './standing.js';

export interface ApproverList {
  /** As the rule `human-approvals` takes it. */
  readonly from: readonly string[];
  /** CODEOWNERS was not read, so nobody can be counted. */
  readonly listUnknown: boolean;
}

/** One list, or one per distinct owner where several agents' owners must each approve. */
export function approverLists(
  stated: Stated<ApprovalDemand>,
  path: string,
  judging: JudgingLayer,
): readonly ApproverList[] {
  const { from } = stated.value;
  const named = from.filter((name) => name !== 'codeowners' && name !== 'owner');
  const owners = from.includes('codeowners') ? codeownersOf(path, judging) : [];
  if (owners === null) return [{ from: named, listUnknown: true }];
  const needsOwner = from.includes('owner') || owners.includes('owner');
  const people = unique([...named, ...owners.filter((name) => name !== 'owner')]);
  if (!needsOwner) return [{ from: people, listUnknown: false }];
  return ownersOfAgents(judging.policy, judging.agents).map(({ owner }) => ({
    from: unique([...people, ...spellOut(owner, stated.zone === CONTROL_PLANE, judging)]),
    listUnknown: false,
  }));
}

export function isIndependent({ policy, audience }: JudgingLayer): boolean {
  // Nobody asked a person for their own change.
  if (audience === 'person') return false;
  return policy.document.approvals?.independent ?? DEFAULTS.approvals.independent;
}

export function keepsOnSameDiff({ policy }: JudgingLayer): boolean {
  return policy.document.approvals?.keep_on_same_diff ?? DEFAULTS.approvals.keep_on_same_diff;
}

/** Owners by the default branch's file; `owner` for what nobody owns or an e-mail alone does. `null`: not read. */
function codeownersOf(path: string, { context }: JudgingLayer): readonly string[] | null {
  const { codeowners } = context.snapshot;
  if (codeowners === null) return null;
  const owners = codeowners.text === null ? [] : ownersOf(compile(codeowners.text), path);
  // GitHub alone knows whose an e-mail is.
  const reachable = owners.filter((owner) => owner.startsWith('@'));
  return reachable.length === 0 ? ['owner'] : reachable.toSorted();
}

/** The control plane is never left without anybody who may approve: then a repository admin must. */
function spellOut(owner: string, controlPlane: boolean, judging: JudgingLayer): readonly string[] {
  const { authorship } = judging.context;
  if (!controlPlane) return ownerList(owner, authorship, isIndependent(judging));
  return owner !== 'requester' && canAct(owner, judging) ? [owner] : ['admin'];
}

/** False if everybody the owner stands for took part in the change or is known not to exist. */
function canAct(owner: string, { context, participants, machineUsers }: JudgingLayer): boolean {
  const team = isTeam(owner) ? teamOf(context.snapshot, owner) : undefined;
  if (isTeam(owner) && team === undefined) return true;
  const logins = team === undefined ? [owner.replace(/^@/, '')] : team.found ? team.members : [];
  return logins.some(
    (login) =>
      !isMachineUser(login, machineUsers) &&
      participationOf({ login, id: null, type: null }, participants) === null,
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}

/** One review asks about one file for thousands of paths. */
let last: { readonly text: string; readonly compiled: Codeowners } | null = null;

function compile(text: string): Codeowners {
  if (last?.text !== text) last = { text, compiled: parseCodeowners(text) };
  return last.compiled;
}
