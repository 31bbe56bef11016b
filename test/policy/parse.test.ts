// Is every mistake in a policy told at once, where it stands, and with what is right instead?
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parsePolicyFile } from '../../src/policy/parse.js';
import { HEAD, KNOWN_AGENTS, load, parse, problemsOf } from './builders.js';

describe('text that is no policy', () => {
  test.each([
    ['an empty file', '', ['1:1  The policy is empty. It needs at least `version: 1` and `owner`.']],
    [
      'only comments',
      '# nothing here\n',
      ['1:1  The policy is empty. It needs at least `version: 1` and `owner`.'],
    ],
    ['only a marker', '---\n', ['1:1  The policy is empty. It needs at least `version: 1` and `owner`.']],
    [
      'a list',
      '- version: 1\n',
      ['1:1  A policy is a mapping, and this is a list. It begins with `version: 1`.'],
    ],
    [
      'text',
      'hello\n',
      ['1:1  A policy is a mapping, and this is text ("hello"). It begins with `version: 1`.'],
    ],
    ['a number', '42\n', ['1:1  A policy is a mapping, and this is 42. It begins with `version: 1`.']],
    [
      'two documents',
      'version: 1\nowner: requester\n---\nversion: 1\nowner: requester\n',
      ['4:1  A second document begins here. A policy is one document: remove the `---` line.'],
    ],
    [
      'an open bracket',
      'version: 1\nowner: requester\nzones: {\n',
      ['4:1  This is not YAML: deficient indentation.'],
    ],
    [
      'a wrong indentation',
      'version: 1\n owner: requester\n',
      ['2:7  This is not YAML: bad indentation of a mapping entry.'],
    ],
    [
      'an indentation by tabs',
      'version: 1\nzones:\n\tinfra: {}\n',
      ['3:1  This line is indented with a tab. YAML indents with spaces.'],
    ],
    [
      'an owner without quotes',
      'version: 1\nowner: @acme/platform\n',
      ['2:8  Text that begins with @ must be quoted: "@acme/platform".'],
    ],
    ['a backtick', 'version: 1\nowner: `x`\n', ['2:8  Text that begins with ` must be quoted: "`x`".']],
    [
      'a null byte',
      'version: 1\nowner: \u0000\n',
      [
        '2:8  A character that cannot be printed stands here. Remove it, or write it as an escape in double quotes.',
      ],
    ],
    [
      'a control character',
      'version: 1\nowner: \u0007\n',
      [
        '2:8  A character that cannot be printed stands here. Remove it, or write it as an escape in double quotes.',
      ],
    ],
    [
      'an anchor and an alias',
      'a: &a [x]\nb: *a\n',
      [
        '1:4  A policy has no anchors (&): write the value out where it is needed.',
        '2:4  A policy has no aliases (*a): write the value out.',
      ],
    ],
    [
      'billion laughs',
      'a: &a ["lol", "lol"]\nb: &b [*a, *a]\nc: &c [*b, *b]\nzones: *c\n',
      [
        '1:4  A policy has no anchors (&): write the value out where it is needed.',
        '2:4  A policy has no anchors (&): write the value out where it is needed.',
        '2:8  A policy has no aliases (*a): write the value out.',
        '2:12  A policy has no aliases (*a): write the value out.',
        '3:4  A policy has no anchors (&): write the value out where it is needed.',
        '3:8  A policy has no aliases (*b): write the value out.',
        '3:12  A policy has no aliases (*b): write the value out.',
        '4:8  A policy has no aliases (*c): write the value out.',
      ],
    ],
    [
      'a tag',
      'version: !!int 1\nowner: requester\n',
      ['1:10  A policy has no tags ("!!int"). Text that begins with ! must be quoted.'],
    ],
    [
      'a function',
      'version: !!js/function x\n',
      ['1:10  A policy has no tags ("!!js/function"). Text that begins with ! must be quoted.'],
    ],
    ['a list as key', '? [a]\n: b\n', ['1:3  A key must be a word, not a list or a mapping.']],
    ['a number as key', '1: a\n', ['1:1  A key must be a word. Put quotes around 1: "1".']],
    [
      'lists forty levels deep',
      'version: 1\nzones: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n',
      ['2:37  A policy is at most 30 levels deep.'],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(text)).toBe(problems.join('\n'));
  });
});

