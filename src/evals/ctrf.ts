// What does a report in the Common Test Report Format say?

import type { CaseStatus } from '../domain/eval-results.js';
import { code, say } from '../domain/message.js';
import { type JsonShape, walkJson } from '../formats/json-walk.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import { type Collector, createCollector, type FileResults } from './collect.js';
import { at, categoriesOf, namesOf, textOf } from './found-values.js';

const VALUE: JsonShape = { kind: 'value' };

/** https://github.com/ctrf-io/ctrf/blob/main/schema/ctrf.schema.json */
export async function readCtrf(file: NamedFile): Promise<FileResults> {
  const collector = createCollector(file.name);
  let failed = 0;
  const take = (item: unknown) => {
    if (addTest(file, collector, item) === 'failed') failed += 1;
  };
  const document = await walkJson(file.name, file.chunks, {
    kind: 'object',
    members: {
      results: {
        kind: 'object',
        members: {
          tool: { kind: 'object', members: { name: VALUE, version: VALUE } },
          summary: VALUE,
          tests: { kind: 'list', of: TEST, take },
          environment: { kind: 'object', members: { reportName: VALUE } },
        },
      },
    },
  });
  const results = at(document, 'results');
  const tool = textOf(at(results, 'tool', 'name'));
  if (tool === null || at(results, 'tests') !== true) {
    throw new Unreadable(say`${code(file.name)}: it is not a CTRF report`);
  }
  // A list cut to its passes would still be JSON; its own count tells.
  const declared = collector.figure(at(results, 'summary', 'failed'), 1e9);
  if (declared !== null && declared > failed) {
    throw new Unreadable(say`${code(file.name)}: it says that ${declared} failed and shows ${failed}`);
  }
  return collector.finish({
    tool: { name: tool.slice(0, 100), version: textOf(at(results, 'tool', 'version'))?.slice(0, 50) ?? null },
    suite: textOf(at(results, 'environment', 'reportName')),
    // `environment.commit` is where the reporter ran: the scorer's commit, not the one that was scored.
    head: null,
    cost: null,
    tokens: null,
  });
}

const TEST: JsonShape = {
  kind: 'object',
  members: {
    testId: VALUE,
    name: VALUE,
    status: VALUE,
    rawStatus: VALUE,
    duration: VALUE,
    suite: VALUE,
    message: VALUE,
    tags: VALUE,
    labels: VALUE,
    flaky: VALUE,
    retries: VALUE,
    retryAttempts: { kind: 'list', of: { kind: 'object', members: {} }, take: () => undefined },
  },
};

/** `other` is whatever the tool could not say: nobody knows whether it ran. */
const STATUSES: Readonly<Record<string, CaseStatus>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  pending: 'skipped',
  other: 'errored',
};

function addTest(file: NamedFile, collector: Collector, item: unknown): CaseStatus {
  const name = textOf(at(item, 'name'));
  const said = at(item, 'status');
  if (name === null) throw new Unreadable(say`${code(file.name)}: a test without ${code('name')}`);
  if (typeof said !== 'string' || !Object.hasOwn(STATUSES, said)) {
    throw new Unreadable(say`${code(file.name)}: test ${code(name.slice(0, 100))} has an unknown status`);
  }
  const status = STATUSES[said]!;
  // Until version 0.1 of the format the hierarchy was one text.
  const written = at(item, 'suite');
  const suite = typeof written === 'string' ? written.split(' > ') : namesOf(written);
  const named = [...categoriesOf(at(item, 'labels')), ...namesOf(at(item, 'tags'))];
  const [category = suite.at(-1) ?? null, ...tags] = named;
  const milliseconds = collector.figure(at(item, 'duration'), 1e12);
  const retries = collector.figure(at(item, 'retries'), 1e6) ?? 0;
  collector.add({
    id: textOf(at(item, 'testId')) ?? (suite.length === 0 ? name : `${suite.join(' > ')}::${name}`),
    category,
    tags: [...tags, ...(named.length > 0 ? suite.slice(-1) : [])],
    status,
    message: textOf(at(item, 'message')) ?? (said === 'other' ? textOf(at(item, 'rawStatus')) : null),
    seconds: milliseconds === null ? null : milliseconds / 1000,
    failedBefore: at(item, 'flaky') === true || retries > 0,
  });
  return status;
}
