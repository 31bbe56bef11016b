// Which facts about quality can a clone and local files give, once a rule asks for them?
import type { Catalogue } from '../agents/catalogue.js';
import { ledgerAuthor } from '../agents/ledger-author.js';
import { toPlain } from '../checks/escape.js';
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { PolicyFiles } from '../domain/policy-file.js';
import { type CoverageFacts, coverageKey, type HistoryFacts } from '../domain/quality.js';
import type { Snapshot } from '../domain/snapshot.js';
import { settingsOfPolicy } from '../history/policy-settings.js';
import type { FactReader } from '../policy/evaluate-with-facts.js';
import { wantedSpan } from '../policy/ledger-span.js';
import { readGenerated } from '../quality/attributes.js';
import { readLocalCoverage } from './coverage.js';
import type { CommandIo } from './exit-codes.js';
import { readLocalChanges } from './local-changes.js';
import { factsOfHistory } from './local-history.js';
import { readRepositoryOutcomes } from './outcomes-history.js';
import { openProgress } from './progress.js';

export interface LocalFactSources {
  readonly repo: string;
  readonly base: string;
  readonly head: string;
  /** True if the opener was given and not guessed from the last commit. */
  readonly isOpenerGiven: boolean;
  /** Coverage reports of the head; empty: none was given. */
  readonly coverage: readonly string[];
  readonly policies: PolicyFiles;
  readonly catalogue: Catalogue;
  readonly now: Date;
}

export function createLocalFacts(
  sources: LocalFactSources,
  io: Pick<CommandIo, 'stderr' | 'terminal'>,
): FactReader {
  return async (snapshot, facts, authorship) => {
    let { history, coverage } = snapshot.quality;
    if (history === null && facts.some(({ kind }) => kind === 'history'))
      history = await readHistory(sources, snapshot, authorship, io);
    const wanted = facts.flatMap((fact) => (fact.kind === 'coverage' ? [coverageKey(fact.source)] : []));
    if (wanted.length > 0 && sources.coverage.length > 0) {
      const measured = await readCoverage(sources);
      coverage = { ...coverage, ...Object.fromEntries(wanted.map((key) => [key, measured])) };
    }
    return { ...snapshot, quality: { history, coverage } };
  };
}

/** The clone's own history as far back as the policy counts, up to the tip of the base. */
async function readHistory(
  { repo, base, isOpenerGiven, policies, catalogue, now: date }: LocalFactSources,
  snapshot: Snapshot,
  authorship: AuthorshipFinding,
  io: Pick<CommandIo, 'stderr' | 'terminal'>,
): Promise<HistoryFacts> {
  const span = wantedSpan(policies, catalogue);
  const now = Math.floor(date.getTime() / 1000);
  const since = now - span.windowSeconds;
  const progress = openProgress(io, 'Reading the history of the clone');
  const read = await readRepositoryOutcomes({ repo, ref: base, since, issues: null, deployments: null });
  const { owner, name } = snapshot.repository;
  const local = await readLocalChanges({
    repo,
    repository: `${owner}/${name}`,
    trunk: read.trunk,
    parents: read.parents,
    shallow: read.shallow,
    since,
    until: now,
    ...settingsOfPolicy(policies.repository, catalogue),
    isGenerated: readGenerated(snapshot.attributes),
    onProgress: (done, all) => progress.show(done, all, 'changes'),
  });
  progress.close();
  if (local.uncounted > 0)
    io.stderr(
      `Note: this clone lacks the texts of ${local.uncounted} merged changes, so their lines count as 0. \`git fetch --refetch --no-filter\` brings them.\n`,
    );
  const last = snapshot.commits.at(-1)?.author;
  const guessed = last === undefined ? { login: null, gitName: null } : local.whoIs(last);
  const who = isOpenerGiven ? { login: snapshot.pullRequest.author?.login ?? null, gitName: null } : guessed;
  return factsOfHistory({
    changes: local.changes,
    outcomes: new Map(read.outcomes.map((outcome) => [outcome.sha, outcome])),
    span,
    now,
    readFrom: local.readFrom,
    author: ledgerAuthor(authorship, who),
    agent: authorship.authorship === 'agent' ? (authorship.agents[0] ?? null) : null,
    paths: snapshot.files.map(({ path, previousPath, status }) => ({
      path,
      previousPath: status === 'renamed' ? previousPath : null,
    })),
  });
}

async function readCoverage({ repo, base, head, coverage }: LocalFactSources): Promise<CoverageFacts> {
  const { report, patch } = await readLocalCoverage({ repo, base, head, files: coverage });
  if (patch === null)
    return {
      kind: 'missing',
      why: 'broken-report',
      detail: 'the report has totals only, nothing about single lines; give lcov.info or coverage-final.json',
    };
  return {
    kind: 'measured',
    files: patch.files,
    unmeasured: patch.unmeasured,
    project: report.totals.executable === 0 ? null : report.totals,
    base: null,
    usual: null,
    // No run of a workflow: the files were given.
    runId: 0,
    notes: report.notes.map((note) => toPlain(note)),
  };
}
