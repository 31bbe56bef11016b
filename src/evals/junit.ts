// What does a JUnit XML report say? Written by pytest, Jest, Go, Gradle, Surefire and most others.

import type { CaseStatus } from '../domain/eval-results.js';
import { code, say } from '../domain/message.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import { readXml, type XmlAttributes } from '../formats/xml.js';
import { type Collector, createCollector, type FileResults, type FoundCase } from './collect.js';

interface Suite {
  readonly name: string | null;
  /** Failures and errors the suite says it has; `null`: it says nothing that can be. */
  readonly declared: number | null;
  found: number;
}

interface OpenCase {
  readonly name: string;
  readonly className: string | null;
  readonly suite: string | null;
  readonly seconds: number | null;
  readonly categories: string[];
  readonly tags: string[];
  status: CaseStatus;
  message: string | null;
  failedBefore: boolean;
}

/** Of a failure's text, before the cut. */
const MAX_TEXT = 4096;
const MAX_SECONDS = 1e9;

/** There is no schema all tools keep to; https://github.com/testmoapp/junitxml collects what they write. */
export async function readJunit(file: NamedFile): Promise<FileResults> {
  const collector = createCollector(file.name);
  const found: OpenCase[] = [];
  const suites: Suite[] = [];
  const root: { suite: string | null; cost: unknown; tokens: unknown; head: string | null } = {
    suite: null,
    cost: null,
    tokens: null,
    head: null,
  };
  let current: OpenCase | null = null;
  /** The element whose text says why a case did not pass, and at which depth it stands. */
  let reason: { text: string; readonly depth: number; readonly counts: boolean } | null = null;
  let isReport = false;

  const property = (name: string, value: string) => {
    const key = name.trim().toLowerCase();
    if (current !== null) {
      if (key === 'category') current.categories.push(value);
      else if (key === 'tag' || key === 'tags') current.tags.push(...value.split(','));
    } else if (key === 'cost' || key === 'cost_usd') root.cost ??= value;
    else if (key === 'tokens') root.tokens ??= value;
    else if (key === 'head' || key === 'head_sha') root.head ??= value.trim();
  };

  await readXml(file.name, file.chunks, {
    open(element, attributes, depth) {
      if (depth === 1) {
        isReport = element === 'testsuites' || element === 'testsuite';
        if (!isReport) throw new Unreadable(say`${code(file.name)}: it is not a JUnit report`);
      }
      if (element === 'testsuites' || element === 'testsuite') {
        root.suite ??= get(attributes, 'name');
        suites.push({ name: get(attributes, 'name'), declared: declaredOf(collector, attributes), found: 0 });
      } else if (element === 'testcase') {
        if (current !== null) throw new Unreadable(say`${code(file.name)}: a test case within a test case`);
        current = openCase(file, collector, attributes, suites.at(-1)?.name ?? null);
        found.push(current);
        if (found.length > MAX_FOUND) {
          throw new Unreadable(say`${code(file.name)}: more than 200,000 results`, 'too-large');
        }
      } else if (element === 'property') {
        const [name, value] = [get(attributes, 'name'), get(attributes, 'value')];
        if (name !== null && value !== null) property(name, value);
      } else {
        const meaning = Object.hasOwn(MEANINGS, element) ? MEANINGS[element] : undefined;
        // Inside `rerunFailure` and the like stand traces of their own.
        if (meaning === undefined || reason !== null) return;
        if (current === null && !meaning.counts) return;
        if (meaning.counts) for (const suite of suites) suite.found += 1;
        // A suite that broke outside its cases: nobody knows which of them ran.
        current ??= suiteCase(found, suites.at(-1)?.name ?? root.suite);
        note(current, meaning);
        const { message } = current;
        if (meaning.status !== null && message === null) current.message = get(attributes, 'message');
        reason = { text: '', depth, counts: meaning.status !== null };
      }
    },
    close(element, depth) {
      if (reason !== null && depth === reason.depth) {
        if (current !== null && reason.counts) current.message ??= reason.text === '' ? null : reason.text;
        reason = null;
        if (current?.name === OUTSIDE) current = null;
      }
      if (element === 'testcase') current = null;
      if (element === 'testsuites' || element === 'testsuite') checkDeclared(file, suites.pop());
    },
    text(text) {
      if (reason !== null && reason.text.length < MAX_TEXT) reason.text += text.slice(0, MAX_TEXT);
    },
  });
  for (const each of nameCases(found)) collector.add(each);
  return collector.finish({
    tool: null,
    suite: root.suite,
    head: root.head,
    cost: collector.figure(root.cost, 1e9),
    tokens: collector.figure(root.tokens, 1e15),
  });
}

/** One more than the collector takes, which then says so. */
const MAX_FOUND = 200_000;
const OUTSIDE = '(outside the cases)';

