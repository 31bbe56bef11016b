// Does the running app learn from incidents and deployments what became of a merged change?
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type Database, openDatabase } from '../../src/storage/database.js';
import type { Ledger } from '../../src/storage/ledger.js';
import { openLedger } from '../../src/storage/open-ledger.js';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';
import { startPostgres } from '../storage/postgres.js';
import { createSite, type Site, type World } from './world.js';

let site: Site;
let server: Awaited<ReturnType<typeof startPostgres>>;
let database: Database;
let ledger: Ledger;
beforeAll(async () => {
  server = await startPostgres();
  const databaseUrl = await server.createDatabase();
  site = await createSite({ DATABASE_URL: databaseUrl });
  site.github.createUser('stranger');
  // A second connection to the app's own database: what it learned shows nowhere else at once.
  database = await openDatabase({ databaseUrl, dataFolder: 'unused', log: pino({ level: 'silent' }) });
  ledger = openLedger(database);
}, 60_000);
afterAll(async () => {
  await database.close();
  await site.close();
  await server.stop();
});
afterEach(() => site.github.assertClean());

const POLICY = 'version: 1\nowner: "@acme/platform"\n';

/** What the ledger holds against each merged pull request, by number. */
async function outcomes(world: World): Promise<Record<string, string>> {
  await world.settle();
  const { repoId } = (await ledger.findByName(world.owner, 'shop'))!;
  const found: Record<string, string> = {};
  for (const { sha, outcome, by } of await ledger.readOutcomes(repoId)) {
    const change = await ledger.findChange(repoId, { sha });
    found[`#${change!.pullRequest}`] = `${outcome} by ${by}`;
  }
  return found;
}

async function merged(world: World, name: string, files: Record<string, string>): Promise<PullRequestHandle> {
  const pull = world.openByPerson('bo', files, name);
  await world.settle();
  const answer = pull.merge({ by: 'dana' });
  if (!answer.merged) throw new Error(JSON.stringify([answer, world.check(pull)]));
  await world.settle();
  return pull;
}

describe('an incident', () => {
  test('marks the pull request that it names while it has the label, and clears it after', async () => {
    const world = site.found({ policy: POLICY });
    const pull = await merged(world, 'till', { 'src/till.ts': 'export {};\n' });
    const issue = world.repository.openIssue('Checkout is down', 'stranger', {
      body: `Nothing sells.\n\nroot cause: #${pull.number}`,
    });
    expect(await outcomes(world)).toEqual({});
    issue.label('incident', 'kim');
    expect(await outcomes(world)).toEqual({ [`#${pull.number}`]: `incident by #${issue.number}` });
    issue.close('kim');
    expect(await outcomes(world)).toEqual({ [`#${pull.number}`]: `incident by #${issue.number}` });
    issue.unlabel('incident', 'kim');
    expect(await outcomes(world)).toEqual({});
  });

  test('that is reworded by its team names another change', async () => {
    const world = site.found({ policy: POLICY });
    const one = await merged(world, 'one', { 'src/one.ts': 'export {};\n' });
    const two = await merged(world, 'two', { 'src/two.ts': 'export {};\n' });
    const issue = world.repository.openIssue('Down', 'kim', { body: `root cause: #${one.number}` });
    issue.label('incident', 'kim');
    issue.edit({ body: `root cause: #${two.number}` }, 'lee');
    expect(await outcomes(world)).toEqual({ [`#${two.number}`]: `incident by #${issue.number}` });
    issue.delete('dana');
    expect(await outcomes(world)).toEqual({});
  });

  test('a stranger can blame nobody: no label, no template, no rewording, no comment', async () => {
    const world = site.found({ policy: POLICY });
    const pull = await merged(world, 'till', { 'src/till.ts': 'export {};\n' });
    const blame = `root cause: #${pull.number}`;
    const unlabelled = world.repository.openIssue('I say so', 'stranger', { body: blame });
    expect(() => unlabelled.label('incident', 'stranger')).toThrow('needs triage rights');
    world.repository.openIssue('By template', 'stranger', { body: blame, templateLabels: ['incident'] });
    const real = world.repository.openIssue('Checkout is down', 'stranger', { body: 'Nothing sells.' });
    real.label('incident', 'kim');
    real.edit({ body: blame }, 'stranger');
    real.comment(blame, 'stranger');
    real.comment(blame, 'kim');
    expect(await outcomes(world)).toEqual({});
  });
});

