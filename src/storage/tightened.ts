// On which pull requests did something happen that can only tighten the verdict?
// Their review writes red first and evaluates then: an approval was dismissed, the base was changed.
import { sql } from 'kysely';
import type { Database } from './database.js';

interface TightenedMark {
  /** Counts the marks, so that answering one does not answer a later one. */
  readonly mark: number;
  readonly at: Date;
}

export interface Tightened {
  mark(repoId: number, pullRequest: number, at: Date): Promise<void>;
  /** The newest mark that no review has answered yet. */
  find(repoId: number, pullRequest: number): Promise<TightenedMark | null>;
  /** Answered: pass what `find` returned. */
  clear(repoId: number, pullRequest: number, answered: TightenedMark): Promise<void>;
}

export function openTightened(database: Database): Tightened {
  return {
    async mark(repoId, pullRequest, at) {
      await database
        .query()
        .insertInto('tightened')
        .values({ repo_id: repoId, pr: pullRequest, mark: 1, at })
        .onConflict((conflict) =>
          conflict.columns(['repo_id', 'pr']).doUpdateSet({ at, mark: sql`tightened.mark + 1` }),
        )
        .execute();
    },
    async find(repoId, pullRequest) {
      const row = await database
        .query()
        .selectFrom('tightened')
        .select(['mark', 'at'])
        .where('repo_id', '=', repoId)
        .where('pr', '=', pullRequest)
        .executeTakeFirst();
      return row ?? null;
    },
    async clear(repoId, pullRequest, { mark }) {
      await database
        .query()
        .deleteFrom('tightened')
        .where('repo_id', '=', repoId)
        .where('pr', '=', pullRequest)
        .where('mark', '=', mark)
        .execute();
    },
  };
}
