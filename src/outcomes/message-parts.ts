// What does a commit message consist of: a subject, own paragraphs, and history kept by a squash?
// Only the first two speak of the trunk; a squash repeats what happened on the branch.

export interface MessageParts {
  /** Rejoined where GitHub cut it, and for a merged pull request its title. */
  readonly subject: string;
  /** Branch a merge commit names. */
  readonly branch: string | null;
  /** Paragraphs of the author's own body, a line each. */
  readonly paragraphs: readonly (readonly string[])[];
  /** Commits of the branch as a squash lists them, a paragraph each. */
  readonly inner: readonly (readonly string[])[];
}

/** What a message may take: git allows any size, GitHub shows 64 KiB of it. */
const MAX_CHARACTERS = 1_000_000;
const MAX_LINE = 2_000;
const MAX_LINES = 5_000;

const MERGED_REQUEST =
  /^Merge (?:pull request|PR) #(\d{1,9})(?: from (\S{1,250}))?|^Merged? in (\S{1,250}) \(pull request #(\d{1,9})\)/i;
const MERGED_BRANCH = /^Merge (?:remote-tracking )?branch(?:es)? ['"]([^'"\s]{1,250})['"]/i;
const GITLAB_MERGE = /^See merge request \S/;

export function readMessageParts(message: string): MessageParts {
  const lines = cleanLines(message);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return { subject: '', branch: null, paragraphs: [], inner: [] };
  const subject = lines[first]!.trim();
  const rest = lines.slice(first + 1);
  const request = MERGED_REQUEST.exec(subject);
  if (request !== null) return readMerge(request[2] ?? request[3] ?? null, rest);
  const branch = MERGED_BRANCH.exec(subject);
  if (branch !== null) {
    // A merge of branches lists what it brings; GitLab's holds the title of the merge request instead.
    if (rest.some((line) => GITLAB_MERGE.test(line))) return readMerge(branch[1]!, rest);
    return { subject, branch: branch[1]!, paragraphs: [], inner: [] };
  }
  const joined = rejoin(subject, rest);
  const isRelease = RELEASE.test(subject);
  return {
    subject: joined.subject,
    branch: null,
    ...split(isRelease ? rest.filter((line) => !ITEM.test(line)) : joined.rest),
  };
}

function readMerge(from: string | null, lines: readonly string[]): MessageParts {
  // GitHub writes `owner/branch`.
  const branch = from === null ? null : from.replace(/^[\w.-]{1,100}[/:](?=.)/, '');
  const title = lines.findIndex((line) => line.trim() !== '');
  if (title === -1) return { subject: '', branch, paragraphs: [], inner: [] };
  const joined = rejoin(lines[title]!.trim(), lines.slice(title + 1));
  return { subject: joined.subject, branch, ...split(joined.rest) };
}

/** `Revert "abc (#2… (#30)` with a body `…9515)"` is one title: GitHub cuts at 72 characters. */
function rejoin(subject: string, rest: readonly string[]): { subject: string; rest: readonly string[] } {
  const cut = /^(.*?)(?:…|\.\.\.)(\s*\(#\d{1,9}\))?$/.exec(subject);
  const at = rest.findIndex((line) => line.trim() !== '');
  const next = at === -1 ? null : /^\s*(?:…|\.\.\.)(.*)$/.exec(rest[at]!);
  if (cut === null || next === null) return { subject, rest };
  return { subject: `${cut[1]}${next[1]!.trimEnd()}${cut[2] ?? ''}`, rest: rest.slice(at + 1) };
}

function cleanLines(message: string): readonly string[] {
  const text = message.slice(0, MAX_CHARACTERS).replace(/\r\n?/g, '\n');
  return text.split('\n', MAX_LINES).map((line) =>
    line
      .slice(0, MAX_LINE)
      // Terminal codes and invisible characters hide words from the pattern but not from the reader.
      .replace(/\u001b\[[0-9;]{0,20}m/g, '')
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
      .trimEnd(),
  );
}

/** The items of a release's notes tell what other commits did. */
const RELEASE =
  /^(?:\S{0,20}\(?release\)?\b|v?\d{1,5}\.\d|bump\b|.{0,60}\b(?:release notes|changelog|changesets?)\b)/i;
const ITEM = /^\s*(?:[-*•]|\d{1,3}\.)\s/;
const BULLET = /^\* \S/;
const SQUASH_END = /^-{3,}\s*$/;
const FENCE = /^\s{0,3}(?:```|~~~)/;
/** Templates ask for it in every change: how one would undo it is not an undoing. */
const PLAN =
  /^(?:#{1,6}\s*|\*{1,2}|-\s*)?(?:how to\s+)?(?:roll\s?-?back|revert|back\s?-?out|backout)\s*(?:plan|strategy|steps|procedure|instructions|process)?\b[^:]{0,40}(?::\*{0,2}|\*{2})?\s*$/i;
const PLAN_LINE =
  /^(?:#{1,6}\s*|\*{1,2}|-\s*)?(?:roll\s?-?back|revert|back\s?-?out)\s+(?:plan|strategy|steps|procedure|instructions|process)\b/i;
const HEADING = /^(?:#{1,6}\s+\S|[A-Z][\w /-]{1,40}:\s*$)/;

function split(lines: readonly string[]): Pick<MessageParts, 'paragraphs' | 'inner'> {
  const squash = lines.filter((line) => BULLET.test(line)).length > 0;
  const paragraphs: string[][] = [];
  const inner: string[][] = [];
  let current: string[] = [];
  let state: 'own' | 'inner' | 'fence' | 'plan' = 'own';
  let before: 'own' | 'inner' = 'own';
  const close = () => {
    if (current.length > 0) (before === 'inner' ? inner : paragraphs).push(current);
    current = [];
  };
  for (const line of lines) {
    if (FENCE.test(line)) {
      state = state === 'fence' ? before : 'fence';
      continue;
    }
    if (state === 'fence') continue;
    if (state === 'plan') {
      if (!HEADING.test(line) && !(squash && BULLET.test(line))) continue;
      state = before;
    }
    if (isPlan(line)) {
      close();
      state = 'plan';
      continue;
    }
    if (squash && BULLET.test(line)) {
      close();
      before = 'inner';
      state = 'inner';
      current = [line.slice(2)];
      continue;
    }
    if (SQUASH_END.test(line)) {
      close();
      before = 'own';
      state = 'own';
      continue;
    }
    // The blank line between a listed commit's subject and its body does not end the commit.
    if (line.trim() === '' && before === 'own') close();
    else if (!isPasted(line)) current.push(line);
  }
  close();
  return { paragraphs, inner };
}

/** Mail, the four blanks of `git log`, and the HTML of release notes are other people's words. */
function isPasted(line: string): boolean {
  return /^\s*>|^(?: {4}|\t)|^\s*<|<\/(?:li|p|a|code|blockquote|details)>/i.test(line);
}

function isPlan(line: string): boolean {
  return line.length <= 120 && (PLAN_LINE.test(line) || (HEADING.test(line) && PLAN.test(line)));
}
