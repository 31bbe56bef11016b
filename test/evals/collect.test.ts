// Are the names in one file bounded, so that judging them is?
import { expect, test } from '@jest/globals';
import { createCollector } from '../../src/evals/collect.js';

test('tags of its own for every case are too large, before globs are held against them', () => {
  const collector = createCollector('results.json');
  const add = (n: number, own: boolean) =>
    collector.add({
      ...{
        id: `case ${n}`,
        category: 'a',
        status: 'passed',
        message: null,
        seconds: null,
        failedBefore: false,
      },
      tags: Array.from({ length: 20 }, (_, at) => (own ? `tag ${n} ${at}` : `tag ${at}`)),
    });
  for (let n = 0; n < 10_001; n += 1) add(n, false);
  expect(() => {
    for (let n = 0; n < 10_001; n += 1) add(20_000 + n, true);
  }).toThrow('more than 200,000 categories and tags');
});
