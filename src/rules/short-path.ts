// How are paths named where there is room for few words?
import { code, type Message, type MessagePart, ours, say } from '../domain/message.js';

const TITLE_PATH = 32;
const DETAIL_PATHS = 20;

/** Cut in the middle, so that the top folder and the file name survive. At most `max` characters. */
export function shortPath(path: string, max = TITLE_PATH): string {
  const characters = [...path];
  if (characters.length <= max) return path;
  const first = path.indexOf('/');
  const last = path.lastIndexOf('/');
  const ends = first === -1 ? '' : `${path.slice(0, first)}/…${path.slice(last)}`;
  if (ends !== '' && [...ends].length <= max) return ends;
  const tail = Math.ceil((max - 1) * 0.6);
  return `${characters.slice(0, max - 1 - tail).join('')}…${characters.slice(-tail).join('')}`;
}

/** One word for what a demand is about: the file, the folder all files share, or their number. */
export function subjectOf(paths: readonly string[]): MessagePart {
  const [first, ...rest] = paths;
  if (first === undefined) return ours('this change');
  if (rest.length === 0) return { kind: 'code', text: shortPath(first) };
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of rest) {
    while (!path.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  if (folder === '') return ours(`${paths.length} files`);
  return { kind: 'code', text: shortPath(folder) };
}

/** ` (+2)` for further causes, nothing for none. */
export function furtherCauses(count: number): MessagePart {
  return ours(count > 0 ? ` (+${count})` : '');
}

/** One line a path for the folded details, and one that counts what was left out. */
export function pathDetails(paths: readonly string[]): readonly Message[] {
  const shown = paths.slice(0, DETAIL_PATHS).map((path) => say`${code(path)}`);
  const left = paths.length - shown.length;
  return left > 0 ? [...shown, say`and ${left} more`] : shown;
}

export function plural(count: number, one: string, many = `${one}s`): MessagePart {
  return ours(`${count} ${count === 1 ? one : many}`);
}
