import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { printAction } from '../../src/actions/print.ts';
import type { Remediation } from '../../src/domain/remediation.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { rowsOf } from '../adapters/postgres/rows.ts';
import { noon } from '../fixtures/facts.ts';
import { transitionTo } from '../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';
import { firebreak } from './firebreak.ts';

const notVerified: Verdict = {
  result: 'not_verified',
  sentence: 'It still crashes.',
  decidedAt: noon,
  samples: [],
};

let db: TestDatabase;
let good: Remediation;
let bad: Remediation;
let unjudged: Remediation;
const { opened, movedTo } = rowsOf(() => db);

beforeAll(async () => {
  db = await openDatabase();
  good = await movedTo('succeeded');
  bad = await movedTo('verifying');
  for (const state of ['learning', 'failed'] as const) {
    const transition = transitionTo(bad, state, [], { verdict: notVerified });
    expect(await db.store.transition(bad, transition)).toBe('committed');
    bad = transition.next;
  }
  unjudged = await opened();
  // The rows are as old as their fixtures; to be of the last days they are made younger.
  await db.knex.raw("update remediations set created_at = now() - interval '3 days'");
});
afterAll(() => db.close());

const folder = mkdtempSync(join(tmpdir(), 'firebreak-cases-'));
const run = (...args: string[]) => firebreak(args, { DATABASE_URL: db.url });

function policy(text: string): string {
  const file = join(folder, `${Math.abs(text.length)}.yaml`);
  writeFileSync(file, text);
  return file;
}

describe('policy test', () => {
  test('names the moves, and what would run by itself although it failed', async () => {
    const { code, stdout } = await run('policy', 'test', policy('version: 1\n'));
    expect(stdout.split('\n')).toEqual([
      '2 cases judged again.',
      'human -> auto: 2',
      `  ${good.number}  ${printAction(good.action)} (score 20 -> 8)`,
      `  ${bad.number}  ${printAction(bad.action)} (score 20 -> 8)`,
      expect.stringContaining(`Would run by itself, and did not work: ${bad.number} (human) kubectl rollout`),
      '',
    ]);
    expect(code).toBe(1);
  });

  test('is content with a policy that moves nothing', async () => {
    const rules = 'version: 1\nrules:\n  - { name: all, when: "true", because: All., tier: human }\n';
    expect(await run('policy', 'test', policy(rules))).toEqual({
      code: 0,
      stdout: '2 cases judged again.\nNone moves to another tier.\n',
      stderr: '',
    });
  });

  test('looks back as far as it is told', async () => {
    const { code, stdout } = await run('policy', 'test', policy('version: 1\n'), '--since', '2d', '--json');
    expect(JSON.parse(stdout)).toEqual({ cases: 0, moves: [], risky: [], skipped: [] });
    expect(code).toBe(0);
  });

  test('says when there is nothing to judge', async () => {
    const { code, stdout } = await run('policy', 'test', policy('version: 1\n'), '--since', '1h');
    expect(stdout).toMatch(/^No case has been judged since \d{4}-\d\d-\d\d; --since looks further back\.\n$/);
    expect(code).toBe(0);
  });

  test('names which cases move, also as JSON', async () => {
    const { stdout } = await run('policy', 'test', policy('version: 1\n'), '--json');
    const scores = { before: 20, after: 8 };
    expect(JSON.parse(stdout).moves).toEqual([
      {
        from: 'human',
        to: 'auto',
        count: 2,
        cases: [good, bad].map(({ number, action }) => ({ number, command: printAction(action), scores })),
      },
    ]);
  });

  describe('where another version has written a case', () => {
    const setExtra = (sql: string) =>
      db.knex.raw(`update remediations set data = ${sql} where id = ?`, [good.id]);
    beforeAll(() => setExtra(`data || '{"fromTheFuture": true}'`));
    afterAll(() => setExtra(`data - 'fromTheFuture'`));
    const skipped = `1 case was skipped, written by another version of Firebreak and not readable by this one: `;

    test('skips it and judges the others, and says so', async () => {
      const { stdout } = await run('policy', 'test', policy('version: 1\n'));
      const lines = stdout.split('\n');
      expect([lines[0], lines.at(-2)]).toEqual(['1 case judged again.', `${skipped}${good.number}`]);
    });

    test('names it in JSON', async () => {
      const { stdout } = await run('policy', 'test', policy('version: 1\n'), '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        cases: 1,
        skipped: [{ number: good.number, state: 'succeeded' }],
      });
    });
  });

  test('names the argument when the file cannot be read', async () => {
    expect(await run('policy', 'test', '/nowhere')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'firebreak: policy test: the file /nowhere cannot be read (ENOENT).\n',
    });
  });

  test('knows what lengths of time are', async () => {
    const { code, stderr } = await run('policy', 'test', policy('version: 1\n'), '--since', '90');
    expect(stderr).toBe('firebreak: --since: "90" is no length of time; write 90d, 12h or 2w.\n');
    expect(code).toBe(1);
  });
});

