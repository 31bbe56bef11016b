// What does a log of Inspect AI say, in its JSON form (`inspect log convert --to json`)?

import type { CaseStatus } from '../domain/eval-results.js';
import { code, say } from '../domain/message.js';
import { type JsonShape, walkJson } from '../formats/json-walk.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import { type Collector, createCollector, type FileResults } from './collect.js';
import { at, categoriesOf, isRecord, textOf } from './found-values.js';
import { Incomplete } from './incomplete.js';

const VALUE: JsonShape = { kind: 'value' };

/** https://inspect.aisi.org.uk/reference/inspect_ai.log.html: `EvalLog`, version 2. */
export async function readInspect(file: NamedFile): Promise<FileResults> {
  const collector = createCollector(file.name);
  let samples = 0;
  const take = (item: unknown) => {
    samples += 1;
    addSample(file, collector, item);
  };
  const document = await walkJson(
    file.name,
    file.chunks,
    {
      kind: 'object',
      members: {
        version: VALUE,
        status: VALUE,
        error: { kind: 'object', members: { message: VALUE } },
        eval: {
          kind: 'object',
          members: {
            task: VALUE,
            revision: { kind: 'object', members: { commit: VALUE, dirty: VALUE } },
            packages: VALUE,
          },
        },
        results: { kind: 'object', members: { total_samples: VALUE } },
        stats: { kind: 'object', members: { model_usage: VALUE } },
        samples: { kind: 'list', of: SAMPLE, take },
      },
    },
    { hasConstants: true },
  );
  const status = at(document, 'status');
  if (at(document, 'version') !== 2 || typeof status !== 'string' || at(document, 'eval') === undefined) {
    throw new Unreadable(say`${code(file.name)}: it is not a log of Inspect of version 2`);
  }
  if (status !== 'success') {
    const cause = textOf(at(document, 'error', 'message'));
    throw new Incomplete(
      cause === null
        ? say`${code(file.name)}: Inspect says that the run did not finish (${status.slice(0, 40)})`
        : say`${code(file.name)}: Inspect says that the run did not finish (${status.slice(0, 40)}: ${cause.slice(0, 300)})`,
    );
  }
  if (at(document, 'samples') !== true) {
    throw new Incomplete(say`${code(file.name)}: the log has no samples. Run Inspect with \`--log-samples\``);
  }
  const total = collector.figure(at(document, 'results', 'total_samples'), 1e9);
  if (total !== null && total > samples) {
    throw new Incomplete(
      say`${code(file.name)}: the log says that it has ${total} samples and shows ${samples}`,
    );
  }
  return collector.finish({
    tool: {
      name: 'inspect',
      version: textOf(at(document, 'eval', 'packages', 'inspect_ai'))?.slice(0, 50) ?? null,
    },
    suite: textOf(at(document, 'eval', 'task')),
    // Inspect records the revision of the folder it runs in, which is the harness and not the change.
    head: null,
    ...addUsage(collector, at(document, 'stats', 'model_usage')),
  });
}

const SAMPLE: JsonShape = {
  kind: 'object',
  members: {
    id: VALUE,
    epoch: VALUE,
    scores: VALUE,
    metadata: VALUE,
    error: { kind: 'object', members: { message: VALUE } },
    error_retries: { kind: 'list', of: { kind: 'object', members: {} }, take: () => undefined },
    invalidation: VALUE,
    limit: { kind: 'object', members: { type: VALUE } },
    total_time: VALUE,
  },
};

function addSample(file: NamedFile, collector: Collector, item: unknown): void {
  const id = textOf(at(item, 'id'));
  if (id === null) throw new Unreadable(say`${code(file.name)}: a sample without ${code('id')}`);
  const epoch = at(item, 'epoch') ?? 1;
  if (typeof epoch !== 'number' || !Number.isInteger(epoch)) {
    throw new Unreadable(
      say`${code(file.name)}: sample ${code(id.slice(0, 100))} has an epoch that is no number`,
    );
  }
  const [category = null, ...tags] = categoriesOf(at(item, 'metadata'));
  const { status, message } = gradeSample(item);
  collector.add(
    {
      id,
      category,
      tags,
      status,
      message,
      seconds: collector.figure(at(item, 'total_time'), 1e9),
      failedBefore: false,
    },
    String(epoch),
  );
}

interface Grade {
  readonly status: CaseStatus;
  readonly message: string | null;
}

function gradeSample(item: unknown): Grade {
  const error = at(item, 'error');
  if (error !== undefined && error !== null) {
    return { status: 'errored', message: textOf(at(error, 'message')) ?? 'the sample ended with an error' };
  }
  const invalidation = at(item, 'invalidation');
  if (invalidation !== undefined && invalidation !== null) {
    return { status: 'errored', message: 'the sample was declared invalid' };
  }
  const scores = at(item, 'scores');
  const grades = isRecord(scores)
    ? Object.entries(scores).map(([scorer, score]) => gradeScore(scorer, score))
    : [];
  const limit = textOf(at(item, 'limit', 'type'));
  if (grades.length === 0) {
    return {
      status: 'errored',
      message: limit === null ? 'no score' : `no score: ended by the ${limit} limit`,
    };
  }
  return (
    grades.find(({ status }) => status === 'failed') ??
    grades.find(({ status }) => status === 'errored') ?? { status: 'passed', message: null }
  );
}

/**
 * Only a full score is a pass: `C`, true or 1. Where a scorer grades in between, its own threshold belongs into the
 * scorer; a figure above 1 is of a scale nobody here knows.
 */
function gradeScore(scorer: string, score: unknown): Grade {
  const value = at(score, 'value');
  const values = isRecord(value) ? Object.values(value) : Array.isArray(value) ? value : [value];
  // `NaN` is how Inspect writes that a scorer could not tell.
  if (values.length === 0 || values.some((each) => each === null || each === undefined)) {
    return { status: 'errored', message: explain(scorer, 'not scored', score) };
  }
  const wrong = values.find((each) => !isFull(each));
  if (wrong === undefined) return { status: 'passed', message: null };
  return { status: 'failed', message: explain(scorer, (textOf(wrong) ?? String(wrong)).slice(0, 40), score) };
}

function isFull(value: unknown): boolean {
  if (typeof value === 'string') return value === 'C' || /^(?:yes|true|1(?:\.0+)?)$/i.test(value.trim());
  return value === true || value === 1;
}

function explain(scorer: string, grade: string, score: unknown): string {
  const why = textOf(at(score, 'explanation'));
  return `${scorer}: ${grade}${why === null ? '' : `. ${why}`}`;
}

function addUsage(collector: Collector, usage: unknown): { cost: number | null; tokens: number | null } {
  const models = isRecord(usage) ? Object.values(usage) : [];
  const add = (member: string, most: number) =>
    models
      .map((each) => collector.figure(at(each, member), most))
      .reduce((sum, each) => (each === null ? sum : (sum ?? 0) + each), null);
  return { cost: add('total_cost', 1e9), tokens: add('total_tokens', 1e15) };
}
