// Which earlier changes does a commit message say it undoes or brings back?
// Names from the message alone; whether they lead anywhere is the history's to say.
import { type ChangeName, comparableTitle, type NamedChange, TRAILING_NUMBER } from './change-name.js';
import { foldTargets, type PlacedStatement, type RevertTarget, type Where } from './fold-targets.js';
import { type MessageParts, readMessageParts } from './message-parts.js';
import { directionOf, readBodyStatements, readTitleStatement, type Statement } from './statements.js';

export interface RevertReading {
  readonly targets: readonly RevertTarget[];
  /** Changes that this one brings back, where it names them and not the revert. */
  readonly relands: readonly NamedChange[];
  /** True if it speaks of reverting or relanding as what it does, named target or not. */
  readonly isRevertLike: boolean;
}

/** Works on any text; `repository` (`owner/name`) tells foreign pull requests from own ones. */
export function readReverts(message: string, repository: string | null = null): RevertReading {
  const parts = readMessageParts(message);
  const direction = directionOf(parts.subject);
  const isSure = !isFromOtherBranch(parts);
  const statements = [
    ...placed(subjectStatements(parts.subject), 'subject').map((one) => ({
      ...one,
      isSure: isSure || !isTitleOnly(one),
    })),
    ...placed(branchStatement(parts), 'branch'),
    ...parts.paragraphs.flatMap((lines) => placed(paragraphStatements(lines), 'body')),
    ...innerStatements(parts, direction !== null),
  ].map((statement) => withoutForeign(statement, repository));
  const targets = foldTargets(statements, direction === 'redo');
  return {
    targets: targets.filter((target) => target.names.length > 0),
    relands: statements
      .filter((one) => one.direction === 'redo' && one.isSure)
      .flatMap((one) => one.changes)
      .filter((names) => names.length > 0),
    isRevertLike: direction !== null || statements.some((one) => one.isSure && one.changes.length > 0),
  };
}

/**
 * GitHub fills the title of a pull request of one commit with that commit's: `Revert "T"` from a branch about
 * something else undoes a commit inside another branch as often as a change of the trunk.
 */
function isFromOtherBranch({ branch }: MessageParts): boolean {
  return branch !== null && !/revert|roll-?back|back-?out|undo/i.test(branch);
}

function isTitleOnly(statement: Statement): boolean {
  return statement.changes.flat().every((name) => name.kind === 'title');
}

function placed(statements: readonly Statement[], where: Where): readonly PlacedStatement[] {
  return statements.map((statement) => ({ ...statement, where, isSure: true }));
}

