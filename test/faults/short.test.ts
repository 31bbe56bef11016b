// Is anything lost, or judged wrong, when the server is killed and GitHub misbehaves? The long form: npm run test:faults.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { runFaults } from './run.js';

jest.setTimeout(120_000);

test('two kill -9 and a GitHub that breaks every tenth answer lose nothing and change no verdict', async () => {
  const seed = Date.now() % 1_000_000;
  console.info(`seed ${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'agent-policy-faults-'));
  try {
    const figures = await runFaults({
      seed,
      deliveries: 60,
      companies: 3,
      instances: 1,
      kills: 2,
      databaseUrl: null,
      dataFolder: join(folder, 'data'),
      faultShare: 0.1,
      silenceMs: 500,
      atHalf: null,
      settleMs: 40_000,
    });
    expect(figures).toMatchObject({ lost: 0, wrong: [], twoLiveChecks: [], deadLetters: 0, kills: 2 });
    expect(figures.acknowledged).toBe(figures.deliveries);
    expect(figures.faults).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
