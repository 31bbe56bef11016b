// How well tested were the changes that were merged before?
// One row per pull request and source, of its newest measured head; it counts once that head is merged.
import type { CoveredLines } from '../domain/quality.js';
import type { Database } from './database.js';
import { storableText } from './storable.js';

export interface MeasuredChange {
  readonly repoId: number;
  readonly pullRequest: number;
  readonly headSha: string;
  readonly baseRef: string;
  /** `coverageKey`: reports of different sources are not compared. */
  readonly source: string;
  /** `null`: the report has no totals. */
  readonly project: CoveredLines | null;
  /** Of the lines the change adds. */
  readonly patch: CoveredLines;
  readonly at: Date;
}

/** Whose earlier changes are asked for. */
export interface CoverageHistoryQuery {
  readonly repoId: number;
  readonly baseRef: string;
  readonly source: string;
}

export interface CoverageRecords {
  /** Of the same pull request and source the newer measurement stays. */
  record(change: MeasuredChange): Promise<void>;
  /** A head that was measured has been merged. Says nothing about a head that was not. */
  markMerged(
    merged: { readonly repoId: number; readonly pullRequest: number; readonly headSha: string },
    at: Date,
  ): Promise<void>;
  /** Project coverage of the newest change merged into that base. */
  readBase(query: CoverageHistoryQuery): Promise<(CoveredLines & { readonly pullRequest: number }) | null>;
  /** Patch coverage, 0 to 1, of the merged changes that added executable lines to any base; the newest `limit`. */
  readShares(query: CoverageHistoryQuery, limit: number): Promise<readonly number[]>;
  /** Drops what was measured before then and never seen merged. */
  prune(before: Date): Promise<void>;
}

export function openCoverageRecords(database: Database): CoverageRecords {
  return {
    async record({ repoId, pullRequest, headSha, baseRef, source, project, patch, at }) {
      const values = {
        head_sha: headSha,
        base_ref: storableText(baseRef),
        covered: project?.covered ?? null,
        executable: project?.executable ?? null,
        patch_covered: patch.covered,
        patch_executable: patch.executable,
        measured_at: at,
      };
      await database
        .query()
        .insertInto('coverage_changes')
        .values({
          repo_id: repoId,
          pr: pullRequest,
          source: storableText(source),
          merged_at: null,
          ...values,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['repo_id', 'pr', 'source'])
            .doUpdateSet(values)
            // What was merged stands.
            .where('coverage_changes.merged_at', 'is', null),
        )
        .execute();
    },
    async markMerged({ repoId, pullRequest, headSha }, at) {
      await database
        .query()
        .updateTable('coverage_changes')
        .set({ merged_at: at })
        .where('repo_id', '=', repoId)
        .where('pr', '=', pullRequest)
        .where('head_sha', '=', headSha)
        .where('merged_at', 'is', null)
        .execute();
    },
    async readBase({ repoId, baseRef, source }) {
      const row = await database
        .query()
        .selectFrom('coverage_changes')
        .select(['pr', 'covered', 'executable'])
        .where('repo_id', '=', repoId)
        .where('source', '=', storableText(source))
        .where('base_ref', '=', storableText(baseRef))
        .where('merged_at', 'is not', null)
        .where('covered', 'is not', null)
        .where('executable', '>', 0)
        .orderBy('merged_at', 'desc')
        .orderBy('pr', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (row === undefined || row.covered === null || row.executable === null) return null;
      return { covered: row.covered, executable: row.executable, pullRequest: row.pr };
    },
    async readShares({ repoId, source }, limit) {
      const rows = await database
        .query()
        .selectFrom('coverage_changes')
        .select(['patch_covered', 'patch_executable'])
        .where('repo_id', '=', repoId)
        .where('source', '=', storableText(source))
        .where('merged_at', 'is not', null)
        .where('patch_executable', '>', 0)
        .orderBy('merged_at', 'desc')
        .orderBy('pr', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => row.patch_covered / row.patch_executable);
    },
    async prune(before) {
      await database
        .query()
        .deleteFrom('coverage_changes')
        .where('measured_at', '<', before)
        .where('merged_at', 'is', null)
        .execute();
    },
  };
}
