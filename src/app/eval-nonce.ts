// How is a run recognised where GitHub does not say which one it started? By what stands in its name.
import { randomBytes } from 'node:crypto';

/** Nobody can guess it before the run bears it in its name. */
export function newNonce(): string {
  return `ap-${randomBytes(16).toString('hex')}`;
}

/** The first in a text, if there is one. */
export function findNonce(text: string): string | null {
  return /\bap-[0-9a-f]{32}\b/.exec(text)?.[0] ?? null;
}
