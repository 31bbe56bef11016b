// What does a job work on? The key is all a job carries; whoever runs it reads the newest state.

export type JobKey =
  | RepositoryOf<'review', { readonly number: number }>
  | RepositoryOf<'group', { readonly headSha: string; readonly baseSha: string; readonly baseRef: string }>
  /** Every open pull request of a repository. */
  | RepositoryOf<'repository', unknown>
  /** What was merged on the default branch: new commits, then a step further back. */
  | RepositoryOf<'history', unknown>
  /** Every open pull request of every repository of an installation. */
  | { readonly kind: 'installation'; readonly installation: number }
  /** Every history of an installation that is not read to its end. */
  | { readonly kind: 'histories'; readonly installation: number }
  /** The same as `repository` and `installation`, in no hurry: nothing is known to have changed. */
  | RepositoryOf<'sweep-repository', unknown>
  | { readonly kind: 'sweep-installation'; readonly installation: number }
  /** Where the App is installed by GitHub's own word, and every open pull request there. */
  | { readonly kind: 'sweep-installations' }
  /** What runs or waits, what cannot be refreshed, what was given up. */
  | { readonly kind: 'sweep-waiting' }
  /** What GitHub could not deliver. */
  | { readonly kind: 'redeliver' };

type RepositoryOf<Kind extends string, More> = {
  readonly kind: Kind;
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
} & More;

export function formatJobKey(key: JobKey): string {
  switch (key.kind) {
    case 'review':
      return `review:${key.installation}:${key.owner}/${key.repo}#${key.number}`;
    case 'group':
      // The branch stands last: it alone may hold an `@`.
      return `group:${key.installation}:${key.owner}/${key.repo}@${key.headSha}@${key.baseSha}@${key.baseRef}`;
    case 'repository':
    case 'history':
    case 'sweep-repository':
      return `${key.kind}:${key.installation}:${key.owner}/${key.repo}`;
    case 'installation':
    case 'histories':
    case 'sweep-installation':
      return `${key.kind}:${key.installation}`;
    case 'sweep-installations':
    case 'sweep-waiting':
    case 'redeliver':
      return key.kind;
  }
}

export function formatReviewKey(target: Omit<Extract<JobKey, { kind: 'review' }>, 'kind'>): string {
  const { installation, owner, repo, number } = target;
  return formatJobKey({ kind: 'review', installation, owner, repo, number });
}

/** `null`: no key of this version. */
export function parseJobKey(text: string): JobKey | null {
  const match =
    /^(?<kind>review|group|repository|history|sweep-repository):(?<installation>\d+):(?<owner>[^/@#\s]+)\/(?<repo>[^/@#\s]+)(?<rest>.*)$/su.exec(
      text,
    );
  if (match === null) {
    if (text === 'sweep-installations' || text === 'sweep-waiting' || text === 'redeliver')
      return { kind: text };
    const whole = /^(installation|histories|sweep-installation):(\d+)$/.exec(text);
    if (whole === null) return null;
    const kind = whole[1] as 'installation' | 'histories' | 'sweep-installation';
    return { kind, installation: Number(whole[2]) };
  }
  const { kind, owner = '', repo = '', rest = '' } = match.groups ?? {};
  const where = { installation: Number(match.groups?.installation), owner, repo };
  if (kind === 'repository' || kind === 'history' || kind === 'sweep-repository')
    return rest === '' ? { kind, ...where } : null;
  if (kind === 'review') {
    const number = /^#(\d+)$/.exec(rest)?.[1];
    return number === undefined ? null : { kind, ...where, number: Number(number) };
  }
  const group = /^@([0-9a-f]+)@([0-9a-f]+)@(.+)$/su.exec(rest);
  if (group === null) return null;
  return { kind: 'group', ...where, headSha: group[1]!, baseSha: group[2]!, baseRef: group[3]! };
}