describe('glob', () => {
  test.each([
    [
      'one that YAML takes for an alias',
      'paths: [**/*.tf]',
      ['5:13  A glob that begins with * must be quoted: "**/*.tf".'],
    ],
    [
      'one that YAML takes for a tag',
      'paths: [!a]',
      ['5:13  A policy has no tags ("!a"). Text that begins with ! must be quoted.'],
    ],
    [
      'a negation',
      'paths: ["!a"]',
      ['5:13  A glob cannot begin with "!". Name the paths that are out under `except`: "a".'],
    ],
    ['a comment', 'paths: ["#a"]', ['5:13  A glob cannot begin with "#".']],
    ['an empty one', 'paths: [""]', ['5:13  An empty glob matches nothing. Write it like "infra/**".']],
    ['a number', 'paths: [1]', ['5:13  1 is not a glob. Write it like "infra/**".']],
    [
      'a folder',
      'paths: ["infra/"]',
      ['5:13  A glob means files, and this names a folder: write "infra/**".'],
    ],
    [
      'one from the root',
      'paths: ["/infra/**", "./infra/**"]',
      [
        '5:13  Globs begin at the root of the repository, without a slash: write "infra/**".',
        '5:26  Globs begin at the root of the repository, without ./: write "infra/**".',
      ],
    ],
    [
      'one in except, too',
      'paths: [a]\nexcept: ["b/"]',
      ['6:14  A glob means files, and this names a folder: write "b/**".'],
    ],
    [
      'one in branches, too',
      'paths: [a]\nbranches: ["a//b"]',
      ['6:16  A glob has no empty, "." or ".." parts between its slashes: no path has them.'],
    ],
    [
      'one of flag files, too',
      'paths: [a]\nrequire: { feature_flag: { files: ["a{"] } }',
      ['6:40  The { is never closed. To mean the sign itself, write \\{.'],
    ],
    [
      'one at the root only',
      'paths: ["*.tf"]',
      ['5:13  Warning: "*.tf" means files at the root only. In every folder it is "**/*.tf".'],
    ],
    [
      'a class that looks like a folder',
      'paths: ["app/[id]/**"]',
      ['5:13  Warning: [id] means one character out of "id". A folder of that name is \\[id\\].'],
    ],
    [
      'everything excepted',
      'paths: ["a/**"]\nexcept: ["**"]',
      ['6:5  Warning: No path can be in zone infra: `except` takes out everything that `paths` names.'],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(`${HEAD}zones:\n  infra:\n${text.replace(/^/gm, '    ')}\n`)).toBe(problems.join('\n'));
  });
});

