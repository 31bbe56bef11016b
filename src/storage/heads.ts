// Which job judges a commit? Open pull requests and merge groups by their head.
// A fork's check run names no pull request, so an event on a commit is mapped here.
import type { Database } from './database.js';
import { storableText } from './storable.js';

export interface Head {
  readonly repoId: number;
  /** The queue key of the job that judges it. */
  readonly jobKey: string;
  /** `null` for a merge group. */
  readonly pullRequest: number | null;
  readonly headSha: string;
  readonly baseRef: string;
  readonly open: boolean;
  /** When GitHub said so. */
  readonly asOf: Date;
}

export interface Heads {
  /** An older statement than the recorded one changes nothing: webhooks arrive in any order. */
  record(head: Head): Promise<void>;
  /** Open pull requests and merge groups on that commit. */
  onCommit(repoId: number, headSha: string): Promise<readonly Head[]>;
  /** Closed, merged, dequeued or gone. */
  close(repoId: number, jobKey: string): Promise<void>;
}

export function openHeads(database: Database): Heads {
  return {
    async record(head) {
      const changed = {
        job_key: head.jobKey,
        head_sha: head.headSha,
        base_ref: storableText(head.baseRef),
        open: head.open,
        as_of: head.asOf,
      };
      await database
        .query()
        .insertInto('heads')
        .values({ repo_id: head.repoId, pr: head.pullRequest, ...changed })
        .onConflict((conflict) => {
          // A renamed repository changes the key of the same pull request.
          const same =
            head.pullRequest === null
              ? conflict.columns(['repo_id', 'job_key'])
              : conflict.columns(['repo_id', 'pr']).where('pr', 'is not', null);
          return same.doUpdateSet(changed).where('heads.as_of', '<=', head.asOf);
        })
        .execute();
    },
    async onCommit(repoId, headSha) {
      const rows = await database
        .query()
        .selectFrom('heads')
        .selectAll()
        .where('repo_id', '=', repoId)
        .where('head_sha', '=', headSha)
        .where('open', '=', true)
        .orderBy('job_key')
        .execute();
      return rows.map((row) => ({
        repoId: row.repo_id,
        jobKey: row.job_key,
        pullRequest: row.pr,
        headSha: row.head_sha,
        baseRef: row.base_ref,
        open: row.open,
        asOf: row.as_of,
      }));
    },
    async close(repoId, jobKey) {
      await database
        .query()
        .updateTable('heads')
        .set({ open: false })
        .where('repo_id', '=', repoId)
        .where('job_key', '=', jobKey)
        .execute();
    },
  };
}
