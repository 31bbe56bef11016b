// When does the app ask what tests run of a change, when does it wait, and for how long does an answer hold?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readCoverageFacts } from '../../src/app/coverage-facts.js';
import type { Dependencies } from '../../src/app/dependencies.js';
import { readPullRequest } from '../../src/github/read-pull-request.js';
import type { NewArtifact } from '../fakes/github/index.js';
import {
  DEFAULT,
  GOOD,
  HEAD,
  lcov,
  MEASURED,
  openStreet,
  READ,
  type Shop,
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

describe('what is not known yet is pending', () => {
  test('while checks of GitHub Actions run, and GitHub is asked nothing', async () => {
    const shop = await street.foundShop();
    shop.upload(GOOD);
    shop.runChecks();
    shop.runChecks(null);
    const { facts, requests, recheckAt } = await shop.look();
    expect({ facts, requests, recheckAt }).toEqual({
      facts: { kind: 'pending', why: 'checks-running' },
      requests: [],
      recheckAt: null,
    });
  });

  test('where no workflow has begun, for ten minutes', async () => {
    const shop = await street.foundShop();
    shop.runOther();
    const { facts, recheckAt, requests } = await shop.look();
    expect({ facts, requests }).toEqual({ facts: { kind: 'pending', why: 'not-started' }, requests: [] });
    expect(recheckAt).toEqual(new Date(shop.clock.ms + 10 * 60_000));
    shop.clock.ms = recheckAt!.getTime();
    expect((await shop.look()).facts).toEqual({
      kind: 'missing',
      why: 'no-report',
      detail: 'no GitHub Actions workflow ran on this head',
    });
  });

  test('between two checks of a run, for a minute', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    const { facts, recheckAt } = await shop.look();
    expect({ facts, recheckAt }).toEqual({
      facts: { kind: 'pending', why: 'checks-running' },
      recheckAt: new Date(shop.clock.ms + 60_000),
    });
    shop.upload(GOOD);
    expect((await shop.look()).facts).toMatchObject(MEASURED);
  });

  test('where a result is known of this head, and its workflow runs again', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    expect((await shop.look()).facts).toMatchObject(MEASURED);
    shop.runChecks(null);
    expect((await shop.look()).facts).toEqual({ kind: 'pending', why: 'checks-running' });
  });
});

test('many large reports of others hold up no job: whoever finds a crowd comes again soon', async () => {
  const shop = await street.foundShop();
  shop.runChecks();
  shop.upload(GOOD);
  const { reader } = shop.deps.coverage;
  let release = () => {};
  const large = new Promise<void>((resolve) => {
    release = resolve;
  });
  const others = Array.from({ length: 6 }, () => reader.inTurn(() => large));
  const { facts, requests, recheckAt } = await shop.look();
  expect({ facts, requests }).toEqual({ facts: { kind: 'pending', why: 'checks-running' }, requests: [] });
  expect(recheckAt!.getTime() - shop.clock.ms).toBeLessThanOrEqual(60_000);
  release();
  await Promise.all(others);
  expect((await shop.look()).facts).toMatchObject(MEASURED);
});