describe('zone', () => {
  test.each([
    [
      'an unknown tier',
      'paths: [a]\npropose: reed-only',
      ['6:14  Unknown tier "reed-only". Known tiers: 0, 1, 2, 3.'],
    ],
    [
      'a tier in quotes',
      'paths: [a]\npropose: "1"',
      ['6:14  Unknown tier "1". Write it without quotes: 1. Known tiers: 0, 1, 2, 3.'],
    ],
    [
      'a merge tier that is none',
      'paths: [a]\nmerge: 1',
      ['6:12  Unknown merge tier 1. Known merge tiers: 2, 3, never.'],
    ],
    [
      'never, misspelt',
      'paths: [a]\nmerge: nevr',
      ['6:12  Unknown merge tier "nevr". Did you mean never? Known merge tiers: 2, 3, never.'],
    ],
    [
      'an unknown key',
      'paths: [a]\nproposes: 1\nevals: []\nmerg: 2',
      [
        '6:5  Unknown key "proposes" in `zones.infra`. Did you mean propose? Known keys: paths, except, branches, mode, for, propose, merge, approvals, require, evals, quality_delta.',
        '8:5  Unknown key "merg" in `zones.infra`. Did you mean merge? Known keys: paths, except, branches, mode, for, propose, merge, approvals, require, evals, quality_delta.',
      ],
    ],
    [
      'a merge key',
      'paths: [a]\n<<: {}',
      [
        '6:5  Unknown key "<<" in `zones.infra`. Known keys: paths, except, branches, mode, for, propose, merge, approvals, require, evals, quality_delta.',
      ],
    ],
    [
      'no paths',
      'propose: 1',
      ['4:3  `zones.infra` needs `paths`. Globs of the files in this zone, from the root of the repository.'],
    ],
    ['text for paths', 'paths: a', ['5:12  `zones.infra.paths` must be a list, not text ("a").']],
    ['empty paths', 'paths:', ['5:5  `zones.infra.paths` is empty. Write a list, or remove the key.']],
    [
      'no entry in paths',
      'paths: []',
      ['5:12  `zones.infra.paths` is an empty list. Name at least one, or remove the key.'],
    ],
    [
      'approvals by count alone',
      'paths: [a]\napprovals: 2',
      ['6:16  `zones.infra.approvals` must be a mapping, not 2.'],
    ],
    [
      'a team without @',
      'paths: [a]\napprovals: { from: ["acme/sre"] }',
      [
        '6:25  "acme/sre" is not somebody who can approve. Write it like "@alice", "@acme/sre", codeowners or owner (with quotes around the @).',
      ],
    ],
    [
      'codeowners, misspelt',
      'paths: [a]\napprovals: { from: [codeowner] }',
      [
        '6:25  "codeowner" is not somebody who can approve. Write it like "@alice", "@acme/sre", codeowners or owner (with quotes around the @).',
      ],
    ],
    [
      'nobody to approve',
      'paths: [a]\napprovals: { from: [] }',
      ['6:24  `zones.infra.approvals.from` is an empty list. Name at least one, or remove the key.'],
    ],
    [
      'too many approvals',
      'paths: [a]\napprovals: { count: 11 }',
      ['6:25  11 is not a number of approvals. Write a whole number from 0 to 10.'],
    ],
    [
      'a negative count',
      'paths: [a]\napprovals: { count: -1 }',
      ['6:25  -1 is not a number of approvals. Write a whole number from 0 to 10.'],
    ],
    [
      'half an approval',
      'paths: [a]\napprovals: { count: 1.5 }',
      ['6:25  1.5 is not a number of approvals. Write a whole number from 0 to 10.'],
    ],
    [
      'no approvals at all',
      'paths: [a]\napprovals: { count: 0 }',
      [
        '6:25  Warning: An agent that may not merge alone needs one approval all the same, so 0 means 1 for it. `merge` says who may merge alone.',
      ],
    ],
    [
      'two approvals of one person',
      'paths: [a]\napprovals: { count: 2, from: ["@alice", "@Alice"] }',
      [
        '6:25  Warning: 2 approvals are asked of one person: nobody can give them all. Name a team or more people.',
      ],
    ],
    [
      'a check without app',
      'paths: [a]\nrequire: { checks: [build, { name: build }] }',
      [
        '6:25  `zones.infra.require.checks[0]` must be a mapping, not text ("build").',
        '6:32  `zones.infra.require.checks[1]` needs `app`. Slug of the app the check must come from, such as `github-actions`.',
      ],
    ],
    [
      'a flag without files',
      'paths: [a]\nrequire: { feature_flag: true }',
      ['6:30  `zones.infra.require.feature_flag` must be a mapping, not true.'],
    ],
    [
      'an audience',
      'paths: [a]\nfor: people',
      ['6:10  Unknown audience "people". Known audiences: agents, everyone.'],
    ],
    [
      'a suite that is not defined',
      'paths: [a]\nevals: [regression]',
      ['6:13  Unknown eval suite "regression". None is defined. Define it under `evals.suites`.'],
    ],
    [
      'tiers that contradict',
      'paths: [a]\npropose: 3\nmerge: 2',
      ['7:12  Warning: Tier 2 may not propose here (propose: 3), so this means merge: 3.'],
    ],
    [
      'a key twice',
      'paths: [a]\npaths: [b]\npropose: 7',
      [
        '6:5  Key "paths" stands here a second time; the first is at 5:5. Keep one.',
        '7:14  Unknown tier 7. Known tiers: 0, 1, 2, 3.',
      ],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(`${HEAD}zones:\n  infra:\n${text.replace(/^/gm, '    ')}\n`)).toBe(problems.join('\n'));
  });
});

