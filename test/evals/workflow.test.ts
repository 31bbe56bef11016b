// Does the workflow we ship keep secrets, results and the candidate's code apart?
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';

const TEXT = readFileSync(new URL('../../config/workflows/agent-evals.yml', import.meta.url), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly needs?: string;
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly 'runs-on': string;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly 'run-name': string;
  readonly on: Readonly<
    Record<string, { readonly inputs?: Readonly<Record<string, { readonly required: boolean }>> }>
  >;
  readonly permissions: unknown;
  readonly env?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const uses = ({ steps }: Job, action: string) =>
  steps.filter((step) => step.uses?.startsWith(`actions/${action}@`));
const DEFAULT_BRANCH = '${{ github.event.repository.default_branch }}';

/** Every promise that is broken; none for the workflow as we ship it. */
function findProblems(text: string): string[] {
  const { on, permissions, jobs, env, 'run-name': runName } = load(text) as Workflow;
  const { answer, score } = jobs as { readonly answer: Job; readonly score: Job };
  const problems: string[] = [];
  const demand = (isKept: boolean, problem: string) => {
    if (!isKept) problems.push(problem);
  };
  const all = [answer, score];
  demand(Object.keys(jobs).join() === 'answer,score', 'other jobs');
  demand(Object.keys(on).join() === 'workflow_dispatch,push,schedule', 'started by something else');
  demand(
    Object.entries(on.workflow_dispatch?.inputs ?? {}).every(([, { required }]) => required) &&
      Object.keys(on.workflow_dispatch?.inputs ?? {}).join() === 'head_sha,pull_request,suite,nonce',
    'other inputs',
  );
  demand(runName.includes('${{ inputs.nonce'), 'no nonce in the name of the run');
  demand(JSON.stringify(permissions) === '{}', 'permissions by default');
  demand(
    all.every((job) => JSON.stringify(job.permissions) === '{"contents":"read"}'),
    'a job may write',
  );
  demand(
    all.every((job) => (job['timeout-minutes'] ?? 360) <= 60 && job['runs-on'] === 'ubuntu-latest'),
    'no end',
  );
  // The candidate's job.
  demand(!JSON.stringify(answer).includes('secrets'), 'a secret beside the candidate');
  demand(!JSON.stringify(env ?? {}).includes('secrets'), 'a secret for all jobs');
  demand(!all.some((job) => uses(job, 'cache').length > 0 || /cache/.test(JSON.stringify(job))), 'a cache');
  const candidate = answer.steps.filter((step) => step.run?.includes('/candidate') === true);
  demand(
    candidate.length === 1 &&
      [
        '--network none',
        '--read-only',
        '--cap-drop ALL',
        'no-new-privileges',
        '--user 65534',
        'candidate:/candidate:ro',
      ].every((flag) => candidate[0]!.run!.includes(flag)) &&
      !/docker\.sock|--privileged|--env|-e /.test(candidate[0]!.run!),
    'the candidate is not shut in',
  );
  demand(
    uses(answer, 'upload-artifact').every((step) => step.with?.name === 'eval-outputs'),
    'the candidate gives results',
  );
  // The scorer's job.
  demand(score.needs === 'answer', 'scored before it is answered');
  demand(
    !/head_sha|inputs\.|pull_request|candidate/.test(JSON.stringify(score)),
    'the scorer sees the candidate',
  );
  demand(
    uses(score, 'checkout').length === 1 && uses(score, 'checkout')[0]!.with?.ref === DEFAULT_BRANCH,
    'the scorer is not of the default branch',
  );
  demand(
    uses(score, 'download-artifact').every(({ with: given }) => given?.path === 'outputs'),
    'answers beside the scorer',
  );
  demand(
    uses(score, 'upload-artifact')
      .map((step) => step.with?.name)
      .join() === 'eval-results',
    'no results',
  );
  demand(
    all
      .flatMap((job) => uses(job, 'upload-artifact'))
      .every(({ with: given }) => given?.['if-no-files-found'] === 'error'),
    'nothing passes for results',
  );
  demand(
    all.flatMap((job) => uses(job, 'checkout')).every((step) => step.with?.['persist-credentials'] === false),
    'a token is left behind',
  );
  // What is written into a script is run: values go through the environment.
  demand(
    all.every((job) => job.steps.every((step) => !/\$\{\{/.test(step.run ?? ''))),
    'a value within a script',
  );
  return problems;
}

test('the shipped workflow keeps every promise', () => {
  expect(findProblems(TEXT)).toEqual([]);
});

describe('a workflow that was changed for the worse is found out', () => {
  const insert = (mark: string, added: string) => TEXT.replace(mark, `${mark}${added}`);
  const SCORE = TEXT.slice(TEXT.indexOf('  score:'));

  test.each([
    [
      'a secret beside the candidate',
      insert('      - name: Let the candidate answer\n', '        env: { KEY: "${{ secrets.KEY }}" }\n'),
    ],
    ['a secret for all jobs', insert('\nenv:\n', '  KEY: ${{ secrets.KEY }}\n')],
    [
      'the scorer is not of the default branch',
      TEXT.replace(SCORE, SCORE.replace(DEFAULT_BRANCH, '${{ inputs.head_sha }}')),
    ],
    [
      'the scorer sees the candidate',
      TEXT.replace(SCORE, SCORE.replace(DEFAULT_BRANCH, '${{ inputs.head_sha }}')),
    ],
    ['a job may write', TEXT.replace('      contents: read', '      contents: write')],
    ['permissions by default', TEXT.replace('permissions: {}', 'permissions: write-all')],
    ['started by something else', insert('\non:\n', '  pull_request_target:\n')],
    ['the candidate is not shut in', TEXT.replace('--network none ', '')],
    ['the candidate gives results', TEXT.replace('name: eval-outputs', 'name: eval-results')],
    ['scored before it is answered', TEXT.replace('    needs: answer\n', '')],
    ['no nonce in the name of the run', TEXT.replace('${{ inputs.nonce || github.sha }}', '')],
    ['a token is left behind', TEXT.replace('persist-credentials: false', 'persist-credentials: true')],
    [
      'a value within a script',
      TEXT.replace('sh "evals/$SUITE/score.sh"', 'sh "evals/${{ inputs.suite }}/score.sh"'),
    ],
    [
      'answers beside the scorer',
      SCORE === ''
        ? ''
        : TEXT.replace(SCORE, SCORE.replace('          path: outputs\n', '          path: .\n')),
    ],
    ['nothing passes for results', TEXT.replace('if-no-files-found: error', 'if-no-files-found: warn')],
    ['a cache', insert('      - name: The candidate\n', '        uses: actions/cache@v4\n      -\n')],
    ['other inputs', TEXT.replace('      nonce:\n', '      secret:\n')],
  ])('%s', (problem, changed) => {
    expect(changed).not.toBe(TEXT);
    expect(findProblems(changed)).toContain(problem);
  });
});