describe('a deployment', () => {
  test('of an older commit marks what it took out as rolled back', async () => {
    const world = site.found({ policy: POLICY });
    const deploy = (sha: string, environment = 'production') =>
      world.repository.deploy({ sha, environment, by: 'kim' }).setState('success');
    await merged(world, 'one', { 'src/one.ts': 'export {};\n' });
    const good = world.repository.tip();
    const two = await merged(world, 'two', { 'src/two.ts': 'export {};\n' });
    const three = await merged(world, 'three', { 'src/three.ts': 'export {};\n' });
    deploy(world.repository.tip());
    await world.settle();
    deploy(good, 'staging');
    world.repository.deploy({ sha: good, environment: 'production', by: 'kim' }).setState('failure');
    expect(await outcomes(world)).toEqual({});
    const back = world.repository.deploy({ sha: good, environment: 'production', by: 'kim' });
    back.setState('in_progress');
    back.setState('success');
    back.setState('inactive');
    expect(await outcomes(world)).toEqual({
      [`#${two.number}`]: `rolled-back by ${back.id}`,
      [`#${three.number}`]: `rolled-back by ${back.id}`,
    });
  });
});

describe('a revert', () => {
  test('by the button marks the change, and the revert of the revert clears it', async () => {
    const world = site.found({ policy: POLICY });
    const pull = await merged(world, 'till', { 'src/till.ts': 'a\nb\nc\n' });
    world.repository.branch(`revert-${pull.number}-till`, 'main');
    world.repository.commit({
      branch: `revert-${pull.number}-till`,
      files: { 'src/till.ts': null },
      message: 'Undo',
      author: 'bo',
    });
    const undo = world.repository.openPullRequest({
      author: 'bo',
      head: `revert-${pull.number}-till`,
      title: 'Take the till out',
      body: `Reverts ${world.owner}/shop#${pull.number}`,
    });
    await world.settle();
    undo.merge({ by: 'dana' });
    const undone = world.repository.tip();
    expect(await outcomes(world)).toEqual({ [`#${pull.number}`]: `reverted by ${undone}` });
    world.repository.branch('again', 'main');
    world.repository.commit({
      branch: 'again',
      files: { 'src/till.ts': 'a\nb\nc\n' },
      message: 'Again',
      author: 'bo',
    });
    const again = world.repository.openPullRequest({
      author: 'bo',
      head: 'again',
      title: 'Revert "Take the till out"',
      body: `Reverts ${world.owner}/shop#${undo.number}`,
    });
    await world.settle();
    again.merge({ by: 'dana' });
    expect(await outcomes(world)).toEqual({});
  });
});

test('the inbox keeps no text of an issue', async () => {
  const world = site.found({ policy: POLICY });
  const issue = world.repository.openIssue('A secret title', 'kim', {
    body: 'A secret body. root cause: #1',
  });
  issue.label('incident', 'kim');
  await world.settle();
  const { rows } = await database.executeSql(
    `select payload from agent_policy.deliveries where event = 'issues' and payload -> 'repository' ->> 'id' = $1`,
    [String(world.repository.id)],
  );
  expect(rows.length).toBeGreaterThan(1);
  expect(JSON.stringify(rows)).not.toContain('secret');
});

test('an incident that is known before the history is read blames its change once that is recorded', async () => {
  const world = site.found({ policy: POLICY });
  const pull = await merged(world, 'till', { 'src/till.ts': 'export {};\n' });
  site.github.pauseDeliveries();
  const next = world.openByPerson('bo', { 'src/next.ts': 'export {};\n' }, 'next');
  const issue = world.repository.openIssue('Down', 'kim', {
    body: `root cause: #${pull.number}\n\nroot cause: #${next.number}`,
    templateLabels: ['incident'],
  });
  site.github.resumeDeliveries();
  expect(await outcomes(world)).toEqual({ [`#${pull.number}`]: `incident by #${issue.number}` });
});
