// Does the app know of a change's coverage what its artifact says, and nothing that it does not?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readCoverageFacts } from '../../src/app/coverage-facts.js';
import { createCoverageReader } from '../../src/app/coverage-reader.js';
import { COBERTURA, ISTANBUL_SUMMARY } from '../coverage/reports.js';
import {
  AFTER,
  GOOD,
  HEAD,
  lcov,
  MEASURED,
  openStreet,
  READ,
  type Street,
  zipOf,
} from './coverage-street.js';

// A thread from the sources takes seconds to begin on a busy machine.
jest.setTimeout(60_000);

let street: Street;
beforeAll(async () => {
  street = await openStreet();
}, 60_000);
afterEach(() => street.github.assertClean());
afterAll(() => street.close());

describe('a report of the head', () => {
  test('is measured with three requests, and with none at the next review', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    const { run } = shop.upload(GOOD);
    const first = await shop.look();
    expect(first).toMatchObject({ facts: { ...MEASURED, runId: run.id }, recheckAt: null });
    expect(first.requests).toEqual(READ);
    expect(first.files.map(({ patch }) => patch?.split('\n').length)).toEqual([8]);
    const second = await shop.look();
    expect(second).toEqual({ ...first, requests: [] });
  });

  test('in Cobertura’s form, in a folder of the archive, is united with the others', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    const cobertura = { name: 'out/coverage.xml', content: COBERTURA };
    shop.upload(
      zipOf(cobertura, { name: 'out/lcov.info', content: lcov() }, { name: 'a.html', content: '<p>' }),
    );
    const { facts } = await shop.look();
    expect(facts).toMatchObject({
      ...MEASURED,
      notes: ['2 reports are united.'],
      project: { executable: 8 },
    });
  });

  test('of which hunks were read before costs two requests', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    const target = shop.targetOf(shop.pull);
    const { snapshot, files } = await shop.look();
    await street.storage.coverageResults.forget(shop.repository.id, shop.pull.headSha);
    const again = { ...snapshot, files };
    await readCoverageFacts(shop.deps, shop.client, target, shop.repository.id, again, HEAD);
    expect(street.github.takeRequests().map(({ operation }) => operation)).toEqual(READ.slice(0, 2));
  });

  test('names files it does not know, with the lines they add', async () => {
    const shop = await street.foundShop({ ...AFTER, 'src/new.ts': 'a\nb\n', 'README.md': '# The shop\n' });
    shop.runChecks();
    shop.upload(GOOD);
    const { facts } = await shop.look();
    expect(facts).toMatchObject({ ...MEASURED, unmeasured: [{ path: 'src/new.ts', addedLines: 2 }] });
  });

  test('takes lines that GitHub does not show for untested, never for tested', async () => {
    const big = `${'x\n'.repeat(20_001)}`;
    const shop = await street.foundShop({ ...AFTER, 'src/pay.ts': `a\n${big}`, 'src/big.ts': big });
    shop.runChecks();
    const report = `${lcov()}${lcov('src/pay.ts', [1])}${lcov('src/big.ts', [1, 0])}`;
    shop.upload(zipOf(report));
    expect((await shop.look()).facts).toMatchObject({
      files: [
        // Of a new file every line is added.
        { path: 'src/tax.ts', covered: 3, executable: 5 },
        { path: 'src/big.ts', covered: 1, executable: 2, uncovered: [{ start: 2, end: 2, lines: 1 }] },
      ],
      unmeasured: [{ path: 'src/pay.ts', addedLines: 20_001 }],
      notes: ['GitHub shows no hunks of src/pay.ts: nobody can tell which of the added lines are tested.'],
    });
  });

  test('is no report where GitHub shows hunks of nothing it measures', async () => {
    const shop = await street.foundShop({ 'src/pay.ts': `a\n${'x\n'.repeat(20_001)}` });
    shop.runChecks();
    shop.upload(zipOf(lcov('src/pay.ts', [1])));
    expect((await shop.look()).facts).toEqual({
      kind: 'missing',
      why: 'no-patches',
      detail: 'GitHub shows no hunks of src/pay.ts',
    });
  });

  test('with negative and huge counts, lines that cannot be and files that are not there is read', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    const odd =
      'TN:\nSF:src/tax.ts\nDA:2,-5\nDA:3,99999999999999999999999\nDA:99999999999,1\nend_of_record\n';
    shop.upload(zipOf(`${odd}TN:\nSF:src/nowhere.ts\nDA:1,1\nend_of_record\n`));
    expect((await shop.look()).facts).toMatchObject({
      kind: 'measured',
      files: [{ path: 'src/tax.ts', covered: 1, executable: 2, uncovered: [{ start: 2, end: 2, lines: 1 }] }],
      notes: [
        expect.stringContaining('negative count'),
        expect.stringContaining('line number that cannot be'),
      ],
    });
  });

  test('of another kind of files says so', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(zipOf(lcov('tool/main.py', [1])));
    expect((await shop.look()).facts).toMatchObject({
      files: [],
      unmeasured: [],
      notes: ['The report knows no file of the kinds that this change adds lines to.'],
    });
  });

  test('of two packages with the same file names measures each by its own', async () => {
    const at = (name: string) => `packages/${name}/src/index.ts`;
    const shop = await street.foundShop(
      { [at('ui')]: 'a\nb\n' },
      { [at('ui')]: 'a\n', [at('api')]: 'a\nb\n' },
    );
    shop.runChecks();
    const ofUi = { name: 'packages/ui/coverage/lcov.info', content: lcov('src/index.ts', [1, 0]) };
    const ofApi = { name: 'packages/api/coverage/lcov.info', content: lcov('src/index.ts', [1, 1]) };
    shop.upload(zipOf(ofUi, ofApi));
    expect((await shop.look()).facts).toMatchObject({
      files: [{ path: at('ui'), covered: 0, executable: 1 }],
      project: { covered: 3, executable: 4 },
      notes: expect.arrayContaining([
        'src/index.ts of the coverage is taken for packages/ui/src/index.ts: only the changed files were compared.',
      ]),
    });
  });
});

