// How large is a change for a reader, and which of its files does nobody read line by line?
import { compileGlobs, type Matcher } from '../paths/glob.js';
import type { ChangedLines } from './terms.js';

export type LeftOut = 'lockfile' | 'snapshot' | 'vendored' | 'generated' | 'ignored';

export interface ChangeSize {
  /** Added and deleted lines of the files that count. */
  readonly lines: number;
  readonly additions: number;
  readonly deletions: number;
  /** Files that count. */
  readonly files: number;
  /** Files that do not, with the first reason that fits, in the order of the change. */
  readonly leftOut: readonly { readonly path: string; readonly why: LeftOut }[];
}

/** What the repository says of its own files; both must come from the default branch, never from the change. */
export interface SizeSettings {
  /** `quality_delta.size.ignore` of the policy. */
  readonly ignore: readonly string[];
  /** Paths that `.gitattributes` marks `linguist-generated`. */
  readonly isGenerated: (path: string) => boolean;
}

/** Globs per reason. Names only: a file's text is not asked, as the author of the change writes it. */
const UNREAD_FILES: Readonly<Record<'lockfile' | 'snapshot' | 'vendored' | 'generated', readonly string[]>> =
  {
    lockfile: [
      '**/package-lock.json',
      '**/npm-shrinkwrap.json',
      '**/yarn.lock',
      '**/pnpm-lock.yaml',
      '**/bun.lock',
      '**/bun.lockb',
      '**/deno.lock',
      '**/poetry.lock',
      '**/uv.lock',
      '**/pdm.lock',
      '**/Pipfile.lock',
      '**/Cargo.lock',
      '**/Gemfile.lock',
      '**/composer.lock',
      '**/go.sum',
      '**/go.work.sum',
      '**/mix.lock',
      '**/pubspec.lock',
      '**/Podfile.lock',
      '**/Package.resolved',
      '**/packages.lock.json',
      '**/gradle.lockfile',
      '**/flake.lock',
      '**/.terraform.lock.hcl',
      '**/MODULE.bazel.lock',
    ],
    snapshot: ['**/__snapshots__/**', '**/*.snap', '**/*.snap.*', '**/__image_snapshots__/**'],
    vendored: ['**/node_modules/**', '**/vendor/**', '**/third_party/**', '**/.yarn/**'],
    generated: [
      '**/*.min.js',
      '**/*.min.css',
      '**/*.js.map',
      '**/*.css.map',
      '**/*.pb.go',
      '**/*_pb2.py',
      '**/*.g.dart',
    ],
  };

export function measureSize(files: readonly ChangedLines[], settings: SizeSettings): ChangeSize {
  const ignored = settings.ignore.length === 0 ? () => false : compileGlobs(settings.ignore);
  const leftOut: { path: string; why: LeftOut }[] = [];
  let additions = 0;
  let deletions = 0;
  for (const file of files) {
    const why = reasonToLeaveOut(file.path, ignored, settings.isGenerated);
    if (why !== null) leftOut.push({ path: file.path, why });
    else {
      additions += Math.max(0, file.additions);
      deletions += Math.max(0, file.deletions);
    }
  }
  return {
    lines: additions + deletions,
    additions,
    deletions,
    files: files.length - leftOut.length,
    leftOut,
  };
}

const MATCHERS: readonly (readonly [LeftOut, Matcher])[] = (
  ['lockfile', 'snapshot', 'vendored', 'generated'] as const
).map((why) => [why, compileGlobs(UNREAD_FILES[why])]);

/** What can be run is read, whatever its author calls it: `pay.snap.ts` is a program. */
const PROGRAM =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|rb|php|pl|lua|go|rs|java|kts?|scala|groovy|cs|fs|swift|mm?|c|cc|cpp|h|hpp|dart|exs?|sh|sql)$/i;

function reasonToLeaveOut(
  path: string,
  ignored: Matcher,
  isGenerated: (path: string) => boolean,
): LeftOut | null {
  const known = MATCHERS.find(([, matches]) => matches(path))?.[0];
  if (known !== undefined && !(known === 'snapshot' && PROGRAM.test(path))) return known;
  if (isGenerated(path)) return 'generated';
  return ignored(path) ? 'ignored' : null;
}

/** How many of the repository's merged changes were smaller or as large; counted by the ledger. */
export interface SizeStanding {
  readonly smaller: number;
  readonly equal: number;
  readonly total: number;
}

/** Share of merged changes that are smaller, those of the same size by half: 0.5 is the median. */
export function sizePercentile({ smaller, equal, total }: SizeStanding): number {
  return total === 0 ? 0.5 : (smaller + equal / 2) / total;
}
