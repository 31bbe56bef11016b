// Which sentences of a message mean the same change, and what is that change best called?
// Git writes a title and below it a SHA; a branch name, a body and a squash repeat both.
import {
  type ChangeName,
  comparableTitle,
  isSameName,
  type NamedChange,
  nameLiteral,
} from './change-name.js';
import { directionOf, type RevertForm, type Statement } from './statements.js';

export interface RevertTarget {
  /** All names the message gives it. */
  readonly names: NamedChange;
  readonly form: RevertForm;
  readonly partial: boolean;
  /** What is undone is itself a revert. */
  readonly undoesRevert: boolean;
  /** True if the subject is the quoted title and nothing else, as `git revert` writes it. */
  readonly isSubject: boolean;
  /** False if it may name a commit that was only ever on a branch: history can tell, the message cannot. */
  readonly isSure: boolean;
  readonly said: string;
}

export type Where = 'subject' | 'branch' | 'body' | 'inner';

export interface PlacedStatement extends Statement {
  readonly where: Where;
  /** False if it may speak of what was only ever on a branch. */
  readonly isSure: boolean;
}

/** More than this is a list, not a revert. */
const MAX_TARGETS = 200;

/** Statements that mean the same change become one target. */
export function foldTargets(
  statements: readonly PlacedStatement[],
  isRedo: boolean,
): readonly RevertTarget[] {
  const targets: Draft[] = [];
  // A title waits here for the SHA or the number that is written below it.
  let open: Draft[] = [];
  let undoesRevert = isRedo;
  for (const statement of statements) {
    if (statement.direction === 'redo') {
      undoesRevert = true;
      open = [];
      continue;
    }
    statement.changes.forEach((names, index) => {
      const known = targets.find((target) => names.some((a) => target.names.some((b) => isSameName(a, b))));
      const partner = known ?? partnerOf(statement, names, targets, open, index);
      if (partner !== null) {
        partner.names =
          known === undefined ? pairNames(partner.names, names) : mergeNames(partner.names, names);
        partner.partial ||= statement.partial && known === undefined;
        partner.isSure ||= statement.isSure;
        if (statement.form === 'revert-branch') partner.form = 'revert-branch';
        open = known !== undefined && isTitled(statement) && !hasSha(known.names) ? [known] : [];
        return;
      }
      if (targets.length >= MAX_TARGETS) return;
      const target: Draft = {
        names,
        form: statement.form,
        partial: statement.partial,
        undoesRevert: undoesRevert || names.some(isTitleOfRevert),
        isSubject: statement.where === 'subject' && statement.isWhole,
        isSure: statement.isSure,
        said: statement.said,
      };
      targets.push(target);
      if (isTitled(statement) || (statement.where === 'subject' && statement.form === 'pull-request'))
        open.push(target);
    });
  }
  return dropUnpaired(targets);
}

/**
 * One literal for a target. A quoted title outlives the rebase that gives its commit a new SHA, so the whole
 * title of the subject goes first; without one the SHA, then the number.
 */
export function targetLiteral(target: RevertTarget): string | number {
  const { names } = target;
  const by = (kind: ChangeName['kind']) => names.find((name) => name.kind === kind);
  const title = names.find((name) => name.kind === 'title');
  if (target.form === 'revert-branch') return nameLiteral(by('pull-request') ?? names[0]!);
  if (target.form === 'revision') return nameLiteral(by('revision') ?? names[0]!);
  // The number that GitHub's button writes is never a guess.
  const given = names.find((name) => name.kind === 'pull-request' && name.repository !== null);
  if (given !== undefined && by('sha') === undefined) return nameLiteral(given);
  // A title without quotes may be the reverting author's own words.
  const isTrusted = target.isSubject || (target.form === 'conventional-title' && by('sha') === undefined);
  if (isTrusted && title?.kind === 'title' && isDistinctive(title)) return nameLiteral(title);
  return nameLiteral(by('sha') ?? by('pull-request') ?? by('revision') ?? names[0]!);
}

/** `wip` and `fix tests` are the title of many. */
function isDistinctive(name: { readonly title: string; readonly cut: boolean }): boolean {
  return !name.cut && comparableTitle(name.title).split(' ').length >= 2;
}

type Draft = { -readonly [K in keyof RevertTarget]: RevertTarget[K] };

/** The target that these names are further names of. */
function partnerOf(
  statement: PlacedStatement,
  names: NamedChange,
  targets: readonly Draft[],
  open: readonly Draft[],
  index: number,
): Draft | null {
  if (isTitled(statement)) return null;
  const partner =
    statement.form === 'original-changeset'
      ? targets.at(index - statement.changes.length)
      : statement.form === 'revert-branch'
        ? targets.length === 1
          ? targets[0]
          : undefined
        : index === 0 && open.length === 1
          ? open[0]
          : undefined;
  return partner !== undefined && isPair(partner.names, names) ? partner : null;
}

function isTitled(statement: PlacedStatement): boolean {
  return statement.form === 'quoted-title' || statement.form === 'conventional-title';
}

/** A title takes a SHA or a number, a number takes a SHA. */
function isPair(open: NamedChange, names: NamedChange): boolean {
  const kinds = new Set(withoutGuess(open).map((name) => name.kind));
  return names.every((name) => name.kind !== 'title' && !kinds.has(name.kind));
}

function pairNames(open: NamedChange, names: NamedChange): NamedChange {
  return [...(names.some((name) => name.kind === 'pull-request') ? withoutGuess(open) : open), ...names];
}

/** The number inside a title may be an issue's: one that is given apart outranks it. */
function withoutGuess(names: NamedChange): NamedChange {
  return names.some((name) => name.kind === 'title')
    ? names.filter((name) => name.kind !== 'pull-request' || name.repository !== null)
    : names;
}

/** `Revert "A"`, `Revert "B"`, then as many SHAs in any order: the SHAs say it all. */
function dropUnpaired<T extends { readonly names: NamedChange; readonly form: RevertForm }>(
  targets: readonly T[],
): readonly T[] {
  const titled = targets.filter((one) => one.names.every((name) => name.kind === 'title'));
  const bare = targets.filter((one) => hasSha(one.names) && !one.names.some((name) => name.kind === 'title'));
  return titled.length > 0 && bare.length >= titled.length
    ? targets.filter((one) => !titled.includes(one))
    : targets;
}

function mergeNames(a: NamedChange, b: NamedChange): NamedChange {
  const merged: ChangeName[] = [...a];
  for (const name of b) {
    const at = merged.findIndex((one) => isSameName(one, name));
    if (at === -1) merged.push(name);
    else if (isFuller(name, merged[at]!)) merged[at] = name;
  }
  return merged;
}

function isFuller(a: ChangeName, b: ChangeName): boolean {
  if (a.kind === 'sha' && b.kind === 'sha') return a.sha.length > b.sha.length;
  return a.kind === 'title' && b.kind === 'title' && b.cut && !a.cut;
}

function hasSha(names: NamedChange): boolean {
  return names.some((name) => name.kind === 'sha');
}

function isTitleOfRevert(name: ChangeName): boolean {
  return name.kind === 'title' && directionOf(name.title) !== null;
}
