// How is an example of the catalogue written, and which pull request does it stand for?
// A fragment: what it leaves out is not known.
import { z } from 'zod';
import type { Account } from '../domain/snapshot.js';
import type { AuthorshipSource, SourceIdentity } from './source.js';

const commit = z.strictObject({
  author: z.string().optional(),
  committer: z.string().optional(),
  message: z.string().optional(),
});

export const exampleSchema = z.strictObject({
  /** `login` or `login:Bot`. */
  opener: z.string().optional(),
  branch: z.string().optional(),
  title: z.string().optional(),
  body: z.string().optional(),
  /** One commit; `Name <e-mail>`. */
  author: z.string().optional(),
  committer: z.string().optional(),
  message: z.string().optional(),
  commits: z.array(commit).optional(),
  /** What it must be judged as. Default: `agent` (or `automation`) for a match, anything else for a non-match. */
  is: z.enum(['agent', 'assisted', 'automation', 'human', 'unknown']).optional(),
});

export type CatalogueExample = z.output<typeof exampleSchema>;

export function exampleSource(example: CatalogueExample): AuthorshipSource {
  const alone = example.author ?? example.committer ?? example.message;
  const commits = example.commits ?? (alone === undefined ? [] : [example]);
  return {
    kind: 'row',
    title: example.title ?? null,
    body: example.body ?? null,
    opener: example.opener === undefined ? null : account(example.opener),
    assignees: null,
    headRef: example.branch ?? null,
    workflow: null,
    complete: true,
    commits: commits.map((one) => ({
      sha: null,
      message: one.message ?? null,
      author: identity(one.author),
      committer: identity(one.committer ?? one.author),
      signature: null,
    })),
  };
}

function account(text: string): Account {
  const [login = '', type] = text.split(':');
  return { login, id: null, type: type === 'Bot' || type === 'User' ? type : null };
}

function identity(text: string | undefined): SourceIdentity {
  if (text === undefined) return { name: null, email: null, account: null };
  const match = /^(.*?)\s*<([^>]*)>$/.exec(text);
  return match === null
    ? { name: null, email: null, account: account(text) }
    : { name: match[1] ?? null, email: match[2] ?? null, account: null };
}
