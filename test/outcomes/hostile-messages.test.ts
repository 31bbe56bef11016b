// Can a message make the reader slow, or make it throw?
import { describe, expect, test } from '@jest/globals';
import { readIncidentCauses } from '../../src/outcomes/incident-cause.js';
import { readNamedCauses } from '../../src/outcomes/named-cause.js';
import { readReverts } from '../../src/outcomes/read-reverts.js';

const SIZE = 1_000_000;
/** Far above what is measured (under 0.3 s), far below what backtracking would take. */
const LIMIT_MS = 5_000;

function fill(part: string): string {
  return part.repeat(Math.ceil(SIZE / part.length)).slice(0, SIZE);
}

const PARTS: Readonly<Record<string, string>> = {
  quotes: '"',
  'opening quotes': 'a "',
  verbs: 'reverts ',
  sentences: 'This reverts commit abcdef1. ',
  names: '#1, ',
  prefixes: 'a: ',
  blanks: ' ',
  hex: 'a1',
  brackets: '(',
  paths: 'a/',
  blame: 'broken by ',
  causes: '#1 introduced a b c ',
  angles: '<',
  bullets: '* Revert "y (#1)"\n',
  ends: '\n',
  cuts: '…',
};

describe('a megabyte of', () => {
  test.each(Object.entries(PARTS))('%s is read in time', (_, part) => {
    const body = fill(part);
    const wrapped = body.replace(/(.{900})/gs, '$1\n');
    const started = performance.now();
    for (const text of [`Revert "${body}`, `x\n\nreverts ${body}`, `x\n\n${wrapped}`]) {
      readReverts(text, 'acme/shop');
      readNamedCauses(text);
      readIncidentCauses({ labels: ['incident'], title: 'x', body: text });
    }
    expect(performance.now() - started).toBeLessThan(LIMIT_MS);
  });

  test('different reverts is read in time, and the list ends', () => {
    const text = `x\n\n${Array.from({ length: 40_000 }, (_, i) => `Revert "y ${i} (#${i})"`).join('\n')}`;
    const started = performance.now();
    expect(readReverts(text).targets.length).toBe(200);
    expect(performance.now() - started).toBeLessThan(LIMIT_MS);
  });

  test('any characters is read', () => {
    const junk = Array.from({ length: SIZE }, (_, i) => String.fromCharCode((i * 7919) % 65_536)).join('');
    expect(readReverts(junk).targets).toEqual([]);
    expect(readReverts(`Revert "a b"\n\n${junk}`).targets.length).toBeGreaterThan(0);
  });
});

test('invisible characters hide no revert', () => {
  expect(readReverts('Rev\u200bert \u001b[31m#30\u001b[0m').targets.length).toBe(1);
});
