// Did a check of somebody else that the policy requires succeed on this head?
// GitHub lets skipped and neutral checks pass as required ones; here they do not satisfy.
// https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
import { z } from 'zod';
import { code, ours, say } from '../domain/message.js';
import type { ForeignCheck } from '../domain/snapshot.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule } from './define-rule.js';
import { fail, pass, pending, undecided } from './finding.js';

export const requiredChecks = defineRule({
  name: 'required-checks',
  settings: z.strictObject({
    name: z.string().min(1).describe('Name of the check run.'),
    app: z.string().min(1).describe('Slug of the app that must have written it.'),
  }),
  needs: () => [],
  describe: ({ name, app }) => `The check "${name}" of ${app} succeeds on the head.`,
  evaluate: ({ name, app }, { snapshot }): readonly Finding[] => {
    const check = say`check ${code(name)}`;
    if (snapshot.checks === null) {
      return [
        undecided(
          snapshot,
          say`${check} is not known`,
          say`The checks of other apps on this head were not read.`,
          { by: 'machine', what: say`Read the checks of this head.` },
        ),
      ];
    }
    const named = snapshot.checks.filter((candidate) => candidate.name === name);
    const own = named.filter((candidate) => isFrom(candidate, app));
    const details = named
      .filter((candidate) => !isFrom(candidate, app))
      .map((other) => say`A check of this name by ${writer(other)} does not count.`);
    const bad = own.find((run) => run.conclusion !== null && run.conclusion !== 'success');
    if (bad !== undefined) {
      return [
        fail(
          say`${check}: ${words(bad.conclusion)}`,
          say`${check} of ${code(app)} ended as ${words(bad.conclusion)} on ${sha(snapshot.pullRequest.headSha)}. ${meaning(bad.conclusion)}`,
          { by: 'author', what: say`Mend what ${check} complains about and add a commit, or run it again.` },
          details,
        ),
      ];
    }
    if (own.length > 0 && own.every((run) => run.conclusion === 'success')) {
      return [pass(say`${check} succeeded`, say`${check} of ${code(app)} succeeded on this head.`, details)];
    }
    const started = own.length > 0 ? say`is running` : say`has not reported yet`;
    return [
      pending(
        say`${check} ${started}`,
        say`${check} of ${code(app)} ${started} on ${sha(snapshot.pullRequest.headSha)}.`,
        { by: 'machine', what: say`Finish ${check}.` },
        details,
      ),
    ];
  },
});

function isFrom(check: ForeignCheck, app: string): boolean {
  return check.app !== null && check.app.toLowerCase() === app.toLowerCase();
}

function writer(check: ForeignCheck) {
  return check.app === null ? ours('a commit status') : code(check.app);
}

function words(conclusion: ForeignCheck['conclusion']) {
  return ours((conclusion ?? 'running').replaceAll('_', ' '));
}

function meaning(conclusion: ForeignCheck['conclusion']) {
  const counts = conclusion === 'skipped' || conclusion === 'neutral';
  return counts ? say`A skipped or neutral check proves nothing.` : say`Approvals do not lift this.`;
}

function sha(full: string) {
  return code(full.slice(0, 7));
}