describe('what is remembered of a head', () => {
  test('is forgotten when its workflow ran again', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    expect((await shop.look()).facts).toMatchObject(MEASURED);
    shop.upload(zipOf(lcov('src/tax.ts', [1, 1, 1, 1, 1, 1, 1])));
    expect((await shop.look()).requests).toEqual([]);
    shop.runChecks();
    await shop.ingest('check_run');
    const again = await shop.look();
    expect(again.facts).toMatchObject({ files: [{ covered: 5, executable: 5 }] });
    expect(again.requests).toEqual(READ);
  });

  test('stays when another app’s check is done', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    await shop.look();
    shop.runOther();
    await shop.ingest('check_run');
    expect((await shop.look()).requests).toEqual([]);
  });

  test('does not hold what was read while the workflow ran again', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    const { reader } = shop.deps.coverage;
    const racing: Dependencies = {
      ...shop.deps,
      coverage: {
        ...shop.deps.coverage,
        reader: {
          ...reader,
          async read(job) {
            await street.storage.coverageResults.forget(shop.repository.id, shop.pull.headSha);
            return reader.read(job);
          },
        },
      },
    };
    await shop.look(HEAD, { using: racing });
    expect((await shop.look()).requests).toEqual(READ);
  });

  test('is not said of another base branch', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    await shop.look();
    shop.repository.branch('release', 'main');
    shop.pull.edit({ base: 'release', by: 'bo' });
    expect((await shop.look()).requests).toEqual(READ);
  });

  test('is not asked for once the pull request is merged', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    shop.pull.merge({ by: 'bo' });
    const { requests, snapshot } = await shop.look();
    expect([snapshot.pullRequest.state, requests]).toEqual(['merged', []]);
  });

  test('is nothing if hunks are already of another head', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    const target = shop.targetOf(shop.pull);
    const { snapshot } = (await readPullRequest(shop.client, { ...target, appId: street.appId }))!;
    shop.pull.push({ files: { 'src/tax.ts': 'a\nz\n// nothing\n' }, author: 'bo' });
    const read = readCoverageFacts(shop.deps, shop.client, target, shop.repository.id, snapshot, HEAD);
    await expect(read).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('a report of the default branch', () => {
  const ofMain = (shop: Shop, more: Partial<NewArtifact> = {}) =>
    shop.upload(GOOD, {
      name: `coverage-${shop.pull.headSha}`,
      headSha: shop.repository.tip(),
      event: 'workflow_run',
      ...more,
    });

  test('is found by the head in its name, whichever commit its run was on', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    const { run } = ofMain(shop);
    const { facts, requests } = await shop.look(DEFAULT);
    expect(facts).toMatchObject({ ...MEASURED, runId: run.id });
    const [list, ...others] = READ;
    expect(requests).toEqual([list, 'actions/get-workflow-run', ...others]);
  });

  test('is waited for after the checks of the head, as no event announces it', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    const first = await shop.look(DEFAULT);
    expect(first).toMatchObject({
      facts: { kind: 'pending', why: 'checks-running' },
      recheckAt: new Date(shop.clock.ms + 60_000),
    });
    shop.clock.ms += 29 * 60_000;
    expect((await shop.look(DEFAULT)).facts).toMatchObject({ kind: 'pending' });
    ofMain(shop);
    expect((await shop.look(DEFAULT)).facts).toMatchObject(MEASURED);
  });

  test('is not one that the head’s own run uploaded under that name', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    ofMain(shop, { headSha: shop.pull.headSha });
    expect((await shop.lookLater(DEFAULT)).facts).toEqual({
      kind: 'missing',
      why: 'no-report',
      detail: `no workflow run of main uploaded an artifact named coverage-${shop.pull.headSha}`,
    });
  });

  test('is not one that a fork’s own main uploaded under that name', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    const fork = shop.repository.fork(`mallory-of-${shop.owner}`);
    ofMain(shop, { fork, headSha: fork.tip() });
    expect((await shop.lookLater(DEFAULT)).facts).toMatchObject({ kind: 'missing', why: 'no-report' });
  });

  test('is not one of a run for a tag that is called like the branch', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    ofMain(shop, { headSha: shop.pull.headSha, branch: 'main', event: 'push' });
    expect((await shop.lookLater(DEFAULT)).facts).toMatchObject({ kind: 'missing', why: 'no-report' });
  });

  test('is not the head’s claim, and the other way round', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(zipOf(lcov('src/tax.ts', [1, 1, 1, 1, 1, 1, 1])));
    ofMain(shop);
    expect((await shop.look(DEFAULT)).facts).toMatchObject(MEASURED);
    expect((await shop.look(HEAD)).facts).toMatchObject({ files: [{ covered: 5 }] });
  });
});
