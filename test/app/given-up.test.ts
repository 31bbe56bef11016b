// What do operators see of jobs that were given up?
import { describe, expect, test } from '@jest/globals';
import { describeGivenUp, withoutSecrets } from '../../src/app/given-up.js';
import { openStorage } from '../../src/storage/storage.js';
import { SILENT } from '../storage/engines.js';

describe('a reason shown to operators', () => {
  test.each([
    ['a token of an installation', 'refused ghs_16C7e42F292c6912E7710c838347Ae178B4a, try later', 'ghs_16'],
    ['a fine-grained token', 'github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789 is bad', '11ABC'],
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2lnbmF0dXJl expired', 'eyJ'],
    ['a header', 'authorization: Bearer abcdef0123456789 was refused', 'abcdef01'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', 'MIIE'],
    ['a password in an address', 'connect postgres://app:hunter2@db:5432/x: refused', 'hunter2'],
    ['a named password', 'login failed, password=hunter2, host db', 'hunter2'],
  ])('holds no %s', (_name, text, secret) => {
    expect(text).toContain(secret);
    expect(withoutSecrets(text)).not.toContain(secret);
    expect(withoutSecrets(text)).toContain('[secret]');
  });

  test('is otherwise as it was, and short', () => {
    const text = 'read pull request acme/shop#12: 502 Bad Gateway';
    expect(withoutSecrets(text)).toBe(text);
    expect(withoutSecrets('x'.repeat(5_000))).toHaveLength(300);
  });
});

test('of many jobs the newest five are named, and all counted', async () => {
  const queue = { retryLimit: 0, retryDelaySeconds: 0 };
  const storage = await openStorage({ databaseUrl: null, dataFolder: 'memory://', log: SILENT, queue });
  try {
    await storage.queue.work(async (key) => {
      throw new Error(`no luck with ${key}, password=hunter2`);
    });
    for (let number = 1; number <= 7; number += 1) await storage.queue.send(`review:1:acme/shop#${number}`);
    await storage.queue.idle();
    const shown = await describeGivenUp(storage.queue);
    expect(shown.count).toBe(7);
    expect(shown.newest).toHaveLength(5);
    for (const { key, reason, attempts } of shown.newest) {
      expect(reason).toBe(`no luck with ${key}, password=[secret]`);
      expect(attempts).toBe(1);
    }
  } finally {
    await storage.close();
  }
}, 30_000);
