import { expect, test } from '@jest/globals';
import { renderUnjudged } from '../../src/checks/unjudged-check.js';

test('says why, blocks, and makes nothing live of what came from outside', () => {
  const check = renderUnjudged('read pull request acme/shop#1: at x: <img> @kim ![a](https://a.example)');
  expect(check).toMatchObject({
    gate: 'failure',
    title: 'Blocked: this head could not be judged',
    actions: [{ identifier: 'recheck' }],
  });
  expect(check.summary).toContain('read pull request acme/shop');
  expect(check.summary).not.toMatch(/<img>|@kim|https:\/\//);
});
