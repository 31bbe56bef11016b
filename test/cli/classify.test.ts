// Does `classify --jsonl` answer every line, in order, and stop loudly at one it cannot read?
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { type ClassifiedRow, runClassify } from '../../src/cli/classify.js';
import { CommandFailure } from '../../src/cli/exit-codes.js';

const catalogue = parseCatalogue(readFileSync(new URL('../../config/agents.yml', import.meta.url), 'utf8'));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'classify-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const PR = { title: null, body: null, user_login: null, user_type: null, head_ref: null, labels: null };
const COMMIT = {
  message: null,
  author_name: null,
  author_email: null,
  author_login: null,
  committer_name: null,
  committer_email: null,
};

function row(id: string, pr: Partial<Record<keyof typeof PR, unknown>>, ...commits: readonly object[]) {
  return { id, pr: { ...PR, ...pr }, commits: commits.map((commit) => ({ ...COMMIT, ...commit })) };
}

async function classifyText(
  text: string,
): Promise<{ rows: readonly ClassifiedRow[]; error: Error | null; code: number }> {
  const file = join(folder, 'rows.jsonl');
  writeFileSync(file, text);
  let out = '';
  const io = {
    stdout: (part: string) => {
      out += part;
    },
  };
  const parse = () =>
    out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ClassifiedRow);
  try {
    const code = await runClassify({ jsonl: file }, catalogue, io);
    return { rows: parse(), error: null, code };
  } catch (error) {
    return { rows: parse(), error: error as Error, code: 2 };
  }
}

const lines = (...rows: readonly object[]) => rows.map((one) => JSON.stringify(one)).join('\n');

describe('labels', () => {
  test.each([
    ['agent', 'copilot', row('1', { user_login: 'Copilot', user_type: 'Bot' })],
    ['agent', 'cursor', row('2', { user_login: 'mona', user_type: 'User' }, { author_login: 'cursoragent' })],
    ['agent', 'devin', row('3', { head_ref: 'devin/1745314990-x' })],
    [
      'assisted',
      'claude-code',
      row(
        '4',
        { user_login: 'mona', user_type: 'User' },
        { author_email: 'm@example.com', message: 'x\n\nCo-Authored-By: Claude <noreply@anthropic.com>' },
      ),
    ],
    [
      'bot',
      'dependabot',
      row(
        '5',
        { user_login: 'dependabot[bot]', user_type: 'Bot' },
        { author_email: '49699333+dependabot[bot]@users.noreply.github.com' },
        { author_email: 'mona@example.com', message: "Merge branch 'main'" },
      ),
    ],
    [
      'bot',
      'github-actions',
      row(
        '6',
        {},
        { author_name: 'github-actions[bot]', author_email: 'github-actions[bot]@users.noreply.github.com' },
      ),
    ],
    ['bot', 'acme-release[bot]', row('7', { user_login: 'acme-release[bot]', user_type: 'Bot' })],
    ['bot', 'acme-release[bot]', row('8', { user_login: 'acme-release', user_type: 'Bot' })],
    ['bot', 'renovate', row('9', { head_ref: 'renovate/configure' })],
    ['bot', 'unnamed[bot]', row('10', { user_type: 'Bot' })],
    [
      'human',
      null,
      row('11', { user_login: 'mona', user_type: 'User', labels: ['codex', 'sweep', 'agent:devin'] }),
    ],
    ['human', null, row('12', {})],
    [
      'human',
      null,
      row(
        '13',
        { user_login: 'mona', user_type: 'User' },
        { author_email: '49699333+dependabot[bot]@users.noreply.github.com' },
      ),
    ],
    [
      'human',
      null,
      row(
        '14',
        { user_login: 'mona', user_type: 'User' },
        { author_email: 'm@example.com' },
        { author_email: '1+acme-format[bot]@users.noreply.github.com' },
      ),
    ],
    ['unknown', null, row('15', { user_login: 'ghost-of-import', user_type: 'Mannequin' })],
  ])('%s, %s: %j', async (label, agent, one) => {
    const { rows } = await classifyText(lines(one));
    expect(rows).toEqual([{ id: one.id, label, agent, evidence: expect.any(Array) }]);
  });

  test('say what was seen, strongest first', async () => {
    const { rows } = await classifyText(
      lines(
        row(
          '1',
          { user_login: 'mona', head_ref: 'codex/x' },
          { author_email: 'codex@openai.com', committer_email: 'codex@openai.com' },
        ),
      ),
    );
    expect(rows[0]?.evidence).toEqual([
      'agent (codex): 1 of 1 commits written by codex@openai.com',
      'agent (codex): branch codex/x',
    ]);
  });
});

