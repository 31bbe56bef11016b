// Which files are made from code, and what is in them? `npm run generate` writes them; `npm test` compares them.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { verdictJsonSchema } from '../../src/checks/json-block.js';
import { ownJsonSchema } from '../../src/evals/own.js';
import { RULES } from '../../src/rules/registry.js';
import { buildPolicySchema, renderDefaults, renderTable } from './policy-reference.js';
import { renderRules, renderSettings } from './rules-reference.js';

const ROOT = new URL('../..', import.meta.url).pathname;

const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  'config/agent-policy.schema.json': () => `${JSON.stringify(buildPolicySchema(), null, 2)}\n`,
  'config/verdict.schema.json': () => `${JSON.stringify(verdictJsonSchema(), null, 2)}\n`,
  'config/eval-results.schema.json': () => `${JSON.stringify(ownJsonSchema(), null, 2)}\n`,
  'config/defaults.yml': renderDefaults,
  'docs/policy.md': () => fillIn('docs/policy.md', renderTable()),
  'docs/rules.md': () => fillIn('docs/rules.md', renderRules()),
  ...Object.fromEntries(
    RULES.map((rule) => [
      `src/rules/${rule.name}.md`,
      () => fillIn(`src/rules/${rule.name}.md`, renderSettings(rule)),
    ]),
  ),
};

/** Writes every generated file below a folder and gives their relative paths. */
export async function generate(outDir: string): Promise<readonly string[]> {
  for (const [file, make] of Object.entries(GENERATED)) {
    const content = await make();
    await mkdir(dirname(join(outDir, file)), { recursive: true });
    await writeFile(join(outDir, file), content);
  }
  return Object.keys(GENERATED);
}

/** A page written by hand in which one part is made: what stands between the two marks. */
async function fillIn(file: string, made: string): Promise<string> {
  const page = await readFile(join(ROOT, file), 'utf8');
  const [before, rest] = page.split('<!-- generated -->');
  const after = rest?.split('<!-- /generated -->')[1];
  if (before === undefined || after === undefined)
    throw new Error(`${file}: the marks <!-- generated --> and <!-- /generated --> are missing`);
  return `${before}<!-- generated -->\n${made}\n<!-- /generated -->${after}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  generate(ROOT).then(
    (files) => console.log(files.join('\n')),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