function subjectStatements(whole: string): readonly Statement[] {
  const subject = whole.replace(TRAILING_NUMBER, '');
  const opening = readTitleStatement(whole);
  if (opening?.direction === 'undo') return [opening];
  // `Unrevert #12 (revert #13)` brings the one back by undoing the other.
  if (opening !== null) return [opening, ...readBodyStatements(subject)];
  // `Doh. Revert "T"`, `Fix X by reverting #12`, `Restore the licence (revert #12)`.
  const quoted = /(?:[.;!:,]\s|\()(revert(?:ing|s)? ["“].*)$/i.exec(subject);
  const later = quoted === null ? null : readTitleStatement(quoted[1]!);
  return later === null ? readBodyStatements(subject) : [{ ...later, isWhole: false }];
}

const REVERT_BRANCH = /(?:^|\/)(?:revert|rollback|backout)[-_](\d{1,9})(?:$|[-_/])/i;
const REVERT_BRANCH_SHA = /(?:^|\/)revert[-_]([0-9a-f]{8}|[0-9a-f]{40})(?:$|[-_/])/i;

/** GitHub's button names the branch `revert-<number>-<head branch>`, GitLab's `revert-<sha>`. */
function branchStatement({ branch }: MessageParts): readonly Statement[] {
  if (branch === null) return [];
  const number = REVERT_BRANCH.exec(branch);
  const sha = number === null ? REVERT_BRANCH_SHA.exec(branch) : null;
  const name: ChangeName | null =
    number !== null
      ? { kind: 'pull-request', number: Number(number[1]), repository: null }
      : sha !== null && /\d/.test(sha[1]!)
        ? { kind: 'sha', sha: sha[1]!.toLowerCase() }
        : null;
  if (name === null) return [];
  return [
    {
      direction: 'undo',
      form: 'revert-branch',
      changes: [[name]],
      partial: false,
      isWhole: true,
      said: branch,
    },
  ];
}

function paragraphStatements(lines: readonly string[]): readonly Statement[] {
  const found: Statement[] = [];
  let rest: string[] = [];
  const flush = () => {
    if (rest.length > 0) found.push(...readBodyStatements(rest.join('\n')));
    rest = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const statement = quotedLine(lines, at);
    if (statement === null) {
      rest.push(lines[at]!);
      continue;
    }
    flush();
    found.push(statement.statement);
    at += statement.lines - 1;
  }
  flush();
  return found;
}

const MAX_TITLE_LINES = 3;

/** A body line that quotes a title; wrapped titles go on in the next line. */
function quotedLine(
  lines: readonly string[],
  at: number,
): { readonly statement: Statement; readonly lines: number } | null {
  const line = lines[at]!.trim();
  if (!/["“'`«]/.test(line) || directionOf(line) === null) return null;
  for (let count = 1; count <= MAX_TITLE_LINES && at + count <= lines.length; count += 1) {
    const text = lines
      .slice(at, at + count)
      .map((one) => one.trim())
      .join(' ');
    const statement = readTitleStatement(text);
    if (statement?.form !== 'quoted-title') return null;
    const isWhole = statement.changes.every((names) => !hasOddQuotes(names));
    if (isWhole || count === MAX_TITLE_LINES || at + count === lines.length)
      return isWhole || count === 1
        ? { statement, lines: count }
        : { statement: readTitleStatement(line)!, lines: 1 };
  }
  return null;
}

function hasOddQuotes(names: NamedChange): boolean {
  const title = names.find((name) => name.kind === 'title');
  return title?.kind === 'title' && !title.cut && ((title.title.match(/"/g)?.length ?? 0) & 1) === 1;
}

/**
 * A squash keeps what happened on the branch. What it reverts is surely of the trunk only if the whole commit is
 * about reverting, or the quoted title carries the number of a merged pull request.
 */
function innerStatements(parts: MessageParts, isSubjectRevert: boolean): readonly PlacedStatement[] {
  const listed = new Set(parts.inner.map((lines) => comparableTitle(lines[0] ?? '')));
  return parts.inner.flatMap((lines) => {
    const heading = readTitleStatement(lines[0] ?? '');
    const body = readBodyStatements(lines.slice(1).join('\n'));
    const statements = heading === null ? body : [heading, ...body];
    const titles = (heading?.changes ?? []).flat().filter((name) => name.kind === 'title');
    if (titles.some((name) => listed.has(comparableTitle(name.title)))) return [];
    const isSure = isSubjectRevert || (heading?.changes ?? []).flat().some(isTrunkName);
    return placed(statements, 'inner').map((one) => ({ ...one, isSure }));
  });
}

/** A number is given on merging, and GitHub cuts the titles of the commits its button makes. */
function isTrunkName(name: ChangeName): boolean {
  return (
    name.kind === 'pull-request' || (name.kind === 'title' && (name.cut || /\(#\d{1,9}\)/.test(name.title)))
  );
}

/** A pull request of another repository is none of ours; the button's own line is always ours. */
function withoutForeign(statement: PlacedStatement, repository: string | null): PlacedStatement {
  if (repository === null) return statement;
  const [owner, name] = repository.toLowerCase().split('/');
  const isForeign = (one: ChangeName) => {
    if (one.kind !== 'pull-request' || one.repository === null || /^reverts\s/i.test(statement.said))
      return false;
    const parts = one.repository.toLowerCase().split('/');
    return parts.at(-1) !== name && parts[0] !== owner;
  };
  const changes = statement.changes.map((names) => names.filter((one) => !isForeign(one)));
  return { ...statement, changes: changes.filter((names) => names.length > 0) };
}