describe('name of a zone', () => {
  test.each([
    [
      'the built-in one',
      'zones:\n  Control-Plane: { paths: [a] }',
      ['4:3  The zone "control plane" is built in and cannot be changed. Give this one another name.'],
    ],
    [
      'default in other letters',
      'zones:\n  Default: { paths: [a] }',
      ['4:3  Unknown zone "Default". Did you mean default?'],
    ],
    [
      'a line break',
      'zones:\n  "a\\nb": { paths: [a] }',
      [
        '4:3  "a\\nb" is not the name of a zone. Use letters, digits, spaces and . _ / -, at most 64 characters.',
      ],
    ],
    [
      'paths in default',
      'zones:\n  default: { paths: [a] }',
      [
        '4:14  Unknown key "paths" in `zones.default`. Known keys: mode, for, propose, merge, approvals, require, evals, quality_delta.',
      ],
    ],
    [
      'an empty zone',
      'zones:\n  infra:',
      ['4:3  `zones.infra` is empty. Write a mapping, or remove the key.'],
    ],
    ['no zone', 'zones:', ['3:1  `zones` is empty. Write a mapping, or remove the key.']],
    ['a list', 'zones: [a]', ['3:8  `zones` must be a mapping, not a list.']],
    [
      '__proto__',
      'zones:\n  __proto__: { paths: [a] }',
      [
        '4:3  Unknown key "__proto__".',
        '4:3  "__proto__" is not the name of a zone. Use letters, digits, spaces and . _ / -, at most 64 characters.',
      ],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(`${HEAD}${text}\n`)).toBe(problems.join('\n'));
  });
});

describe('agent', () => {
  test.each([
    [
      'a name misspelt',
      'agents:\n  copilt: { tier: 1 }',
      [
        '4:3  Unknown agent "copilt". Did you mean copilot? Known agents: claude-code, copilot, devin. To define one of your own, give it `match`.',
      ],
    ],
    [
      'an unknown one',
      'agents:\n  acme: { tier: 1 }',
      [
        '4:3  Unknown agent "acme". Known agents: claude-code, copilot, devin. To define one of your own, give it `match`.',
      ],
    ],
    [
      'capitals',
      'agents:\n  Devin: { tier: 1 }',
      ['4:3  "Devin" is not the name of an agent. Use small letters, digits and hyphens: acme-codegen.'],
    ],
    [
      'a match of nobody',
      'agents:\n  acme: { match: {} }',
      ['4:11  `agents.acme.match` recognises nobody. Give it logins, branches or emails.'],
    ],
    [
      'a login with @',
      'agents:\n  acme: { match: { logins: ["@acme"] } }',
      ['4:29  "@acme" is not a login. Write it like acme-deploy or "acme-codegen[bot]" (without an @).'],
    ],
    [
      'a match of everybody in vain',
      'agents:\n  acme: { match: { branches: ["/x"], emails: [x] } }',
      [
        '4:31  Globs begin at the root of the repository, without a slash: write "x".',
        '4:47  "x" is not an e-mail address. Write it like "codegen@acme.dev".',
      ],
    ],
    [
      'a halted one misspelt',
      'halt: [devn]',
      ['3:8  Unknown agent "devn". Did you mean devin? Known agents: claude-code, copilot, devin.'],
    ],
    ['a halt in words', 'halt: yes', ['3:7  `halt` is true, false, or a list of agents such as [devin].']],
    ['an empty halt', 'halt: []', ['3:7  `halt` is an empty list. Name at least one, or remove the key.']],
    [
      'a budget without number',
      'agents:\n  devin: { budget: { usd: 400 USD, per: year } }',
      [
        '4:27  A budget is a number of US dollars, such as 400.',
        '4:41  Unknown period "year". Known periods: day, week, month.',
      ],
    ],
    [
      'a budget that is no number',
      'agents:\n  devin: { budget: { usd: .nan } }',
      ['4:27  A budget is a number of US dollars, such as 400.'],
    ],
    [
      'more than a tier for default',
      'agents:\n  default: { tier: 1, owner: "@a" }',
      ['4:23  Unknown key "owner" in `agents.default`. Known keys: tier.'],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(`${HEAD}${text}\n`)).toBe(problems.join('\n'));
  });
});

