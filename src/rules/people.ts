// Is this account a person, and is it the same as that one?
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { Account, PersonFacts, RepositoryPermission, Snapshot, TeamFacts } from '../domain/snapshot.js';

const WRITERS: readonly RepositoryPermission[] = ['admin', 'maintain', 'write'];

export function canWrite(permission: RepositoryPermission): boolean {
  return WRITERS.includes(permission);
}

/** `null`: nobody knows the account's type. Bots, apps and machine users are not people. */
export function isPerson(
  account: Account,
  snapshot: Snapshot,
  machineUsers: readonly string[],
): boolean | null {
  if (/\[bot\]$/i.test(account.login) || isMachineUser(account.login, machineUsers)) return false;
  const type = account.type ?? factsOf(snapshot, account.login)?.account.type ?? null;
  return type === null ? null : type === 'User';
}

export function isMachineUser(login: string, machineUsers: readonly string[]): boolean {
  return machineUsers.some((user) => sameLogin(user.replace(/^@/, ''), login));
}

/** Logins are compared without case, and bots with or without their suffix. */
export function sameLogin(one: string, other: string): boolean {
  return bareLogin(one) === bareLogin(other);
}

export function factsOf(snapshot: Snapshot, login: string): PersonFacts | undefined {
  return own(snapshot.people, login.toLowerCase());
}

export function teamOf(snapshot: Snapshot, team: string): TeamFacts | undefined {
  return own(snapshot.teams, team.toLowerCase());
}

/** `@org/team`, in contrast to `@user`. */
export function isTeam(name: string): boolean {
  return name.startsWith('@') && name.includes('/');
}

/** Logins that asked the agent for this change; `null` if nobody knows. */
export function requestersOf(authorship: AuthorshipFinding): readonly string[] | null {
  const { requester } = authorship;
  return requester.known && requester.logins.length > 0 ? requester.logins : null;
}

/** Lower case, without the suffix of a bot. */
export function bareLogin(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}

/** Logins come from outside: `constructor` is a valid one. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
