// What do the accounts, the commits' identities, the branch and the memory show?
import type { Evidence, EvidenceStrength } from '../domain/authorship.js';
import { code, say } from '../domain/message.js';
import type { Memory } from '../domain/snapshot.js';
import type { Recognized, Recognizer } from './recognize.js';
import type { Automation, Signature } from './signature.js';
import { isSignedBy } from './signed-by.js';
import type { AuthorshipSource, SourceCommit } from './source.js';

export function identityEvidence(
  source: AuthorshipSource,
  recognizer: Recognizer,
  memory: Memory,
): readonly Evidence[] {
  const known = [
    ...openerEvidence(source, recognizer),
    ...pushEvidence(memory, recognizer),
    ...commitEvidence(source, recognizer, 'author'),
    ...commitEvidence(source, recognizer, 'committer'),
    ...suffixEvidence(source, recognizer.signatures),
  ];
  return [...known, ...branchEvidence(source, recognizer, known)];
}

function openerEvidence(source: AuthorshipSource, recognizer: Recognizer): readonly Evidence[] {
  const { opener } = source;
  const found = opener === null ? null : recognizer.account(opener);
  if (opener === null || found === null || found.is === 'bot') return [];
  const strength: EvidenceStrength =
    source.kind === 'github' && opener.type === 'Bot' && found.exact ? 'verified' : 'claimed';
  const what = say`opened by ${code(opener.login)}`;
  const common = { kind: 'opener', strength, what, commit: null } as const;
  switch (found.is) {
    case 'agent':
      return [{ ...common, points: found.points, signature: found.signature.name }];
    case 'automation':
      return [{ ...common, points: 'automation', signature: found.automation.name }];
  }
}

function pushEvidence(memory: Memory, recognizer: Recognizer): readonly Evidence[] {
  const found = new Map<string, Evidence>();
  for (const { sender, headSha } of memory.pushes) {
    const recognized = recognizer.account(sender);
    if (recognized?.is !== 'agent' || recognized.points !== 'agent') continue;
    const name = recognized.signature.name;
    if (found.has(name)) continue;
    found.set(name, {
      kind: 'push-sender',
      strength: sender.type === 'Bot' && recognized.exact ? 'verified' : 'claimed',
      points: 'agent',
      signature: name,
      what: say`pushed by ${code(sender.login)}`,
      commit: headSha,
    });
  }
  return [...found.values()];
}

interface Group {
  readonly first: SourceCommit;
  readonly recognized: Extract<Recognized, { is: 'agent' }>;
  count: number;
  verified: boolean;
}

/** One piece of evidence per signature, with the number of commits: the list is read by people. */
function commitEvidence(
  source: AuthorshipSource,
  recognizer: Recognizer,
  role: 'author' | 'committer',
): readonly Evidence[] {
  const groups = new Map<string, Group>();
  for (const commit of source.commits) {
    const recognized = recognizer.identity(commit[role]);
    if (recognized?.is !== 'agent') continue;
    // A committer who is also the author says nothing new.
    const author = role === 'committer' ? recognizer.identity(commit.author) : null;
    if (author?.is === 'agent' && author.signature === recognized.signature) continue;
    const key = `${recognized.signature.name} ${recognized.points}`;
    const group = groups.get(key) ?? { first: commit, recognized, count: 0, verified: false };
    group.count += 1;
    group.verified ||=
      source.kind === 'github' &&
      isSignedBy(
        commit,
        recognizer,
        (signer) => signer.is === 'agent' && signer.signature === recognized.signature,
      );
    groups.set(key, group);
  }
  return [...groups.values()]
    .toSorted((a, b) => b.count - a.count)
    .map(({ first, recognized, count, verified }) => ({
      kind: role === 'author' ? 'commit-author' : 'commit-committer',
      strength: verified ? 'verified' : 'claimed',
      points: recognized.points,
      signature: recognized.signature.name,
      what:
        role === 'author'
          ? say`${count} of ${source.commits.length} commits written by ${code(recognized.seen)}`
          : say`${count} of ${source.commits.length} commits committed by ${code(recognized.seen)}`,
      commit: first.sha,
    }));
}