describe('section', () => {
  test.each([
    [
      'an unknown one',
      'zone: {}',
      [
        '3:1  Unknown key "zone". Did you mean zones? Known keys: version, mode, owner, agents, treat, automation_workflows, machine_users, zones, trace, approvals, evals, quality_delta, error_budget, sampling, checkpoints, naming, waivers, escalation, halt.',
      ],
    ],
    [
      'one of JavaScript',
      'constructor: 1\n__proto__: { mode: observe }',
      [
        '3:1  Unknown key "constructor". Known keys: version, mode, owner, agents, treat, automation_workflows, machine_users, zones, trace, approvals, evals, quality_delta, error_budget, sampling, checkpoints, naming, waivers, escalation, halt.',
        '4:1  Unknown key "__proto__".',
      ],
    ],
    [
      'a mode',
      'mode: enforced',
      ['3:7  Unknown mode "enforced". Did you mean enforce? Known modes: enforce, observe.'],
    ],
    [
      'a hidden character',
      'mode: "\u202eenforce"',
      ['3:7  Unknown mode "\\u202eenforce". Did you mean enforce? Known modes: enforce, observe.'],
    ],
    [
      'a host with path',
      'trace: { hosts: ["https://app.devin.ai/sessions", "*.devin.ai"] }',
      [
        '3:18  "https://app.devin.ai/sessions" is not a host. Write it like "app.devin.ai" (without https:// and path, no wildcards).',
        '3:51  "*.devin.ai" is not a host. Write it like "app.devin.ai" (without https:// and path, no wildcards).',
      ],
    ],
    [
      'words of trace',
      'trace: { verify: bond, fields: [modle] }',
      [
        '3:18  Unknown verification "bond". Did you mean bound? Known verifications: present, reachable, bound.',
        '3:33  Unknown field "modle". Did you mean model? Known fields: model, workflow, cost.',
      ],
    ],
    [
      'a boolean in words',
      'approvals: { independent: yes }',
      ['3:27  `approvals.independent` must be true or false, not text ("yes").'],
    ],
    [
      'a percentage without sign',
      'evals: { suites: { s: { workflow: a.yml, pass_rate: 97 } } }\nsampling: { human_review: 101% }',
      [
        '3:20  Warning: No zone names the suite "s", so it binds no change. Name it under `evals` of a zone.',
        '3:53  97 is not a percentage. Write it like 97% (from 0% to 100%).',
        '4:27  "101%" is not a percentage. Write it like 97% (from 0% to 100%).',
      ],
    ],
    [
      'a duration without unit',
      'waivers: { max: 7 }\nerror_budget: { change_failure_rate: 15%, window: 0d }',
      [
        '3:17  7 is not a duration. Write it like 30m, 12h, 7d or 4w (minutes, hours, days, weeks).',
        '4:51  "0d" is not a duration. Write it like 30m, 12h, 7d or 4w (minutes, hours, days, weeks).',
      ],
    ],
    [
      'a path for a workflow',
      'evals: { suites: { s: { workflow: .github/workflows/a.yml } } }',
      [
        '3:20  Warning: No zone names the suite "s", so it binds no change. Name it under `evals` of a zone.',
        '3:35  ".github/workflows/a.yml" is not a workflow file. Write it like release.yml (a file name inside .github/workflows).',
      ],
    ],
    [
      'a suite without workflow',
      'evals: { suites: { s: {} } }',
      [
        '3:20  `evals.suites.s` needs `workflow`. Workflow of the default branch that runs the suite.',
        '3:20  Warning: No zone names the suite "s", so it binds no change. Name it under `evals` of a zone.',
      ],
    ],
    [
      'an input that is a list',
      'evals: { suites: { s: { workflow: a.yml, inputs: { a: [1] } } } }',
      [
        '3:20  Warning: No zone names the suite "s", so it binds no change. Name it under `evals` of a zone.',
        '3:55  An input of a workflow is text of at most 1000 characters, a number, true or false.',
      ],
    ],
    [
      'an even number of runs',
      'evals: { suites: { s: { workflow: a.yml, runs: 2 } } }',
      [
        '3:20  Warning: No zone names the suite "s", so it binds no change. Name it under `evals` of a zone.',
        '3:48  Warning: The majority of 2 runs can be a tie, which fails. Use an odd number.',
      ],
    ],
    [
      'a checkpoint',
      'checkpoints: [secrets]',
      [
        '3:15  Unknown checkpoint "secrets". Did you mean secret? Known checkpoints: workflow-permissions, new-dependency, secret, binary, agent-instructions, access-control.',
      ],
    ],
    [
      'a rule that is never waived',
      'waivers: { never: [permission-tier] }',
      [
        '3:20  Unknown rule "permission-tier". Known rules: owner, trace-link, trace-fields, required-checks, evals, quality-delta, checkpoints, sampling, naming.',
      ],
    ],
    [
      'warnings that come too late',
      'quality_delta: { size: { warn: 10, fail: 5 }, warn_below: -80 }',
      [
        '3:32  Warning: A change fails at 5 lines before this warning is reached.',
        '3:59  Warning: A change fails below -60 before this warning is reached.',
      ],
    ],
    [
      'a share of tested lines that nobody has to show',
      'quality_delta: { coverage: { patch_min: 80% } }',
      [
        '3:41  Warning: A change without a coverage report passes here with a warning. With `missing: fail` it does not; `missing: warn` says that this is meant.',
      ],
    ],
    [
      'the same in a zone',
      'zones: { money: { paths: [a], quality_delta: { coverage: { patch_min: 90% } } } }',
      [
        '3:71  Warning: A change without a coverage report passes here with a warning. With `missing: fail` it does not; `missing: warn` says that this is meant.',
      ],
    ],
    ['a share where it is said', 'quality_delta: { coverage: { patch_min: 80%, missing: warn } }', ['valid']],
    [
      'a span of history that says too little or too much',
      'quality_delta: { history: { window: 9999d, half_life: 1h } }',
      [
        '3:37  Warning: 9999d is taken as 1095d: from 14d to 1095d can be counted.',
        '3:55  Warning: 1h is taken as 7d: from 7d to 1095d can be counted.',
      ],
    ],
    [
      'a delta out of range',
      'quality_delta: { fail_below: -101 }',
      ['3:30  -101 is not a quality delta. Write a whole number from -100 to 100.'],
    ],
    [
      'a label too long',
      'escalation: { issue_label: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }',
      [
        '3:28  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not a name of at most 50 characters. Write it like agent-incident.',
      ],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(`${HEAD}${text}\n`)).toBe(problems.join('\n'));
  });
});

