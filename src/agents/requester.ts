// Which human asked the agent for this change?
// A person who opened it did; otherwise each agent's signature says where its requester stands.
import type { Requester } from '../domain/authorship.js';
import { readPerson } from './attribution.js';
import { readOwnText } from './own-text.js';
import type { Recognizer } from './recognize.js';
import type { RequesterSource, Signature } from './signature.js';
import type { AuthorshipSource } from './source.js';
import { parseTrailers } from './trailers.js';

export function findRequester(
  source: AuthorshipSource,
  recognizer: Recognizer,
  agents: readonly string[],
  machineUsers: readonly string[],
): Requester {
  const isPerson = (login: string) =>
    recognizer.account({ login, id: null, type: null }) === null &&
    // In a clone an e-mail stands for an opener without a known login.
    (!login.includes('@') || recognizer.identity({ name: '', email: login, account: null }) === null) &&
    !machineUsers.includes(login.toLowerCase());
  const { opener } = source;
  if (opener !== null && recognizer.account(opener) === null && isPerson(opener.login))
    return { known: true, logins: [opener.login], how: 'opened it' };
  const signatures = recognizer.signatures.filter((signature) => agents.includes(signature.name));
  const found = new Map<string, { login: string; how: string }>();
  for (const from of signatures.flatMap((signature) => signature.requester))
    for (const one of lookUp(from, source, recognizer, agents))
      if (isPerson(one.login) && !found.has(one.login.toLowerCase())) found.set(one.login.toLowerCase(), one);
  if (found.size > 0) {
    const people = [...found.values()];
    return {
      known: true,
      logins: people.map((one) => one.login),
      how: [...new Set(people.map((one) => one.how))].join(', '),
    };
  }
  return { known: false, why: whyUnknown(source, signatures) };
}

function lookUp(
  from: RequesterSource,
  source: AuthorshipSource,
  recognizer: Recognizer,
  agents: readonly string[],
): readonly { login: string; how: string }[] {
  switch (from.from) {
    case 'assignee':
      return (source.assignees ?? [])
        .filter((account) => recognizer.account(account) === null)
        .map((account) => ({ login: account.login, how: 'is assigned' }));
    case 'co-author':
      return coAuthors(source, recognizer, agents).map((login) => ({ login, how: 'is named as co-author' }));
    case 'body':
      return bodyLogins(source, from.pattern, recognizer).map((login) => ({
        login,
        how: 'is named in the body',
      }));
  }
}

/** Co-authors of the agents' own commits. Only GitHub's no-reply addresses carry a login. */
function coAuthors(
  source: AuthorshipSource,
  recognizer: Recognizer,
  agents: readonly string[],
): readonly string[] {
  const logins = source.commits.flatMap((commit) => {
    const author = recognizer.identity(commit.author);
    if (author?.is !== 'agent' || !agents.includes(author.signature.name)) return [];
    return parseTrailers(commit.message ?? '', 'message')
      .filter((trailer) => trailer.key.toLowerCase() === 'co-authored-by')
      .flatMap((trailer) => NOREPLY_OF_PERSON.exec(readPerson(trailer.value)?.email ?? '')?.[1] ?? []);
  });
  return [...new Set(logins)];
}

const NOREPLY_OF_PERSON = /^(?:\d{1,20}\+)?([A-Za-z0-9-]{1,39})@users\.noreply\.[a-z0-9.-]{1,100}$/i;

function bodyLogins(source: AuthorshipSource, pattern: RegExp, { catalogue }: Recognizer): readonly string[] {
  if (source.body === null) return [];
  const own = readOwnText(source.body, { kind: 'body', title: source.title, blocks: catalogue.blocks });
  const lines = own.lines.filter((line) => line.trim() !== '').slice(0, 5_000);
  return lines.flatMap((line, index) => {
    const text = `${line} ${lines[index + 1] ?? ''}`.replace(/^[\s*_>-]{0,20}/, '').slice(0, 1_000);
    const login = pattern.exec(text)?.[1];
    return login === undefined ? [] : [login];
  });
}

function whyUnknown(source: AuthorshipSource, signatures: readonly Signature[]): string {
  if (signatures.length === 0) return 'No known agent wrote it, and no person opened it.';
  const names = signatures.map((signature) => signature.title).join(' and ');
  if (signatures.every((signature) => signature.requester.length === 0))
    return `${names} does not say who asked for a change.`;
  return source.body === null && source.assignees === null
    ? `Body and assignees, where ${names} says it, are not known here.`
    : `Nothing in the places where ${names} says it names a GitHub account.`;
}
