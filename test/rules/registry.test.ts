// Is every rule registered, described and documented?
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RULES } from '../../src/rules/registry.js';
import { listSettings } from '../tools/rules-reference.js';

const FOLDER = new URL('../../src/rules/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');

describe('the registry', () => {
  test('has every rule of the folder, each once', () => {
    const defined = readdirSync(FOLDER)
      .filter((file) => file.endsWith('.ts') && /= defineRule\(/.test(read(file)))
      .map((file) => file.replace(/\.ts$/, ''));
    expect(RULES.map(({ name }) => name).toSorted()).toEqual(defined.toSorted());
  });

  test.each(RULES.map((rule) => [rule.name, rule] as const))('%s has a whole page', (name, rule) => {
    const page = read(`${name}.md`);
    expect(page).toMatch(new RegExp(`^# ${name}\n\n\\S`));
    for (const heading of ['## Why', '## Example', '## Settings', '## How to mend'])
      expect(page).toContain(heading);
    expect(page).toMatch(/\nPasses: \S/);
    expect(page).toMatch(/\nDoes not pass: \S/);
    for (const { key, says } of listSettings(rule)) {
      expect([name, key, says === '']).toEqual([name, key, false]);
      expect(page).toContain(`\`${key}\``);
    }
  });
});