function suffixEvidence(source: AuthorshipSource, signatures: readonly Signature[]): readonly Evidence[] {
  return signatures
    .filter((signature) => signature.nameSuffixes.length > 0)
    .flatMap((signature): readonly Evidence[] => {
      const ends = (name: string | null) =>
        signature.nameSuffixes.some((suffix) => name?.trim().toLowerCase().endsWith(suffix.toLowerCase()));
      const commit = source.commits.find((one) => ends(one.author.name) || ends(one.committer.name));
      if (commit === undefined) return [];
      const name = (ends(commit.author.name) ? commit.author.name : commit.committer.name) ?? '';
      return [
        {
          kind: 'name-suffix',
          strength: 'claimed',
          points: 'assisted',
          signature: signature.name,
          what: say`a commit by ${code(name)}`,
          commit: commit.sha,
        },
      ];
    });
}

/** GitHub's Revert button keeps the reverted branch's name behind this: a person pressed it. */
export const REVERT_BRANCH = /^revert-\d+-/;

function branchEvidence(
  source: AuthorshipSource,
  recognizer: Recognizer,
  known: readonly Evidence[],
): readonly Evidence[] {
  const { signatures } = recognizer;
  const branch = branchName(source.headRef);
  if (branch === null || REVERT_BRANCH.test(branch)) return [];
  const matching = signatures.flatMap((signature) =>
    signature.branches.filter((p) => p.matches(branch)).map((pattern) => ({ signature, pattern })),
  );
  const bot = automationOf(source, recognizer)?.name ?? null;
  const isKnown = ({ signature }: { signature: Signature }) =>
    (bot !== null && signature.actsAs.includes(bot)) ||
    known.some((one) => one.points === 'agent' && one.signature === signature.name);
  // Partner agents use others' prefixes: the branch is then theirs, and speaks for nobody else.
  const shared = matching.find((match) => match.pattern.shared && isKnown(match));
  const own = shared ?? matching.find(isKnown) ?? matching.find((match) => !match.pattern.shared);
  if (own === undefined) return [];
  return [
    {
      kind: 'branch',
      strength: 'claimed',
      points: 'agent',
      signature: own.signature.name,
      what: say`branch ${code(branch)}`,
      commit: null,
    },
  ];
}

/** The classic bot that opened it; where nobody names an opener, the one that made every commit. */
export function automationOf(source: AuthorshipSource, recognizer: Recognizer): Automation | null {
  const { opener, commits } = source;
  const found =
    opener !== null
      ? [recognizer.account(opener)]
      : source.kind === 'github'
        ? []
        : commits.map((commit) => recognizer.identity(commit.author));
  const first = found[0];
  if (first?.is !== 'automation') return null;
  return found.every((one) => one?.is === 'automation') ? first.automation : null;
}

/** Without `refs/heads/` and without the `owner:` of a label; longer names do not exist on GitHub. */
export function branchName(headRef: string | null): string | null {
  return headRef === null
    ? null
    : headRef
        .slice(0, 300)
        .replace(/^refs\/heads\//, '')
        .replace(/^[A-Za-z0-9-]{1,39}:/, '');
}

/** Only of agents that nothing on the change shows any more: what is still there speaks for itself. */
export function rememberedEvidence(memory: Memory, live: readonly Evidence[]): readonly Evidence[] {
  const shown = new Set(live.filter(({ points }) => points === 'agent').map(({ signature }) => signature));
  const first = new Map(memory.evidence.toReversed().map((seen) => [seen.agent, seen]));
  return [...first.values()]
    .filter(({ agent }) => !shown.has(agent))
    .map((seen) => ({
      kind: 'remembered',
      strength: 'claimed',
      points: 'agent',
      signature: seen.agent,
      what: say`seen on ${seen.seenIn}: ${seen.what}`,
      commit: null,
    }));
}