describe('what is missing is said', () => {
  test('no artifact', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD, { name: 'logs' });
    const { facts, requests } = await shop.lookLater();
    expect(facts).toEqual({
      kind: 'missing',
      why: 'no-report',
      detail: 'no workflow run on this head uploaded an artifact named coverage',
    });
    expect(requests).toEqual(READ.slice(0, 1));
    expect((await shop.look()).requests).toEqual([]);
  });

  test('an artifact of another pull request’s head', async () => {
    const shop = await street.foundShop();
    const other = shop.open({ 'src/pay.ts': 'b\n' }, 'other');
    shop.runChecks();
    shop.upload(GOOD, { headSha: other.headSha });
    expect((await shop.lookLater()).facts).toMatchObject({ kind: 'missing', why: 'no-report' });
  });

  test('an artifact of an earlier head is stale, with both commits', async () => {
    const shop = await street.foundShop();
    const earlier = shop.pull.headSha;
    shop.upload(GOOD);
    shop.pull.push({ files: { 'src/pay.ts': 'b\n' }, author: 'bo' });
    shop.runChecks();
    expect((await shop.lookLater()).facts).toEqual({
      kind: 'missing',
      why: 'stale-report',
      detail: `the report is of commit ${earlier.slice(0, 7)}, and the head is ${shop.pull.headSha.slice(0, 7)}`,
    });
  });

  test('an artifact of a head that was pushed over is stale too', async () => {
    const shop = await street.foundShop();
    await shop.ingest('pull_request');
    const earlier = shop.pull.headSha;
    shop.upload(GOOD);
    shop.pull.forcePush({ commits: [{ files: { 'src/tax.ts': 'new\n' }, message: 'Again', author: 'bo' }] });
    await street.github.idle();
    await shop.ingest('pull_request');
    shop.runChecks();
    const { facts } = await shop.lookLater();
    expect(facts).toMatchObject({
      why: 'stale-report',
      detail: expect.stringContaining(earlier.slice(0, 7)),
    });
  });

  test('an expired artifact', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD, { expired: true });
    expect((await shop.look()).facts).toMatchObject({
      why: 'no-report',
      detail: 'the artifact coverage expired: run the workflow again',
    });
  });

  test('a permission the App was not given, and asked again at the next review', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    const client = await shop.connect({ checks: 'write', contents: 'read', pull_requests: 'write' });
    expect((await shop.look(HEAD, { by: client })).facts).toEqual({
      kind: 'missing',
      why: 'not-permitted',
      detail: expect.stringContaining('actions: read'),
    });
    expect((await shop.look()).facts).toMatchObject(MEASURED);
  });

  test('checks that could not be read', async () => {
    const shop = await street.foundShop();
    const { snapshot } = await shop.look();
    const target = shop.targetOf(shop.pull);
    const blind = { ...snapshot, checks: null };
    const { facts } = await readCoverageFacts(
      shop.deps,
      shop.client,
      target,
      shop.repository.id,
      blind,
      HEAD,
    );
    expect(facts).toMatchObject({
      kind: 'missing',
      why: 'no-report',
      detail: expect.stringContaining('checks'),
    });
  });

  test.each([
    ['a server error', { status: 502 }],
    ['a broken connection', { drop: 'before' as const }],
    [
      'a rate limit',
      {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 600),
        },
        body: { message: 'API rate limit exceeded' },
      },
    ],
  ])('%s is no missing report: it is thrown, and nothing is remembered', async (_, fault) => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    street.github.fail({ operation: 'actions/list-artifacts-for-repo' }, fault);
    await expect(shop.look()).rejects.toMatchObject({ retryable: true });
    street.github.clearFaults();
    // A limit is kept to by the client that met it.
    const fresh = await shop.connect();
    const { facts } = await shop.look(HEAD, { by: fresh, reader: fresh });
    expect(facts).toMatchObject(MEASURED);
  });
});

