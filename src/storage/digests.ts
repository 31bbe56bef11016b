// Which diff did a head have? Remembered, because an approval of an earlier head counts on the same diff.
import type { Database } from './database.js';
import { storableText } from './storable.js';

interface DigestRecord {
  readonly repoId: number;
  readonly pullRequest: number;
  readonly baseRef: string;
  readonly headSha: string;
  readonly digest: string;
}

export interface Digests {
  /** A digest recomputed for the same head and base branch replaces the older one. */
  record(record: DigestRecord): Promise<void>;
  /** Diff digests by head SHA. */
  find(repoId: number, pullRequest: number, baseRef: string): Promise<Readonly<Record<string, string>>>;
}

export function openDigests(database: Database): Digests {
  return {
    async record({ repoId, pullRequest, baseRef, headSha, digest }) {
      await database
        .query()
        .insertInto('digests')
        .values({
          repo_id: repoId,
          pr: pullRequest,
          base_ref: storableText(baseRef),
          head_sha: headSha,
          digest,
        })
        .onConflict((conflict) =>
          conflict.columns(['repo_id', 'pr', 'base_ref', 'head_sha']).doUpdateSet({ digest }),
        )
        .execute();
    },
    async find(repoId, pullRequest, baseRef) {
      const rows = await database
        .query()
        .selectFrom('digests')
        .select(['head_sha', 'digest'])
        .where('repo_id', '=', repoId)
        .where('pr', '=', pullRequest)
        .where('base_ref', '=', storableText(baseRef))
        .execute();
      return Object.fromEntries(rows.map((row) => [row.head_sha, row.digest]));
    },
  };
}
