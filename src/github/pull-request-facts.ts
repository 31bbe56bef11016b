// How does GitHub's answer translate into our words?
// Pure: from parsed answers to domain types. What GitHub left out stays `null`, "not known".
import type { PolicyFile } from '../domain/policy-file.js';
import type {
  ChangedFile,
  CodeownersFile,
  Commit,
  FileStatus,
  ForeignCheck,
  GitIdentity,
  OwnCheck,
} from '../domain/snapshot.js';
import { toUser } from './account.js';
import type { GraphqlError } from './client.js';
import type {
  BlobAnswer,
  CommitAnswer,
  ContextAnswer,
  FileAnswer,
  HeadAnswer,
  RepositoryAnswer,
} from './pull-request-answer.js';

/** `error`: what GitHub said at this place. Only "not found" means absent. */
export function toPolicyFile(blob: BlobAnswer, error: GraphqlError | null): PolicyFile {
  if (blob !== null) {
    return { kind: 'found', text: textOf(blob), bytes: blob.byteSize ?? 0, sha: blob.oid };
  }
  if (error === null || error.type === 'NOT_FOUND') return { kind: 'absent' };
  return { kind: 'unreadable', why: error.message };
}

/** GitHub's order of precedence: `.github/`, the root, `docs/`. The first that exists counts, whatever is in it. */
export function toCodeowners(repository: RepositoryAnswer): CodeownersFile | null {
  const places = [
    ['.github/CODEOWNERS', repository.codeowners1],
    ['CODEOWNERS', repository.codeowners2],
    ['docs/CODEOWNERS', repository.codeowners3],
  ] as const;
  for (const [path, blob] of places) {
    // A folder of that name is no CODEOWNERS file.
    if (blob === null || blob.__typename !== 'Blob') continue;
    const text = textOf(blob);
    return text === null ? null : { path, text };
  }
  return { path: null, text: null };
}

/** Text of the default branch's `.gitattributes`; empty if there is none, `null` if it cannot be read whole. */
export function toAttributes(blob: BlobAnswer): string | null {
  return blob === null || blob.__typename !== 'Blob' ? '' : textOf(blob);
}

/**
 * The exact text, or `null`: a folder, binary, cut short, or re-encoded by GitHub (its length in bytes then differs,
 * and a digest of it would not be the file's).
 */
function textOf(blob: NonNullable<BlobAnswer>): string | null {
  if (blob.__typename !== 'Blob' || blob.isTruncated || blob.isBinary === true) return null;
  if (blob.text === null || blob.text === undefined) return null;
  return Buffer.byteLength(blob.text, 'utf8') === blob.byteSize ? blob.text : null;
}

export function toCommit(commit: CommitAnswer, signatureUnreadable: boolean): Commit {
  const { signature } = commit;
  // GitHub signs web edits and API commits with its own account, which tells nothing about a person.
  const signer = signature?.signer && signature.signer.login !== 'web-flow' ? toUser(signature.signer) : null;
  return {
    sha: commit.oid,
    message: commit.message,
    author: toIdentity(commit.author),
    committer: toIdentity(commit.committer),
    coAuthors: commit.authors.nodes.slice(1).map(toIdentity),
    signature: signatureUnreadable
      ? null
      : {
          verified: signature?.isValid ?? false,
          signer,
          byGitHub: (signature?.isValid && signature.wasSignedByGitHub) ?? false,
        },
    parents: commit.parents.nodes.map((parent) => parent.oid),
  };
}

/** A commit without author line is unattributed, and empty words say so. */
function toIdentity(person: CommitAnswer['author']): GitIdentity {
  return {
    name: person?.name ?? '',
    email: person?.email ?? '',
    account: person?.user ? toUser(person.user) : null,
  };
}

const STATUS: Readonly<Record<FileAnswer['changeType'], FileStatus>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'removed',
  RENAMED: 'renamed',
  COPIED: 'copied',
  CHANGED: 'changed',
};

/** GraphQL has neither former path nor mode nor patch. */
export function toChangedFile(file: FileAnswer): ChangedFile {
  return {
    path: file.path,
    previousPath: null,
    status: STATUS[file.changeType],
    additions: file.additions,
    deletions: file.deletions,
    mode: null,
    patch: null,
  };
}

/** Checks of others: what our app wrote is left out by app id, never by name. */
export function toForeignChecks(contexts: readonly ContextAnswer[], appId: number | null): ForeignCheck[] {
  return contexts.flatMap((context): ForeignCheck[] => {
    if (context.__typename === 'StatusContext') {
      return [{ name: context.context, app: null, conclusion: STATE[context.state] }];
    }
    const { app } = context.checkSuite;
    if (app !== null && appId !== null && app.databaseId === appId) return [];
    const done = context.status === 'COMPLETED' ? context.conclusion : null;
    return [{ name: context.name, app: app?.slug ?? null, conclusion: done === null ? null : lower(done) }];
  });
}

const STATE = {
  ERROR: 'failure',
  FAILURE: 'failure',
  SUCCESS: 'success',
  PENDING: null,
  EXPECTED: null,
} as const;

/** Newest first. A run whose id GitHub withholds cannot be updated; a new one will be created. */
export function toOwnChecks(head: HeadAnswer): OwnCheck[] {
  return (head.checkSuites?.nodes ?? [])
    .flatMap((suite) => suite.checkRuns?.nodes ?? [])
    .flatMap((run): OwnCheck[] =>
      run.databaseId === null
        ? []
        : [
            {
              id: run.databaseId,
              name: run.name,
              status: lower(run.status),
              conclusion: run.conclusion === null ? null : lower(run.conclusion),
              externalId: run.externalId,
            },
          ],
    )
    .sort((a, b) => b.id - a.id);
}

function lower<T extends string>(word: T): Lowercase<T> {
  return word.toLowerCase() as Lowercase<T>;
}
