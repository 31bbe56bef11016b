// Who took part in making this change, and so may not approve it?
// Commit identities are claims; they can only take the right to approve away, never give it.
import type { AuthorshipFinding } from '../domain/authorship.js';
import { code, type Message, say } from '../domain/message.js';
import type { Account, Commit, GitIdentity, Memory, Snapshot } from '../domain/snapshot.js';
import { bareLogin } from './people.js';
import { requestersSeen } from './requesters.js';

/** How each account took part, by login and by id; the first way found is told. */
export interface Participants {
  readonly byLogin: ReadonlyMap<string, Message>;
  readonly byId: ReadonlyMap<number, Message>;
}

export interface ParticipationInput {
  readonly snapshot: Snapshot;
  readonly memory: Memory;
  readonly authorship: AuthorshipFinding;
  /** Whether the person who asked the agent counts as taking part. */
  readonly independent: boolean;
}

export function collectParticipants(input: ParticipationInput): Participants {
  const known = collected.get(input.snapshot);
  if (known !== undefined && sameInput(known.input, input)) return known.participants;
  const participants = collect(input);
  collected.set(input.snapshot, { input, participants });
  return participants;
}

/** How this account took part, or `null`. Logins count beside ids: one can be given up and taken by another. */
export function participationOf(account: Account, participants: Participants): Message | null {
  const byLogin = participants.byLogin.get(bareLogin(account.login));
  const byId = account.id === null ? undefined : participants.byId.get(account.id);
  return byLogin ?? byId ?? null;
}

/** Hundreds of demands ask the same of one snapshot. */
const collected = new WeakMap<
  Snapshot,
  { readonly input: ParticipationInput; readonly participants: Participants }
>();

function sameInput(one: ParticipationInput, other: ParticipationInput): boolean {
  return (
    one.memory === other.memory &&
    one.authorship === other.authorship &&
    one.independent === other.independent
  );
}

interface Participant {
  readonly account: Account;
  /** `requested this work`. */
  readonly how: Message;
}

function collect(input: ParticipationInput): Participants {
  const byLogin = new Map<string, Message>();
  const byId = new Map<number, Message>();
  for (const { account, how } of listParticipants(input)) {
    const login = bareLogin(account.login);
    if (!byLogin.has(login)) byLogin.set(login, how);
    if (account.id !== null && !byId.has(account.id)) byId.set(account.id, how);
  }
  return { byLogin, byId };
}

function listParticipants(input: ParticipationInput): readonly Participant[] {
  const { snapshot, memory, authorship, independent } = input;
  const found: Participant[] = [];
  if (independent) {
    for (const login of requestersSeen({ authorship, memory })) {
      found.push({ account: byName(login), how: say`requested this work` });
    }
  }
  const opener = snapshot.pullRequest.author;
  if (opener !== null) found.push({ account: opener, how: say`opened this pull request` });
  const accounts = accountsByEmail(snapshot.commits);
  for (const commit of snapshot.commits) found.push(...participantsOfCommit(commit, accounts));
  for (const push of memory.pushes) {
    found.push({ account: push.sender, how: say`pushed ${shortSha(push.headSha)}` });
  }
  return found;
}

function participantsOfCommit(
  commit: Commit,
  accounts: ReadonlyMap<string, Account>,
): readonly Participant[] {
  const sha = shortSha(commit.sha);
  const found: Participant[] = [];
  for (const account of accountsOf(commit.author, accounts)) found.push({ account, how: say`wrote ${sha}` });
  for (const account of accountsOf(commit.committer, accounts)) {
    found.push({ account, how: say`committed ${sha}` });
  }
  const signer = commit.signature?.signer ?? null;
  if (signer !== null) found.push({ account: signer, how: say`signed ${sha}` });
  for (const coAuthor of [...commit.coAuthors, ...coAuthorsOf(commit.message)]) {
    for (const account of accountsOf(coAuthor, accounts)) {
      found.push({ account, how: say`is a co-author of ${sha}` });
    }
  }
  return found;
}

/** The account GitHub names, the one in a GitHub no-reply address, and the one another commit ties to the address. */
function accountsOf(identity: GitIdentity, accounts: ReadonlyMap<string, Account>): readonly Account[] {
  const found = [identity.account, fromNoReply(identity.email), accounts.get(identity.email.toLowerCase())];
  return found.filter((account) => account !== null && account !== undefined);
}

function accountsByEmail(commits: readonly Commit[]): ReadonlyMap<string, Account> {
  const accounts = new Map<string, Account>();
  for (const { author, committer } of commits) {
    for (const { email, account } of [author, committer]) {
      if (account !== null && email !== '') accounts.set(email.toLowerCase(), account);
    }
  }
  return accounts;
}

/** `ID+LOGIN@users.noreply.github.com`, or without the id on old accounts. */
function fromNoReply(email: string): Account | null {
  const match = /^(?:(\d+)\+)?([A-Za-z0-9][A-Za-z0-9_.-]*(?:\[bot\])?)@users\.noreply\./i.exec(email.trim());
  if (match === null) return null;
  return { login: match[2]!, id: match[1] === undefined ? null : Number(match[1]), type: null };
}

/** Every `Co-authored-by` line counts, wherever in the message it stands: it can only take away. */
function coAuthorsOf(message: string): readonly GitIdentity[] {
  const found: GitIdentity[] = [];
  for (const line of message.split(/\r?\n/)) {
    const match = /^\s*co-authored-by\s*:\s*([^<]*)<([^<>]*)>/i.exec(line);
    if (match === null) continue;
    const name = match[1]!.trim();
    const handle = /^@([A-Za-z0-9-]+)$/.exec(name);
    found.push({ name, email: match[2]!, account: handle === null ? null : byName(handle[1]!) });
  }
  return found;
}

function byName(login: string): Account {
  return { login: login.replace(/^@/, ''), id: null, type: null };
}

function shortSha(sha: string) {
  return code(sha.slice(0, 7));
}
