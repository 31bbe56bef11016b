// How does a new rule begin? Writes its code, its page and its test, which fails until the rule is written.
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Relative paths of the files written. Throws if the name is no rule's name or one of the files is there. */
export async function createRule(name: string, root: string): Promise<readonly string[]> {
  if (!/^[a-z]+(?:-[a-z]+)*$/.test(name)) {
    throw new Error(`"${name}" is not the name of a rule. Write it in kebab-case, like trace-link.`);
  }
  const files = {
    [`src/rules/${name}.ts`]: codeOf(name),
    [`src/rules/${name}.md`]: pageOf(name),
    [`test/rules/${name}.test.ts`]: testOf(name),
  };
  for (const file of Object.keys(files)) {
    const taken = await access(join(root, file)).then(
      () => true,
      () => false,
    );
    if (taken) throw new Error(`${file} is there already. Nothing was written.`);
  }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text, { flag: 'wx' });
  }
  return Object.keys(files);
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
}

function codeOf(name: string): string {
  return `// Which question does ${name} answer?
import { z } from 'zod';
import { say } from '../domain/message.js';
import { defineRule } from './define-rule.js';
import { fail } from './finding.js';

export const ${camelCase(name)} = defineRule({
  name: '${name}',
  settings: z.strictObject({}),
  needs: () => [],
  describe: () => 'One sentence on what is demanded.',
  evaluate: () => [
    fail(say\`${name} is not written yet\`, say\`Nothing was judged.\`, {
      by: 'author',
      what: say\`One sentence on what lifts it.\`,
    }),
  ],
});
`;
}

function pageOf(name: string): string {
  return `# ${name}

One sentence.

## Why

## Example

Passes:

Does not pass:

## Settings

Handed in by the evaluation, which takes them from the policy.

<!-- generated -->
<!-- /generated -->

## How to mend
`;
}

function testOf(name: string): string {
  const rule = camelCase(name);
  return `import { describe, expect, test } from '@jest/globals';
import { ${rule} } from '../../src/rules/${name}.js';
import { aContext, judge } from '../builders/context.js';

describe('${name}', () => {
  test.each([
    ['what meets it', {}, 'pass', 'its title'],
    ['what breaks it', {}, 'fail', 'its title'],
  ] as const)('%s', (_name, settings, state, title) => {
    expect(judge(${rule}, settings, aContext())).toEqual([[state, title]]);
  });
});
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  createRule(process.argv[2] ?? '', ROOT).then(
    (files) =>
      console.log(`${files.join('\n')}\nAdd one line to src/rules/registry.ts, then \`npm run generate\`.`),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 2;
    },
  );
}