describe('a report that is not to be believed is broken, and the next one is read', () => {
  const bomb = zipOf(`SF:src/tax.ts\n${'DA:1,1\n'.repeat(3_000_000)}`);
  const entities = `<?xml version="1.0"?><!DOCTYPE coverage [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<coverage version="1"><packages/></coverage>`;
  test.each<[string, Buffer, string]>([
    ['no archive', Buffer.from('SF:src/tax.ts'), 'not a zip archive'],
    ['an archive cut short', GOOD.subarray(0, GOOD.length - 30), 'not a zip archive'],
    ['an empty file', zipOf(''), 'is empty'],
    ['a file without a line', zipOf('TN:\nSF:src/tax.ts\nend_of_record\n'), 'no executable line'],
    ['a file cut short', zipOf('TN:\nSF:src/tax.ts\nDA:1,1\n'), 'end_of_record is missing'],
    ['totals only', zipOf({ name: 'coverage-summary.json', content: ISTANBUL_SUMMARY }), 'totals only'],
    ['a zip bomb', bomb, 'zip bomb'],
    [
      'a path that leaves the archive',
      zipOf({ name: '../../etc/passwd', content: lcov() }),
      'invalid relative path',
    ],
    ['a symbolic link', zipOf({ name: 'lcov.info', content: '/etc/passwd', mode: 0o120777 }), 'link'],
    ['an entity bomb', zipOf({ name: 'coverage.xml', content: entities }), 'document type'],
  ])('%s', async (_, content, words) => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(content);
    const { facts } = await shop.look();
    expect(facts).toEqual({ kind: 'missing', why: 'broken-report', detail: expect.stringContaining(words) });
    expect(facts).toMatchObject({ detail: expect.not.stringMatching(/\.$|^The /) });
  });

  test('pages without a report are no report', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(zipOf({ name: 'index.html', content: '<html></html>' }));
    expect((await shop.look()).facts).toMatchObject({
      why: 'no-report',
      detail: expect.stringContaining('index.html'),
    });
  });

  test('an artifact over the cap is not downloaded', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD, { size: 1e9 });
    const { facts, requests } = await shop.look();
    expect(facts).toMatchObject({
      why: 'broken-report',
      detail: 'the artifact coverage is larger than 100 MB',
    });
    expect(requests).toEqual(READ.slice(0, 1));
  });

  test.each([
    ['needs too much memory', { memoryMb: 8, timeoutMs: 60_000 }, 'needs more than 8 MB'],
    ['takes too long', { memoryMb: 512, timeoutMs: 1 }, 'takes more than 0.001 s'],
  ])('one that %s', async (_, limits, words) => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    const coverage = { ...shop.deps.coverage, reader: createCoverageReader(limits) };
    const deps = { ...shop.deps, coverage };
    const found = await shop.look(HEAD, { using: deps });
    expect(found.facts).toMatchObject({ why: 'broken-report', detail: expect.stringContaining(words) });
    await street.storage.coverageResults.forget(shop.repository.id, shop.pull.headSha);
    expect((await shop.look()).facts).toMatchObject(MEASURED);
  });
});