describe('lines', () => {
  const good = (id: string) => row(id, { user_login: 'mona' });

  test('are answered one by one, in order; blank ones are passed over', async () => {
    const { rows, code } = await classifyText(
      `\uFEFF${lines(good('a'), good('b'))}\r\n\n${lines(good('c'))}\n`,
    );
    expect([rows.map((one) => one.id), code]).toEqual([['a', 'b', 'c'], 0]);
  });

  test('may lack what the source does not tell', async () => {
    const { rows } = await classifyText(
      '{"id":7,"pr":{}}\n{"commits":[{"author_email":"codex@openai.com"}]}\n',
    );
    expect(rows.map((one) => [one.id, one.label])).toEqual([
      [7, 'human'],
      [null, 'agent'],
    ]);
  });

  test.each([
    ['no JSON', '{"id": "b", "pr"', /rows\.jsonl:2: the line is not JSON/],
    ['a list', '[]', /rows\.jsonl:2: not a pull request/],
    ['neither pull request nor commits', '{"id":"b"}', /neither "pr" nor "commits"/],
    ['a wrong type', '{"id":"b","pr":{"title":5},"commits":[]}', /rows\.jsonl:2: .*pr\.title/],
    ['commits that are none', '{"id":"b","pr":{},"commits":{}}', /rows\.jsonl:2: .*commits/],
  ])('that cannot be read stop it with their number: %s', async (_what, broken, message) => {
    const { rows, error } = await classifyText(`${lines(good('a'))}\n${broken}\n${lines(good('c'))}\n`);
    expect(error).toBeInstanceOf(CommandFailure);
    expect(error?.message).toMatch(message);
    expect(rows.map((one) => one.id)).toEqual(['a']);
  });

  test('a file that is not there is named', async () => {
    await expect(
      runClassify({ jsonl: join(folder, 'none.jsonl') }, catalogue, { stdout: () => {} }),
    ).rejects.toThrow(/Cannot read .*none\.jsonl: there is no such file/);
  });

  test('an empty file has no answer and no error', async () => {
    expect(await classifyText('')).toEqual({ rows: [], error: null, code: 0 });
  });

  test('are read as they come, not all at once', async () => {
    let written = 0;
    async function* stream() {
      for (let number = 1; number <= 50; number++) {
        expect(written).toBe(number - 1);
        yield JSON.stringify(good(String(number)));
      }
    }
    await runClassify({ jsonl: '-' }, catalogue, { stdout: () => void written++ }, stream());
    expect(written).toBe(50);
  });
});

test('standard input is read for "-"', () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { parseCatalogue } from './src/agents/catalogue.ts';
    import { runClassify } from './src/cli/classify.ts';
    const catalogue = parseCatalogue(readFileSync('config/agents.yml', 'utf8'));
    await runClassify({ jsonl: '-' }, catalogue, { stdout: (text) => void process.stdout.write(text) });`;
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    cwd: new URL('../..', import.meta.url),
    input: '{"id":"a","pr":{"user_login":"devin-ai-integration[bot]"}}\n',
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect([run.stderr, JSON.parse(run.stdout).agent]).toEqual(['', 'devin']);
});
