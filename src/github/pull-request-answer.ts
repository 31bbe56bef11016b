// What shape has GitHub's answer about a pull request?
// Strict on purpose: an unknown status, state or type is an error, never a default.
import * as z from 'zod';
import { actorSchema, userSchema } from './account.js';

export const shaSchema = z.string().regex(/^[0-9a-f]{40,64}$/);
export const pageInfoSchema = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

export const blobSchema = z
  .object({
    __typename: z.enum(['Blob', 'Tree', 'Commit', 'Tag']),
    oid: z.string(),
    byteSize: z.number().optional(),
    isBinary: z.boolean().nullish(),
    isTruncated: z.boolean().optional(),
    text: z.string().nullish(),
  })
  .nullable();
export type BlobAnswer = z.infer<typeof blobSchema>;

export const personSchema = z.object({
  name: z.string().nullable(),
  email: z.string().nullable(),
  user: userSchema.nullable(),
});

export const signatureSchema = z
  .object({ isValid: z.boolean(), wasSignedByGitHub: z.boolean(), signer: userSchema.nullable() })
  .nullable();

const commit = z.object({
  oid: shaSchema,
  message: z.string(),
  author: personSchema.nullable(),
  committer: personSchema.nullable(),
  /** The author first, then who is named as co-author; a longer list could hide one at its end. */
  authors: z
    .object({ totalCount: z.number(), nodes: z.array(personSchema) })
    .refine(({ totalCount, nodes }) => nodes.length === totalCount, 'more than 100 authors'),
  signature: signatureSchema,
  parents: z.object({ nodes: z.array(z.object({ oid: shaSchema })) }),
});
export type CommitAnswer = z.infer<typeof commit>;

export const fileSchema = z.object({
  path: z.string(),
  additions: z.number(),
  deletions: z.number(),
  changeType: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'RENAMED', 'COPIED', 'CHANGED']),
});
export type FileAnswer = z.infer<typeof fileSchema>;

const review = z.object({
  id: z.string(),
  state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED']),
  submittedAt: z.string().nullable(),
  author: actorSchema.nullable(),
  commit: z.object({ oid: shaSchema }).nullable(),
});
export type ReviewAnswer = z.infer<typeof review>;

const dismissal = z.object({
  previousReviewState: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'PENDING', 'DISMISSED']),
  actor: actorSchema.nullable(),
  review: review.omit({ state: true }).nullable(),
});
export type DismissalAnswer = z.infer<typeof dismissal>;

const conclusion = z.enum([
  'ACTION_REQUIRED',
  'CANCELLED',
  'FAILURE',
  'NEUTRAL',
  'SKIPPED',
  'STALE',
  'STARTUP_FAILURE',
  'SUCCESS',
  'TIMED_OUT',
]);

const context = z.discriminatedUnion('__typename', [
  z.object({
    __typename: z.literal('CheckRun'),
    name: z.string(),
    status: z.enum(['COMPLETED', 'IN_PROGRESS', 'PENDING', 'QUEUED', 'REQUESTED', 'WAITING']),
    conclusion: conclusion.nullable(),
    checkSuite: z.object({
      app: z.object({ slug: z.string(), databaseId: z.number().nullable() }).nullable(),
    }),
  }),
  z.object({
    __typename: z.literal('StatusContext'),
    context: z.string(),
    state: z.enum(['ERROR', 'EXPECTED', 'FAILURE', 'PENDING', 'SUCCESS']),
  }),
]);
export type ContextAnswer = z.infer<typeof context>;

