// Did the agent say what it must about itself, in trailers?
// `Agent-Model: …`, `Agent-Workflow: …`, `Agent-Cost: 1.84 USD`, on any commit or as a line of the body.
import { z } from 'zod';
import { code, list, say } from '../domain/message.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule } from './define-rule.js';
import { fail, pass } from './finding.js';

const FIELDS = ['model', 'workflow', 'cost'] as const;
type Field = (typeof FIELDS)[number];

const TRAILERS: Readonly<
  Record<Field, { readonly trailer: string; readonly example: string; readonly value: RegExp }>
> = {
  model: { trailer: 'Agent-Model', example: 'Agent-Model: claude-opus-4.6', value: /^\S/ },
  workflow: { trailer: 'Agent-Workflow', example: 'Agent-Workflow: triage.yml', value: /^\S/ },
  cost: { trailer: 'Agent-Cost', example: 'Agent-Cost: 1.84 USD', value: /^\d{1,9}(?:\.\d{1,6})? USD$/ },
};

export const traceFields = defineRule({
  name: 'trace-fields',
  settings: z.strictObject({
    fields: z.array(z.literal(FIELDS)).min(1).describe('Which trailers are asked for.'),
  }),
  needs: () => [],
  describe: ({ fields }) =>
    `Agent changes carry the trailers ${fields.map((field) => TRAILERS[field].trailer).join(', ')}.`,
  evaluate: ({ fields }, { snapshot }): readonly Finding[] => {
    const given = fields.map((field) => ({ field, values: valuesOf(snapshot, TRAILERS[field].trailer) }));
    const missing = given.filter(
      ({ field, values }) => !values.some((value) => TRAILERS[field].value.test(value)),
    );
    const names = list(missing.map(({ field }) => code(TRAILERS[field].trailer)));
    if (missing.length === 0) {
      return [
        pass(
          say`every trailer is there`,
          say`${list(fields.map((field) => code(TRAILERS[field].trailer)))}.`,
        ),
      ];
    }
    const wrong = missing.flatMap(({ field, values }) =>
      values.map(
        (value) =>
          say`${code(`${TRAILERS[field].trailer}: ${value}`)} is not like ${code(TRAILERS[field].example)}`,
      ),
    );
    const title =
      wrong.length === missing.length ? say`trailer ${names} cannot be read` : say`no trailer ${names}`;
    const remedy = {
      by: 'author' as const,
      what: say`Add a commit with ${list(missing.map(({ field }) => code(TRAILERS[field].example)))}.`,
    };
    if (snapshot.source === 'local' && snapshot.pullRequest.body === null) {
      const reason = say`The body, where the trailers may also stand, is not known.`;
      return [{ state: 'waiting', title, reason, remedy, details: wrong, notKnown: true }];
    }
    return [
      fail(title, say`The policy asks agents for ${names}. Approvals do not lift this.`, remedy, wrong),
    ];
  },
});

function valuesOf(snapshot: Snapshot, trailer: string): readonly string[] {
  const texts = [...snapshot.commits.map(({ message }) => message), snapshot.pullRequest.body ?? ''];
  const prefix = `${trailer.toLowerCase()}:`;
  return texts
    .flatMap((text) => text.split(/\r?\n/))
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim())
    .filter((value) => value !== '');
}