describe('owner and version', () => {
  test.each([
    [
      'neither',
      'mode: enforce\n',
      [
        '1:1  The policy needs `version`. Version of the policy language: `1`.',
        '1:1  The policy needs `owner`. Who answers for agents\' changes: `"@user"`, `"@org/team"`, or `requester` (who asked the agent, given write access).',
      ],
    ],
    [
      'another version',
      'version: 2\nowner: requester\n',
      ['1:10  Unknown version. This is written for version: 1.'],
    ],
    [
      'a version in quotes',
      'version: "1"\nowner: requester\n',
      ['1:10  Unknown version. This is written for version: 1.'],
    ],
    [
      'a team without @',
      'version: 1\nowner: acme/platform\n',
      [
        '2:8  "acme/platform" is not an owner. Write it like "@alice", "@acme/platform" or requester (with quotes around the @).',
      ],
    ],
    [
      'codeowners',
      'version: 1\nowner: codeowners\n',
      [
        '2:8  "codeowners" is not an owner. Write it like "@alice", "@acme/platform" or requester (with quotes around the @).',
      ],
    ],
    [
      'a bot',
      'version: 1\nowner: "@dependabot[bot]"\n',
      [
        '2:8  "@dependabot[bot]" is not an owner. Write it like "@alice", "@acme/platform" or requester (with quotes around the @).',
      ],
    ],
    [
      'a mapping',
      'version: 1\nowner: { team: sre }\n',
      [
        '2:8  a mapping is not an owner. Write it like "@alice", "@acme/platform" or requester (with quotes around the @).',
      ],
    ],
    [
      'nothing',
      'version: 1\nowner:\n',
      [
        '2:1  an empty value is not an owner. Write it like "@alice", "@acme/platform" or requester (with quotes around the @).',
      ],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(text)).toBe(problems.join('\n'));
  });
});

describe('file of another system', () => {
  test.each([
    [
      'a byte order mark',
      '\ufeffversion: 2\nowner: requester\n',
      ['1:10  Unknown version. This is written for version: 1.'],
    ],
    [
      'CRLF',
      'version: 1\r\nowner: requester\r\nmode: on\r\n',
      ['3:7  Unknown mode "on". Known modes: enforce, observe.'],
    ],
    [
      'CR',
      'version: 1\rowner: requester\rmode: on\r',
      ['3:7  Unknown mode "on". Known modes: enforce, observe.'],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(text)).toBe(problems.join('\n'));
  });
});

