// Which changes are on the trunk, and which of them does a name mean?
// Filled commit by commit, oldest first; keeps names and times, no messages.
import { type ChangeName, comparableTitle, isCutTitle, TRAILING_NUMBER } from './change-name.js';

export interface TrunkCommit {
  readonly sha: string;
  readonly message: string;
  /** Seconds since 1970, as the committer's clock had it. */
  readonly time: number;
}

export interface Trunk {
  /** Position of the commit that was added. */
  add(commit: TrunkCommit): number;
  readonly size: number;
  shaAt(position: number): string;
  timeAt(position: number): number;
  titleAt(position: number): string;
  pullRequestAt(position: number): number | null;
  /** True for a merge that brings a main branch up to date: it holds many changes and is none. */
  isSyncAt(position: number): boolean;
  /** Position of a commit by its SHA, whole or cut; `null` if none or several have it. */
  find(sha: string): number | null;
  /** Positions before `before` that the name may mean, latest first. */
  candidates(name: ChangeName, before: number): readonly number[];
}

const MAX_CANDIDATES = 5;

export function createTrunk(): Trunk {
  const shas: string[] = [];
  const times: number[] = [];
  const titles: string[] = [];
  const numbers: (number | null)[] = [];
  const syncs = new Set<number>();
  const bySha = new Map<string, number>();
  const byNumber = new Map<number, number[]>();
  const byTitle = new Map<string, number[]>();
  const byRevision = new Map<string, number[]>();
  let sorted: readonly string[] | null = null;
  let sortedTitles: readonly string[] | null = null;

  const find = (sha: string): number | null => {
    if (sha.length >= 40) return bySha.get(sha) ?? null;
    sorted ??= [...shas].sort();
    const at = lowerBound(sorted, sha);
    if (sorted[at]?.startsWith(sha) !== true || sorted[at + 1]?.startsWith(sha) === true) return null;
    return bySha.get(sorted[at]!) ?? null;
  };

  const titled = (title: string, cut: boolean): readonly number[] => {
    const key = comparableTitle(title);
    if (key === '') return [];
    const exact = byTitle.get(key);
    if (exact !== undefined || !cut) return exact ?? [];
    sortedTitles ??= [...byTitle.keys()].sort();
    const found: number[] = [];
    for (let at = lowerBound(sortedTitles, key); sortedTitles[at]?.startsWith(key) === true; at += 1)
      found.push(...byTitle.get(sortedTitles[at]!)!);
    return found.sort((a, b) => a - b);
  };

  const positions = (name: ChangeName): readonly number[] => {
    switch (name.kind) {
      case 'sha': {
        const position = find(name.sha);
        return position === null ? [] : [position];
      }
      case 'pull-request':
        return byNumber.get(name.number) ?? [];
      case 'revision':
        return byRevision.get(name.id) ?? [];
      case 'title':
        return titled(name.title, name.cut || isCutTitle(name.title));
    }
  };

  return {
    add({ sha, message, time }) {
      const position = shas.length;
      const names = readOwnNames(message);
      shas.push(sha);
      times.push(time);
      titles.push(names.titles[0] ?? '');
      numbers.push(names.pullRequest);
      bySha.set(sha, position);
      sorted = null;
      sortedTitles = null;
      if (names.isSync) syncs.add(position);
      if (names.pullRequest !== null) push(byNumber, names.pullRequest, position);
      for (const title of new Set(names.titles.map(comparableTitle))) push(byTitle, title, position);
      for (const id of names.revisions) push(byRevision, id, position);
      return position;
    },
    get size() {
      return shas.length;
    },
    shaAt: (position) => shas[position]!,
    timeAt: (position) => times[position]!,
    titleAt: (position) => titles[position]!,
    pullRequestAt: (position) => numbers[position]!,
    isSyncAt: (position) => syncs.has(position),
    find,
    candidates: (name, before) =>
      positions(name)
        .filter((position) => position < before)
        .slice(-MAX_CANDIDATES)
        .reverse(),
  };
}

/** What a change calls itself in its message. */
export interface OwnNames {
  /** Of the change first, of the merge commit second. */
  readonly titles: readonly string[];
  readonly pullRequest: number | null;
  readonly revisions: readonly string[];
  readonly isSync: boolean;
}

const SYNC =
  /^Merge (?:(?:remote[- ])?(?:tracking )?branch|commit|tag)(?:es)? ['"](?:[\w./-]{1,60}\/)?(?:master|main|trunk|develop|dev|next|stable|release|\d[\w.-]{0,20}|(?:stable|release)[/-][\w./-]{1,40}|[\w./-]{1,40}-stable)['"]|^Merge (?:remote[- ])?(?:tracking )?branch ['"][^'"]{1,200}['"] of \S|^Merge (?:https?|git|ssh):/i;
const MERGED =
  /^(?:Merge pull request #|Merge PR #|Merged PR |Auto merge of #|Merge #|PR #)(\d{1,9})\b|^Merged? in \S{1,250} \(pull request #(\d{1,9})\)/i;
/** How merge bots leave the number in the body: asfgit, ghstack, node-core-utils, copybara, GitLab. */
const IN_BODY =
  /^(?:Closes #(\d{1,9}) from \S|Pull Request resolved: \S{1,200}\/pull\/(\d{1,9})|PR-URL: \S{1,200}\/pull\/(\d{1,9})|COPYBARA_INTEGRATE_REVIEW=\S{1,200}\/pull\/(\d{1,9})|See merge request \S{0,200}!(\d{1,9}))/im;
const REVISION = /^Differential Revision:\s{0,5}(?:https?:\/\/\S{1,200}\/)?(D\d{2,12})\b/gim;
const MAX_READ = 100_000;
const MAX_TITLE = 1_000;

export function readOwnNames(message: string): OwnNames {
  const text = message.slice(0, MAX_READ);
  const lines = text.split('\n', 50).filter((line) => line.trim() !== '');
  const subject = (lines[0] ?? '').trim().slice(0, MAX_TITLE);
  const merged = MERGED.exec(subject);
  const own = TRAILING_NUMBER.exec(subject);
  const body = IN_BODY.exec(text);
  const number = own?.[1] ?? merged?.slice(1).find(Boolean) ?? body?.slice(1).find(Boolean);
  const isMerge = merged !== null || /^Merge(?:d)? /.test(subject);
  const inner = isMerge && lines[1] !== undefined ? [lines[1].trim().slice(0, MAX_TITLE)] : [];
  return {
    titles: [...inner, subject],
    pullRequest: number === undefined ? null : Number(number),
    isSync: number === undefined && SYNC.test(subject),
    revisions: [...text.matchAll(REVISION)].map((match) => match[1]!),
  };
}

function push<K>(map: Map<K, number[]>, key: K, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function lowerBound(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
