// What was found out about the coverage of a head, and does it still hold?
// A result holds until GitHub Actions reports something on that head again: a repeated run may upload anew.
import { sql } from 'kysely';
import type { Database } from './database.js';
import { storableJson, storableText } from './storable.js';

export interface CoverageHead {
  /** Grows with every report of GitHub Actions on this head. */
  readonly mark: number;
  /** When it was first asked about. */
  readonly seenAt: Date;
}

export interface CoverageResult {
  readonly repoId: number;
  readonly headSha: string;
  /** Everything else that the result hangs on. */
  readonly key: string;
  /** As `look` gave it before anything was read: a report that came meanwhile makes the result stale. */
  readonly mark: number;
  readonly value: unknown;
  readonly at: Date;
}

export interface CoverageResults {
  /** The first look at a head is remembered with its time. */
  look(repoId: number, headSha: string, now: Date): Promise<CoverageHead>;
  /** When the head was first found without a report since `mark`; `now` if it is found so for the first time. */
  missedSince(repoId: number, headSha: string, mark: number, now: Date): Promise<Date>;
  /** `undefined`: none that holds. */
  find(repoId: number, headSha: string, key: string, mark: number): Promise<unknown>;
  save(result: CoverageResult): Promise<void>;
  /** GitHub Actions reported something on this head. */
  forget(repoId: number, headSha: string): Promise<void>;
  /** Drops what was saved before then, and heads first asked about before then of which nothing is left. */
  prune(before: Date): Promise<void>;
}

export function openCoverageResults(database: Database): CoverageResults {
  const head = (repoId: number, headSha: string) =>
    database
      .query()
      .selectFrom('coverage_heads')
      .selectAll()
      .where('repo_id', '=', repoId)
      .where('head_sha', '=', headSha)
      .executeTakeFirst();
  return {
    async look(repoId, headSha, now) {
      await database
        .query()
        .insertInto('coverage_heads')
        .values({ repo_id: repoId, head_sha: headSha, mark: 0, seen_at: now, missed_at: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const row = await head(repoId, headSha);
      return { mark: row?.mark ?? 0, seenAt: row?.seen_at ?? now };
    },
    async missedSince(repoId, headSha, mark, now) {
      await database
        .query()
        .updateTable('coverage_heads')
        .set({ missed_at: now })
        .where('repo_id', '=', repoId)
        .where('head_sha', '=', headSha)
        .where('mark', '=', mark)
        .where('missed_at', 'is', null)
        .execute();
      const row = await head(repoId, headSha);
      return row?.missed_at ?? now;
    },
    async find(repoId, headSha, key, mark) {
      const row = await database
        .query()
        .selectFrom('coverage_results')
        .select('value')
        .where('repo_id', '=', repoId)
        .where('head_sha', '=', headSha)
        .where('key', '=', storableText(key))
        .where('mark', '=', mark)
        .executeTakeFirst();
      return row?.value;
    },
    async save({ repoId, headSha, key, mark, value, at }) {
      const values = { mark, value: sql`${storableJson(value)}::text::jsonb`, at };
      await database
        .query()
        .insertInto('coverage_results')
        .values({ repo_id: repoId, head_sha: headSha, key: storableText(key), ...values })
        .onConflict((conflict) => conflict.columns(['repo_id', 'head_sha', 'key']).doUpdateSet(values))
        .execute();
    },
    async forget(repoId, headSha) {
      // A head nobody asked about has nothing to forget.
      await database
        .query()
        .updateTable('coverage_heads')
        .set({ mark: sql`coverage_heads.mark + 1`, missed_at: null })
        .where('repo_id', '=', repoId)
        .where('head_sha', '=', headSha)
        .execute();
    },
    async prune(before) {
      await database.query().deleteFrom('coverage_results').where('at', '<', before).execute();
      // A head that began anew at mark 0 would come to the mark of a result that was forgotten.
      await database
        .query()
        .deleteFrom('coverage_heads')
        .where('seen_at', '<', before)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('coverage_results as kept')
                .select('kept.mark')
                .whereRef('kept.repo_id', '=', 'coverage_heads.repo_id')
                .whereRef('kept.head_sha', '=', 'coverage_heads.head_sha'),
            ),
          ),
        )
        .execute();
    },
  };
}
