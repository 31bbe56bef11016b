// What does the JSON of `promptfoo eval -o results.json` say? Versions 2 (until 2024) and 3.
import { createHash } from 'node:crypto';
import type { CaseStatus } from '../domain/eval-results.js';
import { code, say } from '../domain/message.js';
import { type JsonShape, walkJson } from '../formats/json-walk.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import { type Collector, createCollector, type FileResults } from './collect.js';
import { at, categoriesOf, isRecord, namesOf, textOf } from './found-values.js';

const VALUE: JsonShape = { kind: 'value' };

interface Row {
  readonly key: string;
  readonly provider: string;
  readonly prompt: string;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly status: CaseStatus;
  readonly message: string | null;
  readonly seconds: number | null;
}

/** https://www.promptfoo.dev/docs/configuration/outputs; types: `EvaluateResult` in promptfoo's src/types. */
export async function readPromptfoo(file: NamedFile): Promise<FileResults> {
  const collector = createCollector(file.name);
  const rows: Row[] = [];
  let cost = 0;
  let hasCost = false;
  const take = (item: unknown) => {
    rows.push(toRow(file, collector, item));
    if (rows.length > MAX_ROWS)
      throw new Unreadable(say`${code(file.name)}: more than 200,000 results`, 'too-large');
    const one = collector.figure(at(item, 'cost'), 1e6);
    if (one !== null) [cost, hasCost] = [cost + one, true];
  };
  const document = await walkJson(file.name, file.chunks, {
    kind: 'object',
    members: {
      results: {
        kind: 'object',
        members: { version: VALUE, stats: VALUE, results: { kind: 'list', of: ROW, take } },
      },
      config: {
        kind: 'object',
        members: { description: VALUE, commandLineOptions: { kind: 'object', members: { repeat: VALUE } } },
      },
      metadata: { kind: 'object', members: { promptfooVersion: VALUE } },
      runtimeOptions: { kind: 'object', members: { repeat: VALUE } },
    },
  });
  const version = at(document, 'results', 'version');
  if ((version !== 2 && version !== 3) || at(document, 'results', 'results') !== true) {
    throw new Unreadable(say`${code(file.name)}: it is not promptfoo's JSON of version 2 or 3`);
  }
  const stats = at(document, 'results', 'stats');
  checkStats(file, collector, stats, rows);
  addRows(collector, rows, repeatOf(document));
  const toolVersion = textOf(at(document, 'metadata', 'promptfooVersion'));
  return collector.finish({
    tool: { name: 'promptfoo', version: toolVersion?.slice(0, 50) ?? null },
    suite: textOf(at(document, 'config', 'description')),
    head: null,
    cost: hasCost ? cost : null,
    tokens: collector.figure(at(stats, 'tokenUsage', 'total'), 1e15),
  });
}

const MAX_ROWS = 200_000;

const ROW: JsonShape = {
  kind: 'object',
  members: {
    success: VALUE,
    error: VALUE,
    failureReason: VALUE,
    namedScores: VALUE,
    latencyMs: VALUE,
    cost: VALUE,
    promptIdx: VALUE,
    vars: VALUE,
    metadata: VALUE,
    provider: { kind: 'object', members: { id: VALUE, label: VALUE } },
    prompt: { kind: 'object', members: { label: VALUE } },
    gradingResult: { kind: 'object', members: { pass: VALUE, reason: VALUE } },
    testCase: { kind: 'object', members: { description: VALUE, vars: VALUE, metadata: VALUE } },
  },
};

