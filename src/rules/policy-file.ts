// Could the policy of this layer be read, and is it valid?
import { z } from 'zod';
import { code, type Message, ours, say } from '../domain/message.js';
import type { Annotation, Finding } from '../domain/verdict.js';
import { defineRule } from './define-rule.js';
import { fail, pass } from './finding.js';

const problem = z.strictObject({
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  severity: z.literal(['error', 'warning']),
  message: z.string(),
});

export const problemsSchema = z.array(problem);

const SHOWN = 50;

export const policyFile = defineRule({
  name: 'policy-file',
  settings: z.strictObject({
    file: z
      .string()
      .describe('For people: `.github/agent-policy.yml`, `acme/.github: .github/agent-policy.yml`.'),
    status: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('absent') }),
        z.strictObject({ kind: z.literal('not-visible') }),
        z.strictObject({ kind: z.literal('unreadable'), why: z.string() }),
        z.strictObject({ kind: z.literal('invalid'), problems: problemsSchema }),
        z.strictObject({ kind: z.literal('valid'), problems: problemsSchema }),
      ])
      .describe('How the file was found.'),
    nothingAsked: z.boolean().describe('Neither layer has a policy, so nothing is asked of anybody.'),
    agent: z.boolean().describe("Whether this change is judged as an agent's."),
    path: z
      .string()
      .nullable()
      .describe('Path for annotations; `null` when the file is not in this repository.'),
  }),
  needs: () => [],
  describe: () => 'The policy can be read and is valid.',
  evaluate: ({ file, status, nothingAsked, agent, path }): readonly Finding[] => {
    switch (status.kind) {
      case 'absent':
        return [
          pass(
            nothingAsked ? say`No policy` : say`no policy of its own`,
            say`There is no ${code(file)}, so it asks nothing of this change.`,
          ),
        ];
      case 'not-visible':
        return [
          pass(
            nothingAsked ? say`No policy` : say`no policy of the organisation is visible`,
            say`The app cannot see where ${code(file)} would stand, so nobody can say whether there is one. It asks nothing of this change.`,
          ),
        ];
      case 'unreadable':
        return [
          fail(
            say`could not read ${code(file)}`,
            say`${status.why}. What a policy asks cannot be known without it, so nothing passes.`,
            { by: 'machine', what: say`Read it again; this is retried by itself.` },
          ),
        ];
      case 'invalid':
        return [agent ? broken(file, status.problems, path) : brokenForPeople(file, status.problems, path)];
      case 'valid':
        return [
          pass(
            say`policy is valid`,
            say`${code(file)} is valid${ours(status.problems.length > 0 ? ', with warnings.' : '.')}`,
            describeProblems(status.problems),
          ),
        ];
    }
  },
});

type Problems = z.infer<typeof problemsSchema>;

function broken(file: string, problems: Problems, path: string | null): Finding {
  const [first] = problems;
  return {
    ...fail(
      first === undefined ? say`${code(file)} is not valid` : say`line ${first.line}, ${first.message}`,
      say`${code(file)} is not valid, so no agent's change can be judged by it. Changes of people pass. Author: nothing to repair.`,
      { by: 'owner', what: mend(file, first) },
      describeProblems(problems),
    ),
    annotations: annotate(problems, path, 'failure'),
  };
}

function brokenForPeople(file: string, problems: Problems, path: string | null): Finding {
  const [first] = problems;
  return {
    ...pass(
      say`the policy is not valid, people's changes pass`,
      say`${code(file)} is not valid: changes of agents fail until its owner mends it. ${mend(file, first)}`,
      describeProblems(problems),
    ),
    annotations: annotate(problems, path, 'warning'),
  };
}

function mend(file: string, first: Problems[number] | undefined): Message {
  const where = first === undefined ? say`` : say` at ${first.line}:${first.column}`;
  return say`Mend ${code(file)}${where} on the default branch.`;
}

export function describeProblems(problems: Problems): readonly Message[] {
  return problems.slice(0, SHOWN).map(({ line, column, message }) => say`${line}:${column} ${message}`);
}

export function annotate(
  problems: Problems,
  path: string | null,
  level: Annotation['level'],
): readonly Annotation[] {
  if (path === null) return [];
  return problems.slice(0, SHOWN).map(({ line, severity, message }) => ({
    path,
    startLine: line,
    endLine: line,
    level: severity === 'warning' ? 'warning' : level,
    message: say`${message}`,
  }));
}
