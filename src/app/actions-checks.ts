// Has GitHub Actions done its work on a head?
import type { ForeignCheck } from '../domain/snapshot.js';

/** Slug of GitHub's own app, on github.com and on Enterprise Server. */
export const GITHUB_ACTIONS = 'github-actions';

/** `none`: no workflow has begun there. */
export function actionsState(checks: readonly ForeignCheck[]): 'none' | 'running' | 'done' {
  const ours = checks.filter(({ app }) => app === GITHUB_ACTIONS);
  if (ours.length === 0) return 'none';
  return ours.some(({ conclusion }) => conclusion === null) ? 'running' : 'done';
}