function toRow(file: NamedFile, collector: Collector, item: unknown): Row {
  const success = at(item, 'success');
  if (typeof success !== 'boolean')
    throw new Unreadable(say`${code(file.name)}: a result without ${code('success')}`);
  const metadata = at(item, 'testCase', 'metadata') ?? at(item, 'metadata');
  // Red team runs name what they try here.
  const plugin = namesOf(at(metadata, 'pluginId'));
  const vars = at(item, 'testCase', 'vars') ?? at(item, 'vars');
  const named = categoriesOf(metadata);
  const scores = at(item, 'namedScores');
  const latency = collector.figure(at(item, 'latencyMs'), 1e12);
  const status = statusOf(item, success);
  return {
    key: keyOf(metadata, textOf(at(item, 'testCase', 'description')), vars),
    provider: textOf(at(item, 'provider', 'label')) ?? textOf(at(item, 'provider', 'id')) ?? '',
    prompt: textOf(at(item, 'promptIdx')) ?? textOf(at(item, 'prompt', 'label')) ?? '',
    categories: [...named, ...plugin, ...(named.length + plugin.length === 0 ? categoriesOf(vars) : [])],
    tags: [
      ...namesOf(at(metadata, 'strategyId')),
      ...(isRecord(scores) ? Object.keys(scores).slice(0, 10) : []),
    ],
    status,
    message:
      status === 'passed' ? null : (textOf(at(item, 'gradingResult', 'reason')) ?? textOf(at(item, 'error'))),
    seconds: latency === null ? null : latency / 1000,
  };
}

/** `failureReason`: 0 none, 1 an assertion, 2 an error. Version 2 has none; there a result that was not graded erred. */
function statusOf(item: unknown, success: boolean): CaseStatus {
  const isGraded = at(item, 'gradingResult', 'pass') !== undefined;
  const reason = at(item, 'failureReason');
  if (success) return at(item, 'gradingResult', 'pass') === false ? 'failed' : 'passed';
  if (reason === 2) return 'errored';
  return isGraded || reason === 1 ? 'failed' : 'errored';
}

/** Set anew for every run, and so no part of what a case is. */
const CHANGING = new Set(['sessionId', '_conversation']);

/**
 * What a case is called must outlast a change of prompt, provider and order: `metadata.id` if there is one, else the
 * description and a digest of the variables.
 */
function keyOf(metadata: unknown, description: string | null, vars: unknown): string {
  const id = textOf(at(metadata, 'id'));
  if (id !== null) return id;
  const members = isRecord(vars)
    ? Object.entries(vars)
        .filter(([name]) => !CHANGING.has(name))
        .sort(([a], [b]) => (a < b ? -1 : 1))
    : [];
  if (members.length === 0) return description ?? '(no description)';
  const digest = createHash('sha256').update(JSON.stringify(members)).digest('hex').slice(0, 8);
  const shown =
    description ??
    members
      .map(([name, value]) => `${name}=${shorten(value)}`)
      .join(' ')
      .slice(0, 120);
  return `${shown} [${digest}]`;
}

function shorten(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
    .replace(/\s+/g, ' ')
    .slice(0, 40);
}

/** Provider and prompt belong to the name only where there are several. */
function addRows(collector: Collector, rows: readonly Row[], repeat: number): void {
  const providers = new Set(rows.map(({ provider }) => provider));
  const prompts = new Set(rows.map(({ prompt }) => prompt));
  const seen = new Map<string, number>();
  for (const row of rows) {
    const parts = [
      row.key,
      ...(providers.size > 1 ? [row.provider] : []),
      ...(prompts.size > 1
        ? [`prompt ${/^\d+$/.test(row.prompt) ? Number(row.prompt) + 1 : row.prompt}`]
        : []),
    ];
    const id = parts.join(' · ');
    const times = seen.get(id) ?? 0;
    seen.set(id, times + 1);
    const [category = null, ...more] = row.categories;
    // With `--repeat 3` the same case comes three times. A fourth is another of the same name: the worst counts.
    const run = times < repeat ? String(times) : '0';
    collector.add({ ...row, id, category, tags: [...more, ...row.tags], failedBefore: false }, run);
  }
}

function repeatOf(document: unknown): number {
  const repeat =
    at(document, 'runtimeOptions', 'repeat') ?? at(document, 'config', 'commandLineOptions', 'repeat');
  return typeof repeat === 'number' && Number.isInteger(repeat) && repeat >= 1 && repeat <= 100 ? repeat : 1;
}

/** A list cut to its passes would still be JSON; its own counts tell. */
function checkStats(file: NamedFile, collector: Collector, stats: unknown, rows: readonly Row[]): void {
  const declared =
    (collector.figure(at(stats, 'failures'), 1e9) ?? 0) + (collector.figure(at(stats, 'errors'), 1e9) ?? 0);
  const found = rows.filter(({ status }) => status !== 'passed').length;
  if (declared <= found) return;
  throw new Unreadable(say`${code(file.name)}: it says that ${declared} failed and shows ${found}`);
}
