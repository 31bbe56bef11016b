// What shape has GitHub's answer about the history of a default branch?
import * as z from 'zod';
import { actorSchema } from './account.js';
import {
  blobSchema,
  fileSchema,
  pageInfoSchema,
  personSchema,
  shaSchema,
  signatureSchema,
} from './pull-request-answer.js';

const trunkPull = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  baseRefName: z.string(),
  headRefName: z.string(),
  headRefOid: shaSchema,
  author: actorSchema.nullable(),
  baseRepository: z.object({ databaseId: z.number().nullable() }).nullable(),
  mergeCommit: z.object({ oid: shaSchema }).nullable(),
  files: z.object({ totalCount: z.number(), nodes: z.array(fileSchema) }).nullable(),
  commits: z.object({
    totalCount: z.number(),
    nodes: z.array(
      z.object({
        commit: z.object({
          oid: shaSchema,
          message: z.string(),
          author: personSchema.nullable(),
          committer: personSchema.nullable(),
          signature: signatureSchema,
        }),
      }),
    ),
  }),
});
export type TrunkPullAnswer = z.infer<typeof trunkPull>;

const trunkCommit = z.object({
  oid: shaSchema,
  message: z.string(),
  committedDate: z.string(),
  author: personSchema.nullable(),
  committer: personSchema.nullable(),
  signature: signatureSchema,
  parents: z.object({ totalCount: z.number(), nodes: z.array(z.object({ oid: shaSchema })) }),
  associatedPullRequests: z.object({ nodes: z.array(trunkPull.nullable()) }).nullable(),
});
export type TrunkCommitAnswer = z.infer<typeof trunkCommit>;

/** Answer to `TRUNK_QUERY`. */
export const trunkSchema = z.object({
  repository: z
    .object({
      databaseId: z.number(),
      name: z.string(),
      owner: z.object({ login: z.string() }),
      defaultBranchRef: z
        .object({ name: z.string(), target: z.object({ __typename: z.string(), oid: shaSchema }).nullable() })
        .nullable(),
      policy: blobSchema,
      attributes: blobSchema,
      trunk: z
        .object({
          __typename: z.string(),
          oid: shaSchema,
          history: z.object({ pageInfo: pageInfoSchema, nodes: z.array(trunkCommit) }).optional(),
        })
        .nullable(),
    })
    .nullable(),
});
