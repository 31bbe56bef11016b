// Which agent evidence was seen before? The ratchet: once seen, it persists over force-pushes and new pull requests.
import { sql } from 'kysely';
import type { RememberedEvidence } from '../domain/snapshot.js';
import type { Database } from './database.js';
import { storableJson, storableText } from './storable.js';

type EvidenceKeyKind = 'pull' | 'commit' | 'shape' | 'digest';

/** What the evidence clings to: a pull request's number, a commit's SHA, a diff's shape or digest. */
export interface EvidenceKey {
  readonly kind: EvidenceKeyKind;
  readonly key: string;
}

export interface EvidenceRecord extends EvidenceKey, RememberedEvidence {
  readonly repoId: number;
}

export interface EvidenceStore {
  /** What stands there is kept: the first sighting is the one remembered. */
  record(records: readonly EvidenceRecord[]): Promise<void>;
  /** Everything seen on any of the keys, oldest first. */
  find(repoId: number, keys: readonly EvidenceKey[]): Promise<readonly (EvidenceKey & RememberedEvidence)[]>;
}

export function openEvidence(database: Database): EvidenceStore {
  return {
    async record(records) {
      if (records.length === 0) return;
      const rows = records.map((record) => ({
        repo_id: record.repoId,
        kind: record.kind,
        key: storableText(record.key),
        agent: storableText(record.agent),
        what: storableText(record.what),
        seen_in: storableText(record.seenIn),
        seen_at: record.seenAt,
      }));
      await sql`
        insert into agent_policy.evidence (repo_id, kind, key, agent, what, seen_in, seen_at)
        select repo_id, kind, key, agent, what, seen_in, seen_at
        from jsonb_to_recordset(${storableJson(rows)}::text::jsonb)
          as given (repo_id bigint, kind text, key text, agent text, what text, seen_in text, seen_at timestamptz)
        on conflict do nothing`.execute(database.query());
    },
    async find(repoId, keys) {
      if (keys.length === 0) return [];
      const found = await sql<Row>`
        select e.kind, e.key, e.agent, e.what, e.seen_in, e.seen_at
        from agent_policy.evidence e
        join (select distinct kind, key
              from jsonb_to_recordset(${storableJson(keys)}::text::jsonb) as given (kind text, key text)) asked
          on e.kind = asked.kind and e.key = asked.key
        where e.repo_id = ${repoId}::bigint
        order by e.seen_at, e.kind, e.key, e.agent`.execute(database.query());
      return found.rows.map((row) => ({
        kind: row.kind,
        key: row.key,
        agent: row.agent,
        what: row.what,
        seenIn: row.seen_in,
        seenAt: row.seen_at.toISOString(),
      }));
    },
  };
}

interface Row {
  readonly kind: EvidenceKeyKind;
  readonly key: string;
  readonly agent: string;
  readonly what: string;
  readonly seen_in: string;
  readonly seen_at: Date;
}
