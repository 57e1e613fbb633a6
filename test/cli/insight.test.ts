import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../adapters/postgres/rows.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';
import { firebreak } from './firebreak.ts';

/* `firebreak export` and `firebreak stats` as an operator runs them. */

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firebreak-insight-'));
  db = await openDatabase();
});
afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

const { movedTo } = rowsOf(() => db);
const run = (...args: readonly string[]) => firebreak(args, { DATABASE_URL: db.url });

test('an export without an example says why, ends with 1, and leaves its card', async () => {
  const out = join(folder, 'empty');
  const { code, stdout, stderr } = await run('export', 'finetune', '--since', '7d', '--out', out);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('There is no remediation in this time.');
  expect(await readFile(join(out, 'data-card.md'), 'utf8')).toContain('**There are none.**');
});

test('an export with examples counts them', async () => {
  await movedTo('succeeded');
  const out = join(folder, 'full');
  expect(await run('export', 'finetune', '--out', out)).toMatchObject({
    code: 0,
    stdout: `Examples: 1, of 1 remediations, in ${out}\n`,
  });
  expect((await readdir(out)).toSorted()).toEqual([
    'data-card.json',
    'data-card.md',
    'train.jsonl',
    'validation.jsonl',
  ]);
});

test('statistics, for people and for programs', async () => {
  const { stdout } = await run('stats', '--since', '2026-01-01', '-n', 'shop');
  expect(stdout).toMatch(/^1 asked for, 1 carried out: 1 verified/);
  const { stdout: json } = await run('stats', '--since', '2026-01-01', '--playbook', 'none', '--json');
  expect(JSON.parse(json)).toMatchObject({ since: '2026-01-01T00:00:00.000Z', all: { asked: 0 } });
});

test.each([
  [['export'], 2, 'give finetune'],
  [['export', 'finetune', '--since', 'yesterday'], 1, '--since must be a time such as 36h'],
  [['stats', '--since', '2026-02-30'], 1, '--since must be a time such as 36h'],
])('%j is not how it is used', async (args, code, says) => {
  const ended = await run(...args);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(says);
});
