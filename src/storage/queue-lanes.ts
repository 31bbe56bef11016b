// Whose turn is it? The jobs of one installation are a lane, and no lane may keep another from starting.
// pg-boss orders by priority alone, so the priority of a job is its lane, and each lane is fetched by itself.
import type { Database } from './database.js';
import { QUEUE, SCHEMA } from './job.js';

/** Above every lane: a pass over all of them begins here. */
export const FIRST_PASS = 2_147_483_647;

export interface DueLane {
  readonly lane: number;
  /** Jobs whose time has come, counted no further than asked for. */
  readonly due: number;
}

export interface Fetch {
  /** `null`: from whichever lane. */
  readonly lane: number | null;
  readonly count: number;
}

/** Keys are `kind:installation…`. Keys without an installation share a lane. Fits the column, an `integer`. */
export function laneOf(key: string): number {
  const id = /^[a-z-]+:(\d{1,15})(?!\d)/.exec(key)?.[1];
  return id === undefined ? 0 : Number(id) % FIRST_PASS;
}

/**
 * A lane may take a hand only while it holds fewer than are still free. So one lane gets at most half of the hands,
 * n lanes one n+1st each, and there is a free hand for whoever comes next.
 * As in Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998.
 */
export function shareHands(
  lanes: readonly DueLane[],
  atWork: ReadonlyMap<number, number>,
  free: number,
): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  for (let left = free; left > 0; left -= 1) {
    let next: { readonly lane: number; readonly held: number } | null = null;
    for (const { lane, due } of lanes) {
      const share = shares.get(lane) ?? 0;
      const held = (atWork.get(lane) ?? 0) + share;
      if (share < due && held < left && (next === null || held < next.held)) next = { lane, held };
    }
    if (next === null) break;
    shares.set(next.lane, (shares.get(next.lane) ?? 0) + 1);
  }
  return shares;
}

/** One fetch for everything if nobody has to stand back, else one for each lane. */
export function planFetches(
  lanes: readonly DueLane[],
  atWork: ReadonlyMap<number, number>,
  free: number,
  isEveryLane: boolean,
): readonly Fetch[] {
  const shares = shareHands(lanes, atWork, free);
  const isAllTaken = lanes.every(({ lane, due }) => due < free && shares.get(lane) === due);
  if (isEveryLane && isAllTaken && lanes.length > 1) {
    return [{ lane: null, count: [...shares.values()].reduce((sum, count) => sum + count, 0) }];
  }
  return [...shares].map(([lane, count]) => ({ lane, count }));
}

/** From the highest lane under `below` downwards. Reads one entry of the index per lane, and its first due jobs. */
export async function readDueLanes(
  database: Database,
  options: { readonly below: number; readonly most: number; readonly each: number },
): Promise<readonly DueLane[]> {
  const { rows } = await database.executeSql(
    `with recursive lane(id) as (
       (select priority from ${SCHEMA}.job where ${FETCHABLE} and priority < $1::int
        order by priority desc limit 1)
       union all
       select (select priority from ${SCHEMA}.job where ${FETCHABLE} and priority < lane.id
               order by priority desc limit 1)
       from lane where lane.id is not null
     )
     select lane.id as lane, counted.due from lane cross join lateral (
       select count(*)::int as due from (
         select 1 from ${SCHEMA}.job where ${FETCHABLE} and priority = lane.id
           and start_after <= ${SCHEMA}.job_now() limit $3::int
       ) first
     ) counted
     where lane.id is not null and counted.due > 0 limit $2::int`,
    [options.below, options.most, options.each],
  );
  return rows;
}

/** The condition of pg-boss's index for fetching, which begins with the priority. */
const FETCHABLE = `name = '${QUEUE}' and state < 'active' and not blocked`;
