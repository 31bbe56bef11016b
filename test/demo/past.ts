// What was merged in the shop before the story begins? Enough for a first figure, and one change that was taken back.
import type { RepositoryHandle } from '../fakes/github/model/handles.js';

const TITLES = [
  'Add the catalogue',
  'Show prices with tax',
  'Fix rounding of prices',
  'Add coupons',
  'Speed the search up',
  'Refactor the basket',
];

/** 24 merged pull requests, every sixth by Copilot; the one that halved the database's disk was reverted. */
export function mergePast(repository: RepositoryHandle, mainTf: string): void {
  for (let index = 0; index < 23; index += 1) {
    const title = TITLES[index % TITLES.length]!;
    const path = `src/${['shop', 'basket', 'search'][index % 3]}/part${index % 7}.ts`;
    const lines = Array.from(
      { length: 5 + ((index * 37) % 90) },
      (_, at) => `export const v${index}_${at} = ${at};\n`,
    );
    const author = index % 6 === 5 ? 'Copilot' : ['bo', 'kim', 'lee'][index % 3]!;
    merge(repository, { title, author, files: { [path]: lines.join('') }, head: `past-${index}` });
  }
  const smaller = { 'infra/main.tf': mainTf.replace('100', '50') };
  const halved = merge(repository, {
    title: 'Halve the disk of the database',
    author: 'Copilot',
    files: smaller,
    head: 'past-disk',
  });
  merge(repository, {
    title: 'Revert "Halve the disk of the database"',
    author: 'lee',
    files: { 'infra/main.tf': mainTf },
    head: `revert-${halved}-past-disk`,
    body: `Reverts ${repository.fullName}#${halved}`,
  });
}

function merge(
  repository: RepositoryHandle,
  change: {
    readonly title: string;
    readonly author: string;
    readonly files: Readonly<Record<string, string>>;
    readonly head: string;
    readonly body?: string;
  },
): number {
  const { title, author, files, head, body = '' } = change;
  const branch = author === 'Copilot' ? `copilot/${head}` : head;
  repository.branch(branch, 'main');
  repository.commit({ branch, files, message: title, author, pusher: author });
  const pull = repository.openPullRequest({ author, head: branch, base: 'main', title, body });
  const merged = pull.merge({ by: 'dana' });
  if (!merged.merged) throw new Error(`merge ${title}: ${merged.message}`);
  return pull.number;
}