describe('replay', () => {
  test('says what today says, and what differs', async () => {
    const { code, stdout } = await run('replay', String(good.number));
    expect(stdout).toMatch(/^auto: \d+ of 100: kubectl rollout restart deployment\/web-/);
    const told = stdout.slice(stdout.indexOf('Judged by: '));
    expect(told.split('\n')).toEqual([
      'Judged by: the defaults, because neither --policy nor FIREBREAK_POLICY names a file',
      '',
      'Different from what was decided:',
      expect.stringMatching(/^ {2}rollbackPlan\./),
      '  score: 20 -> 8',
      expect.stringMatching(/^ {2}targetState\./),
      expect.stringMatching(/^ {2}targetState\./),
      '  tier: "human" -> "auto"',
      expect.stringMatching(/^ {2}now: \+6 A restart cannot be taken back/),
      '  now: +2 3 pods are replaced.',
      '  now: Condition: shop is not a production namespace.',
      expect.stringMatching(/^ {2}now: Condition: .* must keep at least 3 replicas\.$/),
      expect.stringMatching(/^ {2}now: Condition: .* must keep at least 3 ready pods\.$/),
      '',
    ]);
    expect(code).toBe(0);
  });

  test('as exit code', async () => {
    expect((await run('replay', String(good.number), '--exit-code')).code).toBe(10);
  });

  test('as JSON', async () => {
    const { stdout } = await run('replay', String(good.number), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      number: good.number,
      before: { tier: 'human' },
      after: { tier: 'auto' },
    });
  });

  test('of what was never judged, or is not there', async () => {
    expect(await run('replay', String(unjudged.number))).toEqual({
      code: 1,
      stdout: '',
      stderr: `firebreak replay: remediation ${unjudged.number} was never judged.\n`,
    });
    expect((await run('replay', '99999')).stderr).toContain('remediation 99999 is not known');
    expect((await run('replay', 'web')).code).toBe(2);
  });

  test('without a database', async () => {
    const { code, stderr } = await firebreak(['replay', '1'], {}, folder);
    expect(stderr).toContain('DATABASE_URL must be set');
    expect(stderr).toContain(join(folder, '.firebreak/postgres'));
    expect(code).toBe(1);
  });

  test('without a sandbox', async () => {
    const { stderr } = await run('replay', '1', '--sandbox', '--folder', folder);
    expect(stderr).toBe(
      `firebreak: No sandbox has kept anything in ${folder}/postgres. Start one with: npm run sandbox\n`,
    );
  });
});

describe('audit', () => {
  test('finds the chain intact, says its head, and what stands in an export of it', async () => {
    const [{ hash, seq }] = await db.knex('audit_head');
    expect(await run('audit', 'verify')).toEqual({
      code: 0,
      stdout: `Intact: ${seq} lines, head ${seq}:${hash}\n`,
      stderr: '',
    });
    expect((await run('audit', 'head')).stdout).toBe(`${seq}:${hash}\n`);
    const { stdout: exported } = await run('audit', 'export');
    const file = join(folder, 'chain.jsonl');
    writeFileSync(file, exported);
    const head = ['--head', `${seq}:${hash}`];
    expect((await firebreak(['audit', 'verify', '--file', file, ...head])).stdout).toContain('Intact: ');
    writeFileSync(file, exported.trimEnd().split('\n').slice(0, -1).join('\n'));
    expect(await firebreak(['audit', 'verify', '--file', file, ...head])).toMatchObject({
      code: 1,
      stdout: `Broken at line ${seq}: the tail was cut off: line ${seq} was there once.\n`,
    });
    writeFileSync(file, exported.replace('requested', 'approved'));
    expect(await firebreak(['audit', 'verify', '--file', file, '--json'])).toMatchObject({ code: 1 });
    writeFileSync(file, 'not a line');
    expect(await firebreak(['audit', 'verify', '--file', file])).toMatchObject({ code: 1 });
  });

  test('ends with 1 and says what was changed past the program', async () => {
    await db.knex.raw(`update remediations set state = 'succeeded' where number = ${bad.number}`);
    const { code, stdout } = await run('audit', 'verify');
    await db.knex.raw(`update remediations set state = 'failed' where number = ${bad.number}`);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringContaining('the row was changed past the program.'),
    });
  });

  test.each([[['audit']], [['audit', 'check']], [['audit', 'verify', '--head', '12']]])(
    '%j is told how it is used',
    async (args) => {
      const { code, stderr } = await firebreak(args);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('audit verify [--head') });
    },
  );
});
