// Which required checks does a commit satisfy?
// https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
import { latestRunsOn, latestStatusesOn } from './checks.js';
import type { Repository, RequiredCheck } from './world.js';

export interface RequiredCheckState extends RequiredCheck {
  /** `missing`: nobody has reported ("Expected — waiting for status"). */
  readonly state: 'satisfied' | 'failing' | 'pending' | 'missing';
  /** Conclusions and states that counted. */
  readonly reported: readonly string[];
}

/** Only the newest run of a name in each app's suite counts; of a pinned check only the named app's. */
export function judgeRequiredChecks(
  repository: Repository,
  branch: string,
  sha: string,
): readonly RequiredCheckState[] {
  const required = repository.protections.get(branch)?.requiredChecks ?? [];
  return required.map((check) => judge(repository, sha, check));
}

export function isSatisfied(checks: readonly RequiredCheckState[]): boolean {
  return checks.every((check) => check.state === 'satisfied');
}

/** As GitHub words it when it refuses a merge. */
export function describeUnsatisfied(checks: readonly RequiredCheckState[]): string | null {
  const open = checks.filter((check) => check.state !== 'satisfied');
  if (open.length === 0) return null;
  if (open.length > 1) {
    const words = open.some((check) => check.state === 'failing') ? 'have not succeeded' : 'are expected';
    return `${open.length} of ${checks.length} required status checks ${words}.`;
  }
  const [{ context, state }] = open as [RequiredCheckState];
  const word = { failing: 'failing', pending: 'in progress', missing: 'expected', satisfied: '' }[state];
  return `Required status check "${context}" is ${word}.`;
}

/** GitHub counts neutral and skipped as passing. */
const PASSING = ['success', 'neutral', 'skipped'];

function judge(repository: Repository, sha: string, check: RequiredCheck): RequiredCheckState {
  const runs = latestRunsOn(repository, sha)
    .filter((run) => run.name === check.context)
    .filter((run) => check.appId === null || run.suite.app.id === check.appId)
    .map((run) => run.conclusion ?? 'pending');
  const statuses = latestStatusesOn(repository, sha)
    .filter((status) => status.context === check.context)
    .filter((status) => check.appId === null || status.app?.id === check.appId)
    .map((status) => status.state as string);
  const reported = [...runs, ...statuses];
  return { ...check, state: sum(reported), reported };
}

function sum(reported: readonly string[]): RequiredCheckState['state'] {
  if (reported.length === 0) return 'missing';
  if (reported.every((word) => PASSING.includes(word))) return 'satisfied';
  return reported.some((word) => word !== 'pending' && !PASSING.includes(word)) ? 'failing' : 'pending';
}