describe('all problems', () => {
  test('are told at once, in the order of the file', () => {
    const text = `version: 1
owner: acme
agents:
  devon: { tier: 5 }
zones:
  infra:
    path: ["infra/**"]
    propose: reed-only
    evals: [missing]
  docs:
    paths: ["docs/"]
    paths: ["/docs"]
`;
    expect(problemsOf(text).replace(/ (Known keys|Globs of|Write it like).*/g, ' …')).toBe(
      [
        '2:8  "acme" is not an owner. …',
        '4:3  Unknown agent "devon". Did you mean devin? Known agents: claude-code, copilot, devin. To define one of your own, give it `match`.',
        '4:18  Unknown tier 5. Known tiers: 0, 1, 2, 3.',
        '6:3  `zones.infra` needs `paths`. …',
        '7:5  Unknown key "path" in `zones.infra`. Did you mean paths? …',
        '8:14  Unknown tier "reed-only". Known tiers: 0, 1, 2, 3.',
        '9:13  Unknown eval suite "missing". None is defined. Define it under `evals.suites`.',
        '12:5  Key "paths" stands here a second time; the first is at 11:5. Keep one.',
        '12:13  Globs begin at the root of the repository, without a slash: write "docs".',
      ].join('\n'),
    );
  });

  test('but of a text that is not YAML only the first', () => {
    expect(problemsOf('version: 2\nowner: acme\nzones: @x\n')).toBe(
      '3:8  Text that begins with @ must be quoted: "@x".',
    );
  });

  test('are cut after a hundred, and the rest counted', () => {
    const many = Array.from({ length: 500 }, (_, index) => `key${index}: 1`).join('\n');
    const parsed = parse(`${HEAD}${many}\n`);
    if (parsed.ok) throw new Error('valid');
    expect(parsed.problems).toHaveLength(101);
    expect(parsed.problems[100]).toMatchObject({
      line: 103,
      severity: 'error',
      message: '400 more problems follow. Mend these first.',
    });
  });
});

