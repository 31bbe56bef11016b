// Does an agent's pull request carry the name by which people find it?
// The label is set by the app itself, so a missing one is only reported; the branch is the author's.
import { z } from 'zod';
import { code, say } from '../domain/message.js';
import type { Finding } from '../domain/verdict.js';
import { compileGlob } from '../paths/glob.js';
import { defineRule } from './define-rule.js';
import { fail, pass, undecided } from './finding.js';

export const naming = defineRule({
  name: 'naming',
  settings: z.strictObject({
    labels: z.array(z.string()).describe('Labels the pull request should carry: `agent:devin`.'),
    branch: z
      .string()
      .nullable()
      .describe(
        "Glob of the head branch; `null` where the policy asks for none or the agent's signature fixes its own.",
      ),
  }),
  needs: () => [],
  describe: ({ labels, branch }) =>
    [...labels.map((label) => `Carries the label ${label}.`), branch && `The branch matches ${branch}.`]
      .filter(Boolean)
      .join(' '),
  evaluate: ({ labels, branch }, { snapshot }): readonly Finding[] => {
    // The same words before and after it is set: a label of ours must not make the check be written again.
    const findings: Finding[] = labels.map((label) =>
      pass(say`label ${code(label)}`, say`The app sets ${code(label)} itself; nothing hangs on it.`),
    );
    if (branch !== null) findings.push(judgeBranch(branch));
    return findings;

    function judgeBranch(glob: string): Finding {
      const { headRef } = snapshot.pullRequest;
      if (headRef === null) {
        return undecided(
          snapshot,
          say`the branch is not known`,
          say`The policy asks for a branch that matches ${code(glob)}.`,
          { by: 'author', what: say`Name the branch.` },
        );
      }
      if (compileGlob(glob)(headRef)) {
        return pass(say`branch ${code(headRef)}`, say`It matches ${code(glob)}.`);
      }
      return fail(
        say`branch ${code(headRef)} does not match ${code(glob)}`,
        say`The policy asks agents for a branch that matches ${code(glob)}.`,
        { by: 'author', what: say`Propose the same commits from a branch that matches ${code(glob)}.` },
      );
    }
  },
});
