// What do results in our own small JSON form say? For a harness that writes none of the others.
import { z } from 'zod';
import { code, say } from '../domain/message.js';
import { type JsonShape, walkJson } from '../formats/json-walk.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import { createCollector, type FileResults } from './collect.js';
import { isRecord } from './found-values.js';

const name = z.string().min(1).max(100);

const foundCase = z
  .strictObject({
    id: z.string().min(1).describe('The same for the same case in every run and on every commit.'),
    status: z
      .enum(['passed', 'failed', 'errored', 'skipped'])
      .describe('`errored`: it could not be judged. Only `passed` is a pass.'),
    category: name.optional().describe('What failures are counted by, such as `prompt_injection`.'),
    tags: z.array(name).max(20).optional().describe('Further names that globs over categories match.'),
    message: z.string().optional().describe('Why it did not pass; the first 500 characters are kept.'),
    seconds: z.number().min(0).optional().describe('How long it took.'),
    run: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('Which run this is the result of, where cases are run several times; 1 by default.'),
  })
  .describe('One result of one case.');

const header = z.strictObject({
  $schema: z.string().optional().describe('Where this schema is.'),
  format: z.literal('agent-policy-evals').describe('Tells the form.'),
  version: z.literal(1).describe('Version of the form.'),
  suite: z.string().min(1).optional().describe('Name of the suite.'),
  head: z
    .string()
    .regex(/^[0-9a-fA-F]{40}$|^[0-9a-fA-F]{64}$/)
    .optional()
    .describe('The commit that was evaluated; results of another commit are refused.'),
  tool: z
    .strictObject({ name, version: z.string().max(50).optional() })
    .optional()
    .describe('What ran the suite.'),
  cost_usd: z.number().min(0).optional().describe('Cost of all runs, in US dollars.'),
  tokens: z.int().min(0).optional().describe('Tokens used by all runs.'),
});

const document = header.extend({
  cases: z.array(foundCase).min(1).max(200_000).describe('Every result of every case, passes included.'),
});

/** The form as a JSON schema, for `config/eval-results.schema.json`. */
export function ownJsonSchema(): unknown {
  return {
    ...z.toJSONSchema(document, { target: 'draft-7', io: 'input' }),
    title: 'agent-policy eval results',
    description:
      'Results of one eval suite, for a harness that writes neither JUnit, promptfoo, Inspect nor CTRF.',
  };
}

export async function readOwn(file: NamedFile): Promise<FileResults> {
  const collector = createCollector(file.name);
  let count = 0;
  const take = (item: unknown) => {
    count += 1;
    const parsed = foundCase.safeParse(item);
    if (!parsed.success) throw wrong(file, `case ${count}`, parsed.error);
    const { id, status, category, tags, message, seconds, run } = parsed.data;
    collector.add(
      {
        id,
        status,
        category: category ?? null,
        tags: tags ?? [],
        message: message ?? null,
        seconds: seconds ?? null,
        failedBefore: false,
      },
      String(run ?? 1),
    );
  };
  const found = await walkJson(file.name, file.chunks, {
    kind: 'object',
    members: { ...HEADER, cases: { kind: 'list', of: VALUE, take } },
  });
  const { cases, ...rest } = isRecord(found) ? found : {};
  if (cases !== true) throw new Unreadable(say`${code(file.name)}: there is no list ${code('cases')}`);
  const parsed = header.safeParse(rest);
  if (!parsed.success) throw wrong(file, 'the top', parsed.error);
  const { tool, suite, head, cost_usd: cost, tokens } = parsed.data;
  return collector.finish({
    tool: tool === undefined ? null : { name: tool.name, version: tool.version ?? null },
    suite: suite ?? null,
    head: head ?? null,
    cost: cost ?? null,
    tokens: tokens ?? null,
  });
}

const VALUE: JsonShape = { kind: 'value' };
const HEADER: Readonly<Record<string, JsonShape>> = Object.fromEntries(
  Object.keys(header.shape).map((key) => [key, VALUE]),
);

function wrong(file: NamedFile, where: string, error: z.ZodError): Unreadable {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  const place = path === '' ? where : `${where}, ${path}`;
  return new Unreadable(say`${code(file.name)}, ${place}: ${(issue?.message ?? 'not valid').slice(0, 200)}`);
}
