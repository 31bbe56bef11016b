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
  | { readonly kind: 'histories'; readonly installation: number };

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
      return `${key.kind}:${key.installation}:${key.owner}/${key.repo}`;
    case 'installation':
    case 'histories':
      return `${key.kind}:${key.installation}`;
  }
}

export function formatReviewKey(target: Omit<Extract<JobKey, { kind: 'review' }>, 'kind'>): string {
  const { installation, owner, repo, number } = target;
  return formatJobKey({ kind: 'review', installation, owner, repo, number });
}

/** `null`: no key of this version. */
export function parseJobKey(text: string): JobKey | null {
  const match =
    /^(?<kind>review|group|repository|history):(?<installation>\d+):(?<owner>[^/@#\s]+)\/(?<repo>[^/@#\s]+)(?<rest>.*)$/su.exec(
      text,
    );
  if (match === null) {
    const whole = /^(installation|histories):(\d+)$/.exec(text);
    if (whole === null) return null;
    const kind = whole[1] === 'histories' ? 'histories' : 'installation';
    return { kind, installation: Number(whole[2]) };
  }
  const { kind, owner = '', repo = '', rest = '' } = match.groups ?? {};
  const where = { installation: Number(match.groups?.installation), owner, repo };
  if (kind === 'repository' || kind === 'history') return rest === '' ? { kind, ...where } : null;
  if (kind === 'review') {
    const number = /^#(\d+)$/.exec(rest)?.[1];
    return number === undefined ? null : { kind, ...where, number: Number(number) };
  }
  const group = /^@([0-9a-f]+)@([0-9a-f]+)@(.+)$/su.exec(rest);
  if (group === null) return null;
  return { kind: 'group', ...where, headSha: group[1]!, baseSha: group[2]!, baseRef: group[3]! };
}
