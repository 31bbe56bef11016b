// Is the person who asked found where each agent says it, and nowhere else?
import { describe, expect, test } from '@jest/globals';
import { classifySource } from '../../src/agents/classify.js';
import type { Account } from '../../src/domain/snapshot.js';
import { options, source } from './catalogue-on-disk.js';

const COPILOT: Account = { login: 'Copilot', id: 198982749, type: 'Bot' };
const DANA: Account = { login: 'dana', id: 2, type: 'User' };

function requesterOf(
  example: Parameters<typeof source>[0],
  changes: Parameters<typeof source>[1] = {},
  machineUsers: readonly string[] = [],
) {
  return classifySource(source(example, changes), options({ machineUsers })).finding.requester;
}

describe('the requester', () => {
  test('is the person who opened an agent’s change', () => {
    expect(requesterOf({ opener: 'mona:User', author: 'Codex <codex@openai.com>' })).toEqual({
      known: true,
      logins: ['mona'],
      how: 'opened it',
    });
  });

  test('of Copilot is assigned, next to Copilot itself', () => {
    expect(requesterOf({ opener: 'Copilot:Bot' }, { assignees: [COPILOT, DANA] })).toEqual({
      known: true,
      logins: ['dana'],
      how: 'is assigned',
    });
  });

  test('of Copilot is co-author of its commits; a co-author of a person’s commit is not meant', () => {
    const coAuthor = (login: string) =>
      `Plan\n\nCo-authored-by: ${login} <7+${login}@users.noreply.github.com>`;
    expect(
      requesterOf({
        opener: 'Copilot:Bot',
        commits: [
          { author: 'c <198982749+Copilot@users.noreply.github.com>', message: coAuthor('dana') },
          { author: 'Kim <kim@example.com>', message: coAuthor('lee') },
        ],
      }),
    ).toEqual({ known: true, logins: ['dana'], how: 'is named as co-author' });
  });

  test.each([
    [
      'devin',
      {
        opener: 'devin-ai-integration[bot]:Bot',
        body: 'Link to Devin run: https://x.example\nRequested by: @Dana-K',
      },
      'Dana-K',
    ],
    [
      'jules',
      {
        opener: 'google-labs-jules[bot]:Bot',
        body: '*PR created automatically by Jules for task\n[14039077492578475302](https://jules.google.com/task/14039077492578475302) started by @dana*',
      },
      'dana',
    ],
    [
      'kiro',
      {
        opener: 'kiro-agent[bot]:Bot',
        body: 'This pull request was created by @kiro-agent on behalf of @dana',
      },
      'dana',
    ],
  ])('of %s is named in the body', (_agent, example, login) => {
    expect(requesterOf(example)).toEqual({ known: true, logins: [login], how: 'is named in the body' });
  });

  test.each([
    ['a name is no account', { opener: 'devin-ai-integration[bot]:Bot', body: 'Requested by: Dana Katz' }],
    ['a quote is nobody’s word', { opener: 'devin-ai-integration[bot]:Bot', body: '> Requested by: @dana' }],
    [
      'an e-mail is no account',
      {
        opener: 'Copilot:Bot',
        author: 'c <198982749+Copilot@users.noreply.github.com>',
        message: 'x\n\nCo-authored-by: Dana <dana@example.com>',
      },
    ],
    [
      'a bot asks for nothing',
      {
        opener: 'Copilot:Bot',
        author: 'c <198982749+Copilot@users.noreply.github.com>',
        message: 'x\n\nCo-authored-by: r <1+renovate[bot]@users.noreply.github.com>',
      },
    ],
    ['the agent does not say', { opener: 'tembo[bot]:Bot', body: 'Requested by: @dana' }],
  ])('is not known where %s', (_why, example) => {
    expect(requesterOf(example)).toMatchObject({ known: false, why: expect.stringMatching(/\S/) });
  });

  test('is no machine user', () => {
    const changes = { assignees: [DANA] };
    expect(requesterOf({ opener: 'Copilot:Bot' }, changes, ['dana'])).toMatchObject({ known: false });
  });
});
