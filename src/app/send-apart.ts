// How are many jobs sent that are in no hurry, so that they are no flood and fresh events find free hands?
import type { Storage } from '../storage/storage.js';

/** So many at once, and then one after the other, at this distance. */
const AT_ONCE = 10;

/** A job that waits already keeps its earlier time, and an event makes it due at once. */
export async function sendApart(
  { queue }: Pick<Storage, 'queue'>,
  keys: readonly string[],
  apartMs: number,
  now: Date,
): Promise<void> {
  for (const [index, key] of keys.entries()) {
    const afterMs = (index - AT_ONCE + 1) * apartMs;
    await queue.send(key, afterMs <= 0 ? {} : { startAfter: new Date(now.getTime() + afterMs) });
  }
}
