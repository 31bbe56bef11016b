// Under which keys does a change wait to be named, and does a name wait for a change?
// A SHA may be cut and a title, too: keys are what both sides surely share, the exact comparison follows.
import { type ChangeName, comparableTitle, isCutTitle, type NamedChange } from '../outcomes/change-name.js';
import { readOwnNames } from '../outcomes/trunk.js';

const SHA_DIGITS = 7;
/** Shorter beginnings of a title are that of many. */
const CUT_TITLE = 12;
/** Titles that differ only behind it are taken for one; a key must fit into an index. */
const MAX_TITLE = 250;

interface Named {
  readonly sha: string;
  readonly pullRequest: number | null;
  readonly message: string;
}

/** Keys that a recorded change is kept under; by its SHA and its number it is found without. */
export function recordKeys({ message }: Pick<Named, 'message'>): readonly string[] {
  const { titles, revisions } = readOwnNames(message);
  // Of a merge commit its own subject says no more than the number.
  const title = wholeKey(comparableTitle(titles[0] ?? ''));
  return [...new Set([...(title === null ? [] : [title]), ...revisions.map(revisionKey)])];
}

/** All keys under which somebody may wait for this change. */
export function waitedKeys(change: Named): readonly string[] {
  const { pullRequest, titles } = readOwnNames(change.message);
  const numbers = [change.pullRequest, pullRequest].filter((number) => number !== null);
  const cut = cutKey(comparableTitle(titles[0] ?? ''));
  return [
    ...new Set([
      shaKey(change.sha),
      ...numbers.map(numberKey),
      ...recordKeys(change),
      ...(cut === null ? [] : [cut]),
    ]),
  ];
}

/** Where a change with this name is recorded; `null`: found otherwise, or too short to lead anywhere. */
export function recordKey(name: ChangeName): { readonly key: string; readonly isCut: boolean } | null {
  if (name.kind === 'revision') return { key: revisionKey(name.id), isCut: false };
  if (name.kind !== 'title') return null;
  const isCut = name.cut || isCutTitle(name.title);
  const title = comparableTitle(name.title);
  const key = isCut && title.length < CUT_TITLE ? null : wholeKey(title);
  return key === null ? null : { key, isCut };
}

/** The key that a name waits under; `null`: too short to lead anywhere. */
function nameKey(name: ChangeName): string | null {
  switch (name.kind) {
    case 'sha':
      return shaKey(name.sha);
    case 'pull-request':
      return numberKey(name.number);
    case 'revision':
      return revisionKey(name.id);
    case 'title': {
      const title = comparableTitle(name.title);
      return name.cut || isCutTitle(name.title) ? cutKey(title) : wholeKey(title);
    }
  }
}

export function keysOfNames(names: NamedChange): readonly string[] {
  return names.map(nameKey).filter((key) => key !== null);
}

function shaKey(sha: string): string {
  return `sha:${sha.slice(0, SHA_DIGITS)}`;
}

function numberKey(number: number): string {
  return `#${number}`;
}

function revisionKey(id: string): string {
  return `revision:${id}`;
}

function wholeKey(title: string): string | null {
  return title === '' ? null : `title:${title.slice(0, MAX_TITLE)}`;
}

function cutKey(title: string): string | null {
  return title.length < CUT_TITLE ? null : `cut:${title.slice(0, CUT_TITLE)}`;
}