const sibling = z.object({
  number: z.number(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  headRefOid: shaSchema,
  baseRepository: z.object({ databaseId: z.number().nullable() }).nullable(),
});
export type SiblingAnswer = z.infer<typeof sibling>;

const pageOf = <T extends z.ZodType>(node: T) => z.object({ pageInfo: pageInfoSchema, nodes: z.array(node) });

const commits = pageOf(z.object({ commit }));
const contexts = z.object({ contexts: pageOf(context) }).nullable();
const siblings = pageOf(sibling).nullable();

const head = z.object({
  oid: shaSchema,
  file: z.object({ object: blobSchema }).nullable(),
  checkSuites: z
    .object({
      nodes: z.array(
        z.object({
          checkRuns: z
            .object({
              nodes: z.array(
                z.object({
                  databaseId: z.number().nullable(),
                  name: z.string(),
                  status: z.enum(['COMPLETED', 'IN_PROGRESS', 'QUEUED']),
                  conclusion: conclusion.nullable(),
                  externalId: z.string().nullable(),
                }),
              ),
            })
            .nullable(),
        }),
      ),
    })
    .nullish(),
  statusCheckRollup: contexts,
  associatedPullRequests: siblings,
});
export type HeadAnswer = z.infer<typeof head>;

const pullRequest = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  baseRefName: z.string(),
  headRefName: z.string(),
  headRefOid: shaSchema,
  changedFiles: z.number(),
  author: actorSchema.nullable(),
  headRepository: z.object({ nameWithOwner: z.string() }).nullable(),
  labels: z.object({ totalCount: z.number(), nodes: z.array(z.object({ name: z.string() })) }).nullable(),
  assignees: z.object({ totalCount: z.number(), nodes: z.array(userSchema) }),
  commits: commits.extend({ totalCount: z.number() }),
  latestOpinionatedReviews: pageOf(review).nullable(),
  dismissals: pageOf(dismissal),
  files: pageOf(fileSchema).nullable(),
  timelineItems: z.object({
    nodes: z.array(
      z.object({
        __typename: z.enum(['BaseRefChangedEvent', 'AutomaticBaseChangeSucceededEvent']),
        createdAt: z.string(),
      }),
    ),
  }),
  mergeQueueEntry: z.object({ headCommit: z.object({ oid: shaSchema }).nullable() }).nullable(),
  head: z.object({ nodes: z.array(z.object({ commit: head })) }),
});
export type PullRequestAnswer = z.infer<typeof pullRequest>;

const repository = z.object({
  databaseId: z.number(),
  name: z.string(),
  url: z.string(),
  owner: z.object({ login: z.string() }),
  defaultBranchRef: z.object({ name: z.string() }).nullable(),
  policy: blobSchema,
  codeowners1: blobSchema,
  codeowners2: blobSchema,
  codeowners3: blobSchema,
  attributes: blobSchema,
  pullRequest: pullRequest.nullable(),
});
export type RepositoryAnswer = z.infer<typeof repository>;

/** Answer to `PULL_REQUEST_QUERY`. */
export const readingSchema = z.object({
  repository: repository.nullable(),
  organization: z.object({ policy: blobSchema }).nullable(),
});

/** Answer to `HEAD_QUERY`. */
export const headSchema = z.object({
  repository: z
    .object({
      object: z
        .discriminatedUnion('__typename', [
          head.extend({ __typename: z.literal('Commit') }),
          z.object({ __typename: z.enum(['Blob', 'Tree', 'Tag']) }),
        ])
        .nullable(),
    })
    .nullable(),
});

/** Answer to `MORE_QUERY`: only the lists that were asked for. */
export const moreSchema = z.object({
  repository: z.object({
    pullRequest: z.object({
      headRefOid: shaSchema,
      commits: commits.optional(),
      files: pageOf(fileSchema).nullish(),
      latestOpinionatedReviews: pageOf(review).nullish(),
      dismissals: pageOf(dismissal).optional(),
    }),
    object: z.object({ statusCheckRollup: contexts.optional(), associatedPullRequests: siblings.optional() }),
  }),
});

export interface Page<T> {
  readonly pageInfo: z.infer<typeof pageInfoSchema>;
  readonly nodes: readonly T[];
}
