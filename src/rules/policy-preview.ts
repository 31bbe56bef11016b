// Would the policy still be valid once this pull request is merged?
// The head's version is read for this preview only; nothing else is ever judged by it.
import { z } from 'zod';
import { code, ours, say } from '../domain/message.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule } from './define-rule.js';
import { fail, pass, undecided } from './finding.js';
import { annotate, describeProblems, problemsSchema } from './policy-file.js';
import { plural } from './short-path.js';

export const policyPreview = defineRule({
  name: 'policy-preview',
  settings: z.strictObject({
    file: z.string().describe('The policy file, for people.'),
    head: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('unread'), why: z.string() }),
        z.strictObject({ kind: z.literal('removed') }),
        z.strictObject({ kind: z.literal('parsed'), valid: z.boolean(), problems: problemsSchema }),
      ])
      .describe('What was found at the head.'),
  }),
  needs: () => [],
  describe: ({ file }) => `${file} is valid as this pull request leaves it.`,
  evaluate: ({ file, head }, { snapshot }): readonly Finding[] => {
    switch (head.kind) {
      case 'unread':
        return [
          undecided(
            snapshot,
            say`the new ${code(file)} could not be read`,
            say`This pull request changes ${code(file)}: ${head.why}.`,
            { by: 'machine', what: say`Read ${code(file)} at the head.` },
          ),
        ];
      case 'removed':
        return [
          pass(
            say`removes the policy`,
            say`This pull request takes ${code(file)} away: nothing would be asked of agents here any more.`,
          ),
        ];
      case 'parsed': {
        const details = describeProblems(head.problems);
        if (head.valid) {
          return [
            {
              ...pass(
                say`the new policy is valid`,
                say`${code(file)} is valid as this pull request leaves it.`,
                details,
              ),
              annotations: annotate(head.problems, file, 'warning'),
            },
          ];
        }
        const [first] = head.problems;
        const more = head.problems.length - 1;
        return [
          {
            ...fail(
              first === undefined
                ? say`the new ${code(file)} is not valid`
                : say`line ${first.line} of the new policy, ${first.message}${ours(more > 0 ? ` (+${more})` : '')}`,
              say`${code(file)} has ${plural(head.problems.length, 'problem')} as this pull request leaves it; merged, it would stop every agent's change.`,
              { by: 'author', what: say`Mend ${code(file)} and add a commit.` },
              details,
            ),
            annotations: annotate(head.problems, file, 'failure'),
          },
        ];
      }
    }
  },
});
