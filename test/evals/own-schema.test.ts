// Does the published schema take what the reader takes, and refuse what it refuses?
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { ask } from './ask.js';

const schema = JSON.parse(
  readFileSync(new URL('../../config/eval-results.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ strict: false }).compile(schema);
const pass = { id: 'a', status: 'passed' };
const top = { format: 'agent-policy-evals', version: 1 };

test.each<[string, object, boolean]>([
  ['the least', { ...top, cases: [pass] }, true],
  [
    'everything',
    {
      $schema: 'x',
      ...top,
      suite: 's',
      head: 'a'.repeat(40),
      tool: { name: 't', version: '1' },
      cost_usd: 1.5,
      tokens: 3,
      cases: [{ ...pass, category: 'c', tags: ['t'], message: 'm', seconds: 0.1, run: 2 }],
    },
    true,
  ],
  ['no case', { ...top, cases: [] }, false],
  ['another status', { ...top, cases: [{ id: 'a', status: 'ok' }] }, false],
  ['an unknown member of a case', { ...top, cases: [{ ...pass, catgory: 'c' }] }, false],
  ['no id', { ...top, cases: [{ status: 'passed' }] }, false],
  ['a negative duration', { ...top, cases: [{ ...pass, seconds: -1 }] }, false],
  ['a shortened commit', { ...top, head: 'abcdef0', cases: [pass] }, false],
  ['a cost that cannot be', { ...top, cost_usd: -1, cases: [pass] }, false],
])('%s', async (_, document, isValid) => {
  expect(validate(document)).toBe(isValid);
  expect((await ask({ 'r.json': JSON.stringify(document) })).kind === 'read').toBe(isValid);
});
