// Was the whole change read?
// GitHub lists at most 3,000 files and 250 commits of a pull request; what was not read cannot be judged.
import { z } from 'zod';
import { ours, say } from '../domain/message.js';
import { defineRule } from './define-rule.js';
import { fail, pass } from './finding.js';

export const completeEvidence = defineRule({
  name: 'complete-evidence',
  settings: z.strictObject({}),
  needs: () => [],
  describe: () => 'Every file and every commit of the change was read.',
  evaluate: (_settings, { snapshot }) => {
    const { changedFiles, commitCount } = snapshot.pullRequest;
    const gaps = [
      { what: 'files', counted: changedFiles, read: snapshot.files.length },
      { what: 'commits', counted: commitCount, read: snapshot.commits.length },
    ].filter(({ counted, read }) => counted !== read);
    if (gaps.length === 0) {
      return [pass(say`every file and commit was read`, say`${changedFiles} files, ${commitCount} commits.`)];
    }
    return gaps.map(({ what, counted, read }) =>
      fail(
        say`${counted} ${ours(what)}, of which ${read} could be read`,
        say`GitHub counts ${counted} ${ours(what)} and hands out ${read}. What was not read cannot be judged.`,
        {
          by: 'author',
          what: say`Split it into pull requests of at most 3,000 files and 250 commits each.`,
        },
      ),
    );
  },
});
