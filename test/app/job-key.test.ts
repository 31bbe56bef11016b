// Does a key come back as what it was made of?
import { describe, expect, test } from '@jest/globals';
import { formatJobKey, type JobKey, parseJobKey } from '../../src/app/job-key.js';

const where = { installation: 5, owner: 'acme', repo: 'shop.js' };
const headSha = 'a'.repeat(40);
const baseSha = 'b'.repeat(40);

describe('a job key', () => {
  test.each<JobKey>([
    { kind: 'review', ...where, number: 12 },
    { kind: 'group', ...where, headSha, baseSha, baseRef: 'refs/heads/release@2#1 é\n' },
    { kind: 'repository', ...where },
    { kind: 'installation', installation: 5 },
    { kind: 'histories', installation: 5 },
    { kind: 'sweep-repository', ...where },
    { kind: 'sweep-installation', installation: 5 },
    { kind: 'sweep-installations' },
    { kind: 'sweep-waiting' },
    { kind: 'redeliver' },
  ])('of kind $kind is read as it was written', (key) => {
    expect(parseJobKey(formatJobKey(key))).toEqual(key);
  });

  test.each([
    '',
    'review:5:acme/shop',
    'review:5:acme/shop#',
    'review:5:acme/shop#1#2',
    'review:x:acme/shop#1',
    'review:5:acme#1',
    'repository:5:acme/shop#1',
    `group:5:acme/shop@${headSha}@${baseSha}`,
    `group:5:acme/shop@${headSha}@main@x`,
    'installation:',
    'installation:5:acme/shop',
    'sweep:5',
  ])('%j is none', (text) => {
    expect(parseJobKey(text)).toBeNull();
  });
});
