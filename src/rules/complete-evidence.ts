// Was the whole change read?
// GitHub lists at most 3,000 files and 250 commits of a pull request; what was not read cannot be judged.
import { z } from 'zod';
import { ours, say } from '../domain/message.js';
import type { ChangedFile, Snapshot } from '../domain/snapshot.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule } from './define-rule.js';
import { fail, pass, skipped, undecided } from './finding.js';
import { pathDetails, plural } from './short-path.js';

export const completeEvidence = defineRule({
  name: 'complete-evidence',
  settings: z.strictObject({
    agent: z
      .boolean()
      .describe(
        "For people's changes the owner approves what could not be read; `human-approvals` asks for that.",
      ),
  }),
  needs: (_settings, { snapshot }) => (hasUnknownName(snapshot.files) ? [{ kind: 'diff' }] : []),
  describe: () => 'Every file and every commit of the change was read.',
  evaluate: ({ agent }, { snapshot }): readonly Finding[] => {
    const findings = gapsOf(snapshot).map(({ what, counted, read }) => {
      const title = say`${counted} ${ours(what)}, of which ${read} could be read`;
      const reason = say`GitHub counts ${counted} ${ours(what)} and handed out ${read}. What was not read cannot be judged.`;
      if (!agent) return skipped(title, say`${reason} A person's change then needs the owner.`);
      return fail(title, reason, {
        by: 'author',
        what: say`Split it into pull requests of at most 3,000 files and 250 commits each.`,
      });
    });
    if (hasUnknownName(snapshot.files)) {
      const renamed = snapshot.files.filter(lacksName).map(({ path }) => path);
      findings.push(
        undecided(
          snapshot,
          say`${plural(renamed.length, 'renamed file')} without a former name`,
          say`A renamed file is judged under its old name too, and that was not read.`,
          { by: 'machine', what: say`Read the former names.` },
          pathDetails(renamed),
        ),
      );
    }
    if (findings.length > 0) return findings;
    const { changedFiles, commitCount } = snapshot.pullRequest;
    return [
      pass(
        say`every file and commit was read`,
        say`${plural(changedFiles, 'file')}, ${plural(commitCount, 'commit')}.`,
      ),
    ];
  },
});

/** Where GitHub counts more (or, in a race, less) than was read. */
export function gapsOf({ pullRequest, files, commits }: Snapshot) {
  return [
    { what: 'files', counted: pullRequest.changedFiles, read: files.length },
    { what: 'commits', counted: pullRequest.commitCount, read: commits.length },
  ].filter(({ counted, read }) => counted !== read);
}

function hasUnknownName(files: readonly ChangedFile[]): boolean {
  return files.some(lacksName);
}

function lacksName({ status, previousPath }: ChangedFile): boolean {
  return (status === 'renamed' || status === 'copied') && previousPath === null;
}
