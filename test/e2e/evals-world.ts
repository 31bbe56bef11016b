// What do tests of evals stand on? The shipped workflow on the default branch, and results as a harness writes them.
import { readFile } from 'node:fs/promises';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';
import { makeZip } from '../formats/make-zip.js';
import type { Site, World } from './world.js';

export const FILE = 'agent-evals.yml';
export const WORKFLOW = await readFile(new URL(`../../config/workflows/${FILE}`, import.meta.url), 'utf8');

export interface SuiteOptions {
  /** More settings of the suite, as YAML in braces writes them. */
  readonly suite?: string;
  /** More of `evals`. */
  readonly evals?: string;
  /** Default: `json`. */
  readonly format?: string;
  /** `null`: none on the default branch. */
  readonly workflow?: string | null;
}

/** A zone `prompts/` that asks everyone for the suite `support`, at 75%. */
export function policyOf({ suite = '', evals = '', format = 'json' }: SuiteOptions): string {
  return `version: 1
owner: "@acme/platform"
zones:
  prompts: { paths: ["prompts/**"], for: everyone, evals: [support] }
evals:
  ${evals}
  suites:
    support: { workflow: ${FILE}, results: { artifact: eval-results, format: ${format} }, pass_rate: 75%, ${suite} }
`;
}

/** A company with that policy. */
export async function foundSuite(site: Site, options: SuiteOptions = {}): Promise<World> {
  const world = site.found({ policy: policyOf(options) });
  const workflow = options.workflow === undefined ? WORKFLOW : options.workflow;
  if (workflow !== null) {
    const files = { [`.github/workflows/${FILE}`]: workflow };
    world.repository.commit({ files, message: 'Add evals', author: 'dana' });
  }
  await site.settle();
  return world;
}

/** Four cases, of which so many pass. */
export function resultsOf(passed: number, head?: string): Buffer {
  const cases = [1, 2, 3, 4].map((number) => ({
    id: `refund-${number}`,
    category: 'refunds',
    status: number <= passed ? 'passed' : 'failed',
  }));
  const results = { format: 'agent-policy-evals', version: 1, suite: 'support', head, cases };
  return makeZip([{ name: 'results.json', content: JSON.stringify(results) }]);
}

export const artifact = (content: Buffer) => ({ name: 'eval-results', content });

export function evalsCheck(site: Site, world: World, pull: PullRequestHandle) {
  const filter = { sha: pull.headSha, name: 'agent-policy/evals', app: site.app, latest: true };
  const run = world.repository.checkRuns(filter).at(-1);
  if (run === undefined) return null;
  const { conclusion, title, summary, text, actions } = run;
  return { run, conclusion, title: title ?? '', summary: summary ?? '', text: text ?? '', actions };
}
