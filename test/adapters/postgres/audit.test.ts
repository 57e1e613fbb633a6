import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readChain, verifyAudit } from '../../../src/adapters/postgres/audit/audit.ts';
import {
  type ChainedEntry,
  chain,
  type Entry,
  verifyChain,
} from '../../../src/adapters/postgres/audit/chain.ts';
import { noon } from '../../fixtures/facts.ts';
import { happyRoad, requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

const genesis = { seq: 0, hash: '0'.repeat(64) };
const entry = (version: number): Entry => ({
  kind: 'move',
  actor: null,
  remediation: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0002',
  version,
  event: 'evaluated',
  from: 'requested',
  to: 'evaluated',
  dataDigest: sha256(String(version)),
  at: noon,
});
const lines = chain([0, 1, 2, 3, 4, 5].map(entry), genesis, sha256);
const last = lines.at(-1) ?? { ...genesis };
const headOf = (line: { seq: number; hash: string }) => ({ seq: line.seq, hash: line.hash });

describe('an exported chain', () => {
  test('is intact as it was written', () => {
    expect(verifyChain(lines, headOf(last), sha256)).toEqual({ kind: 'intact', head: headOf(last) });
  });

  const edits: Record<keyof ChainedEntry, ChainedEntry[keyof ChainedEntry]> = {
    seq: 40,
    remediation: randomUUID(),
    version: 9,
    event: 'approved',
    from: null,
    to: 'approved',
    kind: 'vote',
    actor: 'U0EVE',
    dataDigest: 'x',
    at: '2026-03-02T12:00:00.000Z',
    prev: 'f'.repeat(64),
    hash: 'f'.repeat(64),
  };
  test.each(Object.entries(edits))('an edited %s is found', (field, value) => {
    const edited = lines.map((line) => (line.seq === 3 ? { ...line, [field]: value } : line));
    expect(verifyChain(edited, undefined, sha256)).toMatchObject({ kind: 'broken', seq: 3 });
  });

  test('a missing line and two exchanged lines are found, wherever they are', () => {
    fc.assert(
      fc.property(fc.nat({ max: lines.length - 2 }), (at) => {
        const without = lines.filter((_, i) => i !== at);
        expect(verifyChain(without, undefined, sha256)).toMatchObject({ kind: 'broken', seq: at + 1 });
        const [a, b] = [lines[at], lines[at + 1]];
        const swapped = lines
          .map((line, i) => (i === at ? b : i === at + 1 ? a : line))
          .filter((line) => line !== undefined);
        expect(verifyChain(swapped, undefined, sha256)).toMatchObject({ kind: 'broken', seq: at + 1 });
      }),
    );
  });

  test('a line that was edited and hashed anew breaks the next one', () => {
    const [first, second, ...rest] = lines;
    if (first === undefined || second === undefined) throw new Error('the chain is too short');
    const [forged] = chain([{ ...entry(1), event: 'forged' }], headOf(first), sha256);
    expect(verifyChain([first, forged ?? second, ...rest], undefined, sha256)).toMatchObject({
      kind: 'broken',
      seq: 3,
    });
  });

  test('a whole tail forged anew differs from the head that was noted elsewhere', () => {
    const [first] = lines;
    if (first === undefined) throw new Error('the chain is empty');
    const forged = [
      first,
      ...chain(
        [1, 2, 3, 4, 5].map((version) => ({ ...entry(version), event: 'forged' })),
        headOf(first),
        sha256,
      ),
    ];
    expect(verifyChain(forged, undefined, sha256).kind).toBe('intact');
    expect(verifyChain(forged, headOf(last), sha256)).toMatchObject({ kind: 'broken', seq: 6 });
  });
});

describe('the chain in the database', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openDatabase();
    await Promise.all([1, 2, 3].map((n) => walkTheRoad(`web-${n}`)));
  });
  afterAll(() => db.close());

  async function walkTheRoad(
    name: string,
    then: (state: string) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const action = {
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace: 'shop', name },
    } as const;
    const asked = { id: randomUUID(), action, requestedBy: { kind: 'person', actor: requester } } as const;
    let { remediation: row } = await db.store.open(asked, randomUUID());
    for (const state of happyRoad) {
      const transition = transitionTo(row, state);
      await db.store.transition(row, transition);
      row = transition.next;
      await then(state);
    }
  }

  /** Runs SQL as an intruder would, looks, and undoes it. */
  async function afterTampering(sql: string, expected?: { seq: number; hash: string }) {
    await db.knex.raw(
      'create table kept as select * from remediation_events; create table kept_head as select * from audit_head; create table kept_rows as select id, data, state, version from remediations',
    );
    try {
      await db.knex.raw(sql);
      return await verifyAudit(db.knex, sha256, expected);
    } finally {
      await db.knex.raw(`delete from remediation_events; insert into remediation_events select * from kept;
        delete from audit_head; insert into audit_head select * from kept_head;
        update remediations r set data = k.data, state = k.state, version = k.version from kept_rows k where k.id = r.id;
        drop table kept; drop table kept_head; drop table kept_rows`);
    }
  }

  test('three remediations side by side make one intact chain', async () => {
    const verified = await verifyAudit(db.knex, sha256);
    expect(verified).toMatchObject({ kind: 'intact', head: { seq: 24 } });
    const chained = await readChain(db.knex, 0, 100);
    expect(verifyChain(chained, undefined, sha256)).toEqual(verified);
  });

  const tampering = [
    ['an edited event', "update remediation_events set event = 'x' where seq = 7", 7, 'was changed'],
    [
      'a time moved by a millisecond',
      "update remediation_events set at = at + interval '1 millisecond' where seq = 7",
      7,
      'was changed',
    ],
    ['a deleted line', 'delete from remediation_events where seq = 7', 7, 'missing'],
    [
      'two exchanged lines',
      'update remediation_events set seq = 100 where seq = 7; update remediation_events set seq = 7 where seq = 8; update remediation_events set seq = 8 where seq = 100',
      7,
      'does not name the hash',
    ],
    ['a cut tail', 'delete from remediation_events where seq > 20', 21, 'cut off'],
    ['a deleted head', 'delete from audit_head', 25, 'head row is gone'],
    ['a head of another hash', "update audit_head set hash = repeat('f', 64)", 25, 'does not name the last'],
    ['a head before the last line', 'update audit_head set seq = 20', 25, 'does not name the last'],
    ['everything deleted', 'delete from remediation_events', 1, 'cut off'],
    [
      'an edited row',
      `update remediations set data = jsonb_set(data, '{reason}', '"x"') where number = 1`,
      undefined,
      'changed past the program',
    ],
    [
      'a row of an earlier version',
      'update remediations set version = version - 1 where number = 1',
      undefined,
      'changed past the program',
    ],
    [
      'a row in another state',
      `update remediations set state = 'failed' where number = 1`,
      undefined,
      'changed past the program',
    ],
  ] as const;
  test.each(tampering)('%s is found', async (_name, sql, seq, words) => {
    const found = await afterTampering(sql);
    expect(found).toMatchObject({ kind: 'broken', sentence: expect.stringContaining(words) });
    if (seq !== undefined) expect(found).toMatchObject({ seq });
    expect((await verifyAudit(db.knex, sha256)).kind).toBe('intact');
  });

  test('a tail cut together with the head is found by a head noted elsewhere', async () => {
    const [noted] = await readChain(db.knex, 23, 1);
    if (noted === undefined) throw new Error('line 24 is there');
    const cut = `delete from remediation_events where seq > 20;
      update audit_head set seq = 20, hash = (select hash from remediation_events where seq = 20)`;
    const found = await afterTampering(cut, headOf(noted));
    expect(found).toMatchObject({
      kind: 'broken',
      seq: 21,
      sentence: expect.stringContaining('line 24 was there once'),
    });
  });

  test('forty writers at once leave no gap and no fork', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => walkTheRoad(`crowd-${n}`)));
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({ kind: 'intact', head: { seq: 24 + 40 * 8 } });
  });

  test('a remediation put back to what it was before, and one deleted, are found', async () => {
    await db.knex.raw('create table others as select id from remediations');
    await walkTheRoad('web-4', async (state) => {
      if (state === 'approved')
        await db.knex.raw(
          'create table before as select * from remediations where id not in (select id from others)',
        );
    });
    await db.knex.raw(`update remediations r set version = k.version, state = k.state, data = k.data
      from before k where k.id = r.id`);
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({
      kind: 'broken',
      sentence: expect.stringContaining('the row was changed past the program'),
    });
    await db.knex.raw(`set local session_replication_role = replica;
      delete from remediations where id in (select id from before)`);
    expect(await verifyAudit(db.knex, sha256)).toMatchObject({
      kind: 'broken',
      sentence: expect.stringContaining('was deleted past the program'),
    });
  });
});