interface Meaning {
  /** `null`: an attempt before the last one. */
  readonly status: CaseStatus | null;
  /** Whether the suite's own count of failures and errors has it. */
  readonly counts: boolean;
}

/** The last four are Surefire's: https://maven.apache.org/surefire/maven-surefire-plugin/examples/rerun-failing-tests.html */
const MEANINGS: Readonly<Record<string, Meaning | undefined>> = {
  failure: { status: 'failed', counts: true },
  error: { status: 'errored', counts: true },
  skipped: { status: 'skipped', counts: false },
  disabled: { status: 'skipped', counts: false },
  flakyFailure: { status: null, counts: false },
  flakyError: { status: null, counts: false },
  rerunFailure: { status: null, counts: false },
  rerunError: { status: null, counts: false },
};

const BADNESS: Readonly<Record<CaseStatus, number>> = { passed: 0, skipped: 1, errored: 2, failed: 3 };

function note(open: OpenCase, { status }: Meaning): void {
  if (status === null) open.failedBefore = true;
  else if (BADNESS[status] > BADNESS[open.status]) open.status = status;
}

function openCase(
  file: NamedFile,
  collector: Collector,
  attributes: XmlAttributes,
  suite: string | null,
): OpenCase {
  const name = get(attributes, 'name');
  if (name === null)
    throw new Unreadable(say`${code(file.name)}: an element ${code('testcase')} without ${code('name')}`);
  return {
    name,
    className: get(attributes, 'classname'),
    suite,
    seconds: collector.figure(get(attributes, 'time')?.replace(/,(?=\d{3})/g, ''), MAX_SECONDS),
    categories: [],
    tags: [],
    status: statusOf(attributes),
    message: null,
    failedBefore: false,
  };
}

/** Most tools say it by an element inside; some by an attribute alone. */
function statusOf(attributes: XmlAttributes): CaseStatus {
  const said = [get(attributes, 'status'), get(attributes, 'result')].map((word) => word?.trim() ?? '');
  if (said.some((word) => /^(?:fail|failed|failure)$/i.test(word))) return 'failed';
  if (said.some((word) => /^(?:error|errored|broken|aborted|timedout)$/i.test(word))) return 'errored';
  if (said.some((word) => /^(?:notrun|skipped|disabled|ignored|suppressed|pending|todo)$/i.test(word)))
    return 'skipped';
  return 'passed';
}

function suiteCase(found: OpenCase[], suite: string | null): OpenCase {
  const made: OpenCase = {
    name: OUTSIDE,
    className: suite,
    suite,
    seconds: null,
    categories: [],
    tags: [],
    status: 'passed',
    message: null,
    failedBefore: false,
  };
  found.push(made);
  return made;
}

/** A report cut to its passes would be valid XML; its own counts tell. */
function checkDeclared(file: NamedFile, suite: Suite | undefined): void {
  if (suite?.declared == null || suite.declared <= suite.found) return;
  throw new Unreadable(
    say`${code(file.name)}: the suite ${code(suite.name ?? '')} says that ${suite.declared} failed and shows ${suite.found}`,
  );
}

function declaredOf(collector: Collector, attributes: XmlAttributes): number | null {
  const failures = collector.figure(get(attributes, 'failures'), 1e9);
  const errors = collector.figure(get(attributes, 'errors'), 1e9);
  return failures === null && errors === null ? null : (failures ?? 0) + (errors ?? 0);
}

/** Of one class and name in two suites both are meant, so both are told apart, whichever comes first. */
function* nameCases(found: readonly OpenCase[]): Generator<FoundCase> {
  const suitesOf = new Map<string, string | null | typeof SEVERAL>();
  for (const each of found) {
    const key = keyOf(each);
    const known = suitesOf.get(key);
    suitesOf.set(key, known === undefined || known === each.suite ? each.suite : SEVERAL);
  }
  for (const each of found) {
    const key = keyOf(each);
    const [category = each.className ?? each.suite, ...more] = each.categories;
    const isNamed = each.categories.length > 0;
    yield {
      id: suitesOf.get(key) === SEVERAL ? `${each.suite ?? ''} > ${key}` : key,
      category,
      tags: [...more, ...each.tags, ...(isNamed && each.className !== null ? [each.className] : [])],
      status: each.status,
      message: each.message,
      seconds: each.seconds,
      failedBefore: each.failedBefore,
    };
  }
}

const SEVERAL = Symbol('several suites');

function keyOf({ className, suite, name }: OpenCase): string {
  const within = className ?? suite ?? '';
  return within === '' || within === name ? name : `${within}::${name}`;
}

function get(attributes: XmlAttributes, name: string): string | null {
  return Object.hasOwn(attributes, name) ? attributes[name]! : null;
}
