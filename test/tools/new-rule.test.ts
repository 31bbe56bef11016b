import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRule } from './new-rule.js';

describe('npm run new-rule', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'agent-policy-rule-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('writes code, page and test under one name', async () => {
    expect(await createRule('quiet-hours', root)).toEqual([
      'src/rules/quiet-hours.ts',
      'src/rules/quiet-hours.md',
      'test/rules/quiet-hours.test.ts',
    ]);
    const code = await readFile(join(root, 'src/rules/quiet-hours.ts'), 'utf8');
    expect(code).toMatch(/^\/\/ Which question/);
    expect(code).toContain("export const quietHours = defineRule({\n  name: 'quiet-hours',");
    expect(await readFile(join(root, 'test/rules/quiet-hours.test.ts'), 'utf8')).toMatch(/'fail'/);
  });

  test('overwrites nothing', async () => {
    await createRule('quiet-hours', root);
    await expect(createRule('quiet-hours', root)).rejects.toThrow(
      'src/rules/quiet-hours.ts is there already',
    );
  });

  test.each(['', 'QuietHours', '../escape', 'a b', '-x'])('refuses the name %p', async (name) => {
    await expect(createRule(name, root)).rejects.toThrow('is not the name of a rule');
  });
});
