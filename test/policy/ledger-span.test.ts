// How far back is the history wanted?
import { describe, expect, test } from '@jest/globals';
import { wantedSpan } from '../../src/policy/ledger-span.js';
import { QUALITY_WEIGHTS } from '../../src/quality/weights.js';
import { ABSENT, aPolicy, CATALOGUE, found } from '../builders/policies.js';

const DAY = 86_400;
const span = (text: string | null) =>
  wantedSpan({ repository: text === null ? ABSENT : found(text), organization: ABSENT }, CATALOGUE);
const history = (stated: string) => span(aPolicy(`quality_delta: { history: { ${stated} } }\n`));

describe('the wanted span', () => {
  test.each([
    ['without a policy', null],
    ['without the section', aPolicy()],
    ['of a policy that is not valid', 'version: 1\nowner: nobody\n'],
  ])('is the default %s, which the weights were fitted with', (_name, text) => {
    expect(span(text)).toEqual(QUALITY_WEIGHTS.history);
  });

  test.each([
    ['as stated', 'window: 180d, half_life: 30d', 180, 30],
    ['in weeks', 'window: 26w, half_life: 4w', 182, 28],
    ['one of the two', 'window: 90d', 90, 60],
    ['no shorter than says anything', 'window: 1m, half_life: 1m', 14, 7],
    ['no longer than three years', 'window: 99999w, half_life: 99999w', 1095, 1095],
  ])('is %s', (_name, stated, window, halfLife) => {
    expect(history(stated)).toEqual({ windowSeconds: window * DAY, halfLifeSeconds: halfLife * DAY });
  });

  test("is not the organisation's to say: each repository has one ledger", () => {
    const organization = found(aPolicy('quality_delta: { history: { window: 30d } }\n'));
    expect(wantedSpan({ repository: ABSENT, organization }, CATALOGUE)).toEqual(QUALITY_WEIGHTS.history);
  });
});