describe('a hostile file', () => {
  test.each([
    [
      '1 MB',
      `${HEAD}# ${'x'.repeat(1024 * 1024)}\n`,
      '1:1  The policy has 1.0 MB; at most 256 KB are read. Use fewer and wider globs.',
    ],
    [
      '300 KB in two-byte letters',
      `${HEAD}# ${'ä'.repeat(150 * 1024)}\n`,
      '1:1  The policy has 301 KB; at most 256 KB are read. Use fewer and wider globs.',
    ],
    [
      'a glob of 100 KB',
      `${HEAD}zones: { a: { paths: ["${'a'.repeat(100_000)}"] } }\n`,
      '3:23  A glob has at most 256 characters, this one 100000. Use several shorter ones.',
    ],
    [
      'a key of 100 KB',
      `${HEAD}${'a'.repeat(1000)}: 1\n`,
      `3:1  Unknown key "${'a'.repeat(59)}…". Known keys: version, mode, owner, agents, treat, automation_workflows, machine_users, zones, trace, approvals, evals, quality_delta, error_budget, sampling, checkpoints, naming, waivers, escalation, halt.`,
    ],
    [
      'mappings 20,000 deep',
      `${HEAD}zones: ${'{a: '.repeat(20_000)}\n`,
      '3:121  A policy is at most 30 levels deep.',
    ],
  ])('%s is refused with one message', (_what, text, problem) => {
    expect(problemsOf(text)).toBe(problem);
  });

  test('with more zones than anybody judges by is refused', () => {
    const zones = (count: number) =>
      `${HEAD}zones:\n${Array.from({ length: count }, (_, index) => `  z${index}: { paths: [a] }\n`).join('')}`;
    expect(problemsOf(zones(500))).toBe('valid');
    expect(problemsOf(zones(501))).toBe(
      '3:1  A policy has at most 500 zones, this one 501. Put paths with equal demands together.',
    );
  });

  test('with 30,000 equal keys is answered', () => {
    const parsed = parse(`${HEAD}${'a: 1\n'.repeat(30_000)}`);
    expect(parsed.ok ? 0 : parsed.problems.length).toBe(101);
  });

  test('with keys of JavaScript changes no prototype', () => {
    parse(
      `${HEAD}__proto__: { polluted: 1 }\nzones: { __proto__: { polluted: 1 }, constructor: { prototype: { polluted: 1 } } }\n`,
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a damaged file', () => {
  test('is always answered with problems that have a place, never with an exception', () => {
    const full = readFileSync(new URL('../../config/examples/full.yml', import.meta.url), 'utf8');
    const scraps = [...' \n\t:[]{}"\'*#@|>~\r\0', '- ', '&a ', '!x ', '? ', '---\n', '<<: ', ''];
    let refused = 0;
    for (let round = 0; round < 1500; round++) {
      const at = (round * 7919) % full.length;
      const text = full.slice(0, at) + scraps[round % scraps.length] + full.slice(at + (round % 5));
      const parsed = parse(text);
      if (parsed.ok) continue;
      refused++;
      const lines = text.split(/\r\n|\r|\n/).length;
      const misplaced = parsed.problems.filter(({ line, column }) => line < 1 || line > lines || column < 1);
      expect([round, parsed.problems.length > 0, misplaced]).toEqual([round, true, []]);
    }
    expect(refused).toBeGreaterThan(500);
  });
});

describe('a file as it was found', () => {
  const options = { knownAgents: KNOWN_AGENTS };

  test('is parsed by its text', () => {
    const found = { kind: 'found', text: HEAD, bytes: HEAD.length, sha: 'abc' } as const;
    expect(parsePolicyFile(found, options).ok).toBe(true);
  });

  test("that is not UTF-8 is the owner's to mend, and has a digest all the same", () => {
    const parsed = parsePolicyFile({ kind: 'found', text: null, bytes: 20, sha: 'abc' }, options);
    expect(parsed).toMatchObject({
      ok: false,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      problems: [{ line: 1, column: 1, message: 'The policy is not UTF-8 text. Save it as UTF-8.' }],
    });
  });

  test('that is too large to be handed out is told by its size', () => {
    const parsed = parsePolicyFile(
      { kind: 'found', text: null, bytes: 200 * 1024 * 1024, sha: 'abc' },
      options,
    );
    expect(parsed.ok ? '' : parsed.problems[0]?.message).toMatch(/^The policy has 200\.0 MB/);
  });
});

describe('a loaded policy', () => {
  const policy = load(`zones:
  infra:
    paths:
      - infra/**
      - "**/*.tf"
    approvals: { count: 2 }
`);

  test('is what the file states, with nothing filled in', () => {
    expect(policy.document).toEqual({
      version: 1,
      owner: '@acme/platform',
      zones: { infra: { paths: ['infra/**', '**/*.tf'], approvals: { count: 2 } } },
    });
  });

  test('knows the line of every key, list item, and of the nearest key above one that is not there', () => {
    expect(policy.lineOf(['owner'])).toBe(2);
    expect(policy.lineOf(['zones', 'infra'])).toBe(4);
    expect(policy.lineOf(['zones', 'infra', 'paths', 1])).toBe(7);
    expect(policy.lineOf(['zones', 'infra', 'approvals', 'count'])).toBe(8);
    expect(policy.lineOf(['zones', 'infra', 'merge'])).toBe(4);
    expect(policy.lineOf(['trace', 'required'])).toBeNull();
  });

  test('has the SHA-256 of its text as digest, and another for another text', () => {
    expect(parse('version: 1\nowner: requester\n')).toMatchObject({
      policy: { digest: 'd59c69fc0362c9fc9805b4824a57ca0369a575b560622e994376a6dea237d8c2' },
    });
    expect(load('').digest).not.toBe(load('# more\n').digest);
  });

  test('without problems tells none, and with warnings is valid', () => {
    expect(policy.warnings).toEqual([]);
    expect(load('zones: { a: { paths: ["*.tf"] } }\n').warnings).toHaveLength(1);
  });

  test('knows agents of the catalogue and those that the file matches', () => {
    const own = load(
      'agents:\n  acme: { match: { logins: ["acme[bot]"] }, tier: 0 }\n  devin: { tier: 2 }\nhalt: [acme]\n',
    );
    expect(own.document.halt).toEqual(['acme']);
  });
});
