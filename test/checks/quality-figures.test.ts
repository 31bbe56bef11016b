// Is a single figure written so that it is read right?
import { describe, expect, test } from '@jest/globals';
import {
  countedPercent,
  drawBar,
  floorPercent,
  floorTenths,
  linkChange,
  sayCount,
  sayFactor,
  sayMany,
  sayPoints,
  statedPercent,
} from '../../src/checks/quality-figures.js';

test.each([
  [-34, '−34'],
  [8, '+8'],
  [0, '±0'],
  [-0.04, '±0'],
  [-8.5, '−8.5'],
  [100, '+100'],
])('%d points are %s', (points, words) => {
  expect(sayPoints(points)).toBe(words);
});

describe('a bar', () => {
  test.each([
    [0, '░░░░░│░░░░░'],
    [-50, '█████│░░░░░'],
    [50, '░░░░░│█████'],
    [-45, '▐████│░░░░░'],
    [-22, '░░░██│░░░░░'],
    [8.5, '░░░░░│█░░░░'],
    [0.2, '░░░░░│▌░░░░'],
    [-0.2, '░░░░▐│░░░░░'],
    [-500, '█████│░░░░░'],
  ])('of %d', (points, bar) => {
    expect(drawBar(points)).toBe(bar);
  });

  test('is always as wide', () => {
    for (let points = -120; points <= 120; points += 0.5) expect(drawBar(points)).toHaveLength(11);
  });
});

describe('percentages', () => {
  test.each([
    [7996, 10_000, '79 %', '79.9 %'],
    [29, 100, '29 %', '29.0 %'],
    [57, 100, '57 %', '57.0 %'],
    [999_999, 1_000_000, '99 %', '99.9 %'],
    [5, 5, '100 %', '100.0 %'],
    [9, 5, '100 %', '100.0 %'],
    [-3, 5, '0 %', '0.0 %'],
    [0, 0, '0 %', '0.0 %'],
  ])('%d of %d are rounded down: %s', (part, whole, percent, tenths) => {
    expect(floorPercent(part, whole)).toBe(percent);
    expect(floorTenths(part, whole)).toBe(tenths);
  });

  test.each([
    [0.8, '80 %'],
    [0.57, '57 %'],
    [0.9995, '99.95 %'],
    [1, '100 %'],
  ])('a limit of %d stays as it was stated', (share, words) => {
    expect(statedPercent(share)).toBe(words);
  });

  test.each([
    [0, '0 %'],
    [0.0132, '1.3 %'],
    [0.2071, '21 %'],
    [1, '100 %'],
  ])('%d as it was counted', (share, words) => {
    expect(countedPercent(share)).toBe(words);
  });
});

test('counts and factors', () => {
  expect(sayCount(1_234_567)).toBe('1,234,567');
  expect(sayCount(1e21)).toBe('over 1,000,000,000');
  expect(sayCount(Number.NaN)).toBe('over 1,000,000,000');
  expect(sayCount(-4)).toBe('0');
  expect(sayMany(1, 'line')).toBe('1 line');
  expect(sayMany(0, 'line')).toBe('0 lines');
  expect(sayFactor(Math.log(1.4))).toBe('×1.4');
  expect(sayFactor(Math.log(40))).toBe('×40');
});

test.each([0, -1, 1.5, Number.NaN, 1e300])('pull request %d is no pull request', (pullRequest) => {
  expect(linkChange({ sha: 'abcdef1234', pullRequest }, 'https://github.com/acme/shop')).toBe(
    '[`abcdef1`](https://github.com/acme/shop/commit/abcdef1234)',
  );
});
