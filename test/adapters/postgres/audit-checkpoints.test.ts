import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { appendEvents, readChain, verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import { type Entry, genesis, type Head, headText } from '../../../src/adapters/postgres/audit/chain.ts';
import { chainStart, checkpointEntry } from '../../../src/adapters/postgres/audit/checkpoint.ts';
import { noon } from '../../fixtures/facts.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { rowsOf } from './rows.ts';

/* A chain whose first lines were pruned: lines 1 and 2, with their rows. Line 3 opens what is there, line 4 is the checkpoint. */

let db: TestDatabase;
let id: string;
const heads: Head[] = [genesis];
const { opened } = rowsOf(() => db);
const headAt = (seq: number): Head => heads[seq] ?? genesis;

beforeAll(async () => {
  db = await openDatabase();
  await opened();
  await opened();
  await db.knex.raw('delete from pgboss.job; delete from remediations');
  ({ id } = await opened());
  for (const { seq, hash } of await readChain(db.knex, 0, 10)) heads.push({ seq, hash });
  await append(checkpointEntry({ from: genesis, to: headAt(2) }, noon, sha256));
  const [last] = await readChain(db.knex, 3, 1);
  heads.push({ seq: 4, hash: last?.hash ?? '' });
});
afterAll(() => db.close());

const vouched: Entry = {
  ...{ kind: 'baseline', event: 'baseline', remediation: null, version: null, actor: null, from: null },
  ...{ to: 'vouched', dataDigest: '', at: noon },
};

const append = (...entries: readonly Entry[]) => db.knex.transaction((trx) => appendEvents(trx, entries));

const kept = ['remediation_events', 'audit_head', 'remediations'];
const keep = kept.map((table) => `create table kept_${table} as select * from ${table}`).join(';');
const restore = kept
  .slice(0, 2)
  .map((table) => `delete from ${table}; insert into ${table} select * from kept_${table}`)
  .concat(
    'update remediations r set id = k.id, state = k.state from kept_remediations k where k.number = r.number',
  )
  .join(';');

/** Runs SQL as an intruder would, looks, and undoes it. */
async function afterTampering(sql: string, noted?: Head, anchors?: readonly Head[]) {
  await db.knex.raw(keep);
  try {
    if (sql !== '') await db.knex.raw(sql);
    return await verifyAudit(db.knex, sha256, noted, anchors);
  } finally {
    await db.knex.raw(`${restore}; ${kept.map((table) => `drop table kept_${table}`).join(';')}`);
  }
}

const gone = 'delete from remediation_events where seq <= 2';
const another = { seq: 2, hash: 'e'.repeat(64) };
const prunedSentence =
  'line 1, which the head names, was pruned: check it against an export, and this with a later head';

describe('is intact, and says where it begins:', () => {
  test.each<[string, string, (() => Head) | undefined, (() => readonly Head[]) | undefined]>([
    ['with the lines that are pruned still there', '', undefined, undefined],
    ['without them', gone, undefined, undefined],
    ['against the head that it begins after', gone, () => headAt(2), undefined],
    ['against a later one', gone, () => headAt(3), undefined],
    ['against an anchor', gone, undefined, () => [headAt(1), headAt(4)]],
  ])('%s', async (_name, sql, noted, anchors) => {
    const found = await afterTampering(sql, noted?.(), anchors?.());
    expect(found).toEqual({ kind: 'intact', head: headAt(4), from: headAt(2) });
  });
});

test.each<[string, string, number, string, (() => Head) | undefined, (() => readonly Head[]) | undefined]>([
  [
    'another line than the one that the checkpoint names',
    `update remediation_events set hash = '${another.hash}' where seq = 2`,
    ...([2, 'line 2 is not the one that the checkpoint names', undefined, undefined] as const),
  ],
  [
    'a checkpoint that names no line',
    `update remediation_events set to_state = 'x' where seq = 4`,
    ...([4, 'line 4 is called a checkpoint and names no lines before it', undefined, undefined] as const),
  ],
  ['a head of a line that was pruned', gone, 1, prunedSentence, () => headAt(1), undefined],
  [
    'another head of the line that it begins after',
    ...(['', 2, 'line 2 is not the one that the head names', () => another, undefined] as const),
  ],
  [
    'a head of a line that is gone',
    ...([
      '',
      5,
      'the tail was cut off: line 5 was there once',
      () => ({ ...another, seq: 5 }),
      undefined,
    ] as const),
  ],
  [
    'no anchor that is newer',
    ...([
      '',
      3,
      'no anchor names a line after 2: nothing shows that no line was cut off',
      undefined,
    ] as const),
    () => [headAt(1)],
  ],
  [
    'an anchor of another line',
    ...(['', 3, 'line 3 is not the one that an anchor names', undefined] as const),
    () => [{ ...another, seq: 3 }],
  ],
  [
    'a head row that names a later line',
    'update audit_head set seq = 9',
    ...([5, 'the tail was cut off: the head names line 9', undefined, undefined] as const),
  ],
  [
    'a head row that names an earlier line',
    'update audit_head set seq = 3',
    ...([5, 'the head row does not name the last line', undefined, undefined] as const),
  ],
])('found is %s', async (_name, sql, seq, sentence, noted, anchors) => {
  expect(await afterTampering(sql, noted?.(), anchors?.())).toEqual({ kind: 'broken', seq, sentence });
});

test('all of it is of one moment, and nothing is written', async () => {
  const begun = vi.spyOn(db.knex, 'transaction');
  await verifyAudit(db.knex, sha256);
  const how = { isolationLevel: 'repeatable read', readOnly: true };
  expect(begun.mock.calls.map(([, options]) => options)).toEqual([how]);
  begun.mockRestore();
});

test('a time that is none stands in no line of the chain, which cannot be read from there on', async () => {
  const sql = `update remediation_events set at = '12026-01-01' where seq = 4`;
  await expect(afterTampering(sql)).rejects.toThrow('after line 3 is something that is no line of the chain');
});

const other = '7b6d5c4e-0000-4000-8000-000000000001';
test.each<[string, string, number, () => string]>([
  ['in another state', `update remediations set state = 'failed'`, 3, () => id],
  ['of another name', `update remediations set id = '${other}'`, 0, () => other],
])('a row %s is found with its line', async (_name, sql, seq, of) => {
  await db.knex.raw('delete from pgboss.job; delete from held_targets');
  const sentence = `remediation ${of()} is not as its last line in the chain says: the row was changed past the program`;
  expect(await afterTampering(sql)).toEqual({ kind: 'broken', seq, sentence });
});

test('a row that a line says was pruned must be gone, and may be', async () => {
  const pruned: Entry = {
    ...{ kind: 'pruned', remediation: id, version: 0, event: 'pruned', from: 'requested', to: 'pruned' },
    ...{ actor: null, dataDigest: 'd', at: noon },
  };
  await append(pruned);
  expect(await afterTampering('')).toEqual({
    kind: 'broken',
    seq: 5,
    sentence: `remediation ${id} is there, and line 5 says that it was pruned`,
  });
  await db.knex.raw('delete from pgboss.job; delete from remediations');
  expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact', head: { seq: 5 } });
});

describe('a chain begins', () => {
  test('after what the newest checkpoint says was pruned', async () => {
    expect(await chainStart(db.knex)).toEqual({ kind: 'start', head: headAt(2) });
    await append(checkpointEntry({ from: headAt(2), to: headAt(3) }, noon, sha256));
    expect(await chainStart(db.knex)).toEqual({ kind: 'start', head: headAt(3) });
  });

  test('nowhere with a checkpoint that says nothing', async () => {
    await db.knex.raw('update remediation_events set from_state = ? where seq = 6', [headText(headAt(4))]);
    expect(await chainStart(db.knex)).toEqual({ kind: 'invalid', seq: 6 });
  });

  test('with its first line where there is none', async () => {
    await db.knex.raw(`delete from remediation_events where kind = 'checkpoint'`);
    expect(await chainStart(db.knex)).toEqual({ kind: 'start', head: genesis });
  });
});

test('a chain that is longer than what is read of it at a time is read to its end', async () => {
  const long = await openDatabase();
  const thousand = Array.from({ length: 1_000 }, () => vouched);
  const many = (entries: readonly Entry[]) => long.knex.transaction((trx) => appendEvents(trx, entries));
  const whole = (seq: number) => ({ kind: 'intact', head: { seq, hash: expect.any(String) } });
  for (let written = 0; written < 20; written += 1) await many(thousand);
  expect(await verifyAudit(long.knex, sha256)).toEqual(whole(20_000));
  await many([vouched]);
  expect(await verifyAudit(long.knex, sha256)).toEqual(whole(20_001));
  await long.knex.raw(`update remediation_events set event = 'x' where seq = 20001`);
  expect(await verifyAudit(long.knex, sha256)).toMatchObject({
    seq: 20_001,
    sentence: 'line 20001 was changed: its hash does not fit its fields',
  });
  await long.close();
});
