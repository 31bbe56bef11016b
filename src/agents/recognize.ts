// Whose account, whose e-mail is this? Slug and e-mail decide; a numeric id only confirms, and a display name
// says nothing: `claude[bot]` commits under the id of github-actions[bot], and people are called Claude.
import type { Account } from '../domain/snapshot.js';
import type { Catalogue } from './catalogue.js';
import type { Automation, KnownAccount, KnownEmail, Points, Signature } from './signature.js';
import type { SourceIdentity } from './source.js';

export type Recognized =
  | {
      readonly is: 'agent';
      readonly signature: Signature;
      readonly points: Points;
      /** The login or e-mail it was recognised by, as written. */
      readonly seen: string;
      /** False if only the slug resembles, or if the id known to GitHub is not the catalogue's. */
      readonly exact: boolean;
    }
  | {
      readonly is: 'automation';
      readonly automation: Automation;
      readonly seen: string;
      readonly exact: boolean;
    }
  /** A bot that no signature names. */
  | { readonly is: 'bot'; readonly login: string; readonly seen: string };

export interface Recognizer {
  readonly account: (account: Account) => Recognized | null;
  /** Author or committer of a commit, or the e-mail of a trailer. `null`: a person, or nobody known. */
  readonly identity: (identity: SourceIdentity) => Recognized | null;
  readonly catalogue: Catalogue;
  /** Those of the policy first: the team knows its own agents best. */
  readonly signatures: readonly Signature[];
}

export function createRecognizer(catalogue: Catalogue, custom: readonly Signature[]): Recognizer {
  const signatures = [...custom, ...catalogue.agents];
  const owners: readonly Owner[] = [
    ...signatures.map((signature): Owner => ({ is: 'agent', signature })),
    ...catalogue.automation.map((automation): Owner => ({ is: 'automation', automation })),
  ];
  const accounts = groupBy(owners, accountsOf, ({ known }) => known.login);
  const emails = groupBy(owners, emailsOf, ({ known }) => known.email);

  const findAccount = (account: Account): Recognized | null => {
    const { login, isBot } = readLogin(account);
    const found = (accounts.get(login) ?? []).find(({ known }) => fitsType(known, account.type, isBot));
    if (found !== undefined) {
      const { known } = found;
      const exact = known.id === null || account.id === null || known.id === account.id;
      return answer(found.owner, known.points, account.login, exact);
    }
    if (!isBot) return null;
    const ofCompany = signatures.find((signature) => signature.appSlugs.some((slug) => slug.test(login)));
    if (ofCompany !== undefined)
      return {
        is: 'agent',
        signature: ofCompany,
        points: 'agent',
        seen: shorten(account.login),
        exact: false,
      };
    return { is: 'bot', login: `${shorten(login)}[bot]`, seen: shorten(account.login) };
  };

  const findIdentity = (identity: SourceIdentity): Recognized | null => {
    const email = identity.email?.trim().toLowerCase() ?? null;
    const listed = email === null ? [] : (emails.get(email) ?? []);
    const found = listed.find(({ known }) => known.named === null || known.named.test(identity.name ?? ''));
    if (found !== undefined) return answer(found.owner, found.known.points, identity.email ?? '', true);
    const byAccount = identity.account === null ? null : findAccount(identity.account);
    if (byAccount !== null) return byAccount;
    const noreply = email === null ? null : NOREPLY.exec(email);
    if (noreply === null) return null;
    const [, login = '', suffix] = noreply;
    // Without the suffix it may be a person's address; only accounts that are users can be meant.
    const type = suffix === undefined ? 'User' : 'Bot';
    const bySlug = findAccount({ login, id: null, type });
    return bySlug === null ? null : { ...bySlug, seen: shorten(identity.email ?? '') };
  };

  return { account: findAccount, identity: findIdentity, catalogue, signatures };
}

/** The login as people compare it: lower case, no `[bot]`, no `app/` (as the gh command line writes it). */
export function bareLogin(login: string): string {
  return login
    .trim()
    .toLowerCase()
    .replace(/^app\//, '')
    .replace(/\[bot\]$/, '');
}

const NOREPLY = /^(?:\d{1,20}\+)?([a-z0-9-]{1,100})(\[bot\])?@users\.noreply\.[a-z0-9.-]{1,100}$/;

type Owner =
  | { readonly is: 'agent'; readonly signature: Signature }
  | { readonly is: 'automation'; readonly automation: Automation };

interface Entry<K> {
  readonly owner: Owner;
  readonly known: K;
}

function accountsOf(owner: Owner): readonly KnownAccount[] {
  return owner.is === 'agent' ? owner.signature.accounts : owner.automation.accounts;
}

function emailsOf(owner: Owner): readonly KnownEmail[] {
  return owner.is === 'agent' ? owner.signature.emails : owner.automation.emails;
}

function groupBy<K>(
  owners: readonly Owner[],
  knownOf: (owner: Owner) => readonly K[],
  keyOf: (entry: Entry<K>) => string,
): ReadonlyMap<string, readonly Entry<K>[]> {
  const groups = new Map<string, Entry<K>[]>();
  for (const owner of owners)
    for (const known of knownOf(owner)) {
      const entry = { owner, known };
      const group = groups.get(keyOf(entry));
      if (group === undefined) groups.set(keyOf(entry), [entry]);
      else group.push(entry);
    }
  return groups;
}

function readLogin(account: Account): { readonly login: string; readonly isBot: boolean } {
  const written = account.login.trim().toLowerCase();
  // GitHub allows no brackets and no slash in a person's login.
  const isBot = account.type === 'Bot' || written.endsWith('[bot]') || written.startsWith('app/');
  return { login: bareLogin(account.login), isBot };
}

function fitsType(known: KnownAccount, type: Account['type'], isBot: boolean): boolean {
  if (known.type === 'User') return !isBot && (type === 'User' || type === null);
  return isBot || (type === null && known.bare);
}

function answer(owner: Owner, points: Points, written: string, exact: boolean): Recognized {
  const seen = shorten(written);
  switch (owner.is) {
    case 'agent':
      return { is: 'agent', signature: owner.signature, points, seen, exact };
    case 'automation':
      return { is: 'automation', automation: owner.automation, seen, exact };
  }
}

/** GitHub's logins and sane e-mails are shorter; what git recorded may be anything. */
function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
