// Does lint say every problem with its place, and does explain say who demands what of a path?
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { run } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'lint-'));
const policy = (text: string | Uint8Array) => {
  const file = join(folder, 'agent-policy.yml');
  writeFileSync(file, text);
  return file;
};

describe('lint', () => {
  test('a valid policy is fine', async () => {
    const ran = await run('lint', policy('version: 1\nowner: "@acme/platform"\n'));
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('no problems found.') });
  });

  test('every problem at once, with line, column, known values and the nearest one', async () => {
    const file = policy('version: 1\nownr: "@acme/platform"\nagents:\n  default: { tier: reed-only }\n');
    const ran = await run('lint', file);
    expect(ran.out.replaceAll(file, 'FILE')).toMatchInlineSnapshot(`
"FILE:1:1  The policy needs \`owner\`. Who answers for agents' changes: \`"@user"\`, \`"@org/team"\`, or \`requester\` (who asked the agent, given write access).
FILE:2:1  Unknown key "ownr". Did you mean owner? Known keys: version, mode, owner, agents, treat, automation_workflows, machine_users, zones, trace, approvals, evals, quality_delta, error_budget, sampling, checkpoints, naming, waivers, escalation, halt.
FILE:4:20  Unknown tier "reed-only". Known tiers: 0, 1, 2, 3.
FILE: 3 errors.
"
`);
    expect(ran.code).toBe(1);
  });

  test.each([
    ['a list', '- a\n- b\n'],
    ['empty', ''],
    ['two documents', 'version: 1\nowner: "@a"\n---\nversion: 1\n'],
    ['invalid UTF-8', Uint8Array.from([0x76, 0xff, 0xfe])],
    ['1 MB', `version: 1\nowner: "@a"\n# ${'x'.repeat(1024 * 1024)}\n`],
    ['billion laughs', 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n'],
    ['a glob of 100 KB', `version: 1\nowner: "@a"\nzones: { z: { paths: ["${'a'.repeat(100_000)}"] } }\n`],
  ])('%s is refused with a clear error', async (_name, text) => {
    const ran = await run('lint', policy(text));
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/agent-policy\.yml:\d+:\d+ {2}\S.*\n/);
    expect(ran.out.length).toBeLessThan(2_000);
  });

  test('a demand that this version cannot judge is a warning, not a surprise on a pull request', async () => {
    const file = policy('version: 1\nowner: "@acme/platform"\ncheckpoints: [secret]\n');
    const ran = await run('lint', file);
    expect(ran.out.replaceAll(file, 'FILE')).toMatch(
      /^FILE:3:1 {2}Warning: This version cannot judge `checkpoints` yet.*\nFILE: valid, 1 warning\.\n$/,
    );
    expect(ran.code).toBe(0);
  });

  test('a folder is wrong usage', async () => {
    expect(await run('lint', '/')).toMatchObject({
      code: 2,
      err: expect.stringContaining('/ is a folder. Name the policy file in it.'),
    });
  });

  test('a missing file is wrong usage', async () => {
    expect(await run('lint', '/no/such.yml')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no such file'),
    });
  });

  test('prints JSON', async () => {
    const ran = await run('lint', policy('version: 2\nowner: "@a"\n'), '--format', 'json');
    expect(JSON.parse(ran.out)).toMatchObject({ valid: false, problems: [{ line: 1, severity: 'error' }] });
  });
});

describe('explain', () => {
  const text = `version: 1
owner: "@acme/platform"
zones:
  infrastructure: { paths: ["infra/**"], propose: 2, approvals: { count: 2, from: ["@acme/sre"] } }
`;

  test('names the zones, the value of each key, and the line that states it', async () => {
    const ran = await run('explain', './infra/vpc/main.tf', '--policy', policy(text));
    expect(ran.out.replaceAll(folder, '')).toMatchInlineSnapshot(`
"infra/vpc/main.tf on main

In zone infrastructure (for agents; /agent-policy.yml:4)

An agent's change needs
  propose    2                 infrastructure, /agent-policy.yml:4
  merge      never             built-in default
  approvals  2 from @acme/sre  infrastructure, /agent-policy.yml:4

A person's change needs
  nothing
"
`);
    expect(ran.code).toBe(0);
  });

  test.each([
    ['infra/', 'names a folder. Give a file in it, there or not: infra/example.txt.'],
    ['.', 'names a folder. Give a file in it, there or not: example.txt.'],
    ['infra/../../a', 'leads upwards. Give the path from the root of the repository.'],
  ])('%s is refused, since no zone has it and its files may be in one', async (path, message) => {
    const ran = await run('explain', path, '--policy', policy(text));
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  test('a broken policy explains nothing', async () => {
    const ran = await run('explain', 'a', '--policy', policy('version: 1\n'));
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('owner');
  });
});

describe('help', () => {
  test.each(['lint', 'classify', 'simulate', 'explain'])('%s shows an example', async (command) => {
    const ran = await run(command, '--help');
    expect(ran.out).toContain(`$ agent-policy ${command}`);
    expect(ran.code).toBe(0);
  });

  test('an unknown command or flag is wrong usage', async () => {
    expect((await run('lnt')).code).toBe(2);
    expect((await run('lint', '--fomat', 'json')).code).toBe(2);
  });
});
