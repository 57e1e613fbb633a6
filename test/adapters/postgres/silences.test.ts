import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSilences } from '../../../src/adapters/postgres/silences/silences.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import type { Leased, Silences } from '../../../src/workflow/silences/silences-port.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { alertOf } from '../../fixtures/script.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { rowsOf } from './rows.ts';

/* What is kept of silences; that they are made and ended is tried on a real Alertmanager. */

let db: TestDatabase;
let silences: Silences;
beforeAll(async () => {
  db = await openDatabase();
  silences = createSilences({ knex: db.knex, newId: randomUUID, channel: 'C0OPS' });
});
beforeEach(() => db.knex.raw('truncate silences'));
afterAll(() => db.close());

const { opened } = rowsOf(() => db);
const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** A remediation with an alert that joined its incident. */
async function alerted(source = 'alertmanager'): Promise<Remediation> {
  const row = await opened();
  const fingerprint = randomUUID();
  await db.store.ingest([{ ...alertOf({ alertname: fingerprint }), fingerprint, source }]);
  await db.knex.raw(`update incidents set joined = ? where alert->>'fingerprint' = ?`, [
    row.incidentId,
    fingerprint,
  ]);
  return row;
}

const ask = (row: Remediation, endsAt = at(3600)) => silences.ask(row, { by: 'U0ALICE', endsAt });
const one = async (): Promise<Leased> => {
  const [leased, ...more] = await silences.take();
  if (leased === undefined || more.length > 0) throw new Error(`expected one, not ${more.length + 1}`);
  return leased;
};
const over = (row: Remediation) =>
  db.knex.raw(`update remediations set state = 'rejected' where id = ?`, [row.id]);
const runsOut = () => db.knex.raw(`update silences set leased_until = now() - interval '1 second'`);
const made = { state: 'made', heard: [{ alertname: 'A' }] } as const;

describe('whoever looks after silences', () => {
  test('takes what is wanted, and nobody else does meanwhile', async () => {
    const row = await alerted();
    await ask(row);
    const leased = await one();
    expect(leased).toMatchObject({ by: 'U0ALICE', remediation: { id: row.id, number: row.number } });
    expect(leased.over).toBeUndefined();
    expect(await silences.take()).toEqual([]);
    expect(await silences.holds(leased)).toBe(true);
    expect(await silences.holds({ ...leased, lease: randomUUID() })).toBe(false);
    await runsOut();
    expect(await silences.holds(leased)).toBe(false);
    const next = await one();
    expect(next.lease).not.toBe(leased.lease);
    expect(await silences.settle(leased, made), 'the lease was lost').toBe(false);
    expect(await silences.settle(next, made)).toBe(true);
  });

  test('puts off what cannot be done now', async () => {
    await ask(await alerted());
    const leased = await one();
    await silences.putOff({ ...leased, lease: randomUUID() }, 0);
    expect(await silences.take(), 'it is not theirs').toEqual([]);
    await silences.putOff(leased, 30);
    expect(await silences.take()).toEqual([]);
    await runsOut();
    expect(await silences.take()).toHaveLength(1);
  });

  test.each<[string, (row: Remediation) => Promise<unknown>, string]>([
    ['its remediation has ended', over, 'rejected'],
    [
      'its time is over',
      () => db.knex.raw(`update silences set ends_at = now() - interval '1 second'`),
      'late',
    ],
  ])('ends what was made when %s, and then no more', async (_name, happens, why) => {
    const row = await alerted();
    await ask(row);
    await silences.settle(await one(), made);
    expect(await silences.take(), 'made, and not over').toEqual([]);
    await happens(row);
    const leased = await one();
    expect(leased.over).toBe(why);
    expect(await silences.settle(leased, { state: 'ended' })).toBe(true);
    expect(await silences.take()).toEqual([]);
    const said = await db.knex('slack_outbox').whereLike('key', `silence:${leased.id}:%`).orderBy('seq');
    expect(said.map(({ notice }) => notice.by)).toEqual(['U0ALICE', undefined]);
  });
});

test('the card says what may be silenced and what is, once for a remediation', async () => {
  const row = await alerted();
  expect(await silences.shown(row)).toBe('possible');
  expect(await ask(row)).toEqual({ kind: 'asked', alerts: 1, leftOut: 0 });
  expect(await ask(row)).toEqual({ kind: 'already' });
  expect(await silences.shown(row)).toMatchObject({ by: 'U0ALICE', alerts: 1, state: 'wanted' });
  expect(await db.knex('slack_outbox').where('key', `card:${row.id}`)).toHaveLength(1);
});

test('a silence in a state that only a newer version knows keeps no card from being drawn', async () => {
  const row = await alerted();
  await ask(row);
  await db.knex.raw('alter table silences drop constraint if exists silences_state_check');
  await db.knex('silences').where('remediation_id', row.id).update({ state: 'doubted' });
  expect(await silences.shown(row)).toBeUndefined();
  await db.knex('silences').where('remediation_id', row.id).delete();
});

test.each<[string, () => Promise<Remediation>]>([
  ['comes from elsewhere', () => alerted('grafana')],
  [
    'is over',
    async () => {
      const row = await alerted();
      await db.knex('incidents').where('joined', row.incidentId).update({ resolved_at: new Date() });
      return row;
    },
  ],
  ['is of another incident', () => opened()],
])('an alert that %s is not silenced', async (_name, given) => {
  const row = await given();
  expect(await silences.shown(row)).toBeUndefined();
  expect(await ask(row)).toEqual({ kind: 'none' });
});

test('nothing may be silenced for a remediation that has ended', async () => {
  const row = await alerted();
  const { next } = transitionTo(row, 'no_action');
  expect(await silences.shown(next)).toBeUndefined();
});

test('of what is silent only what Alertmanager was heard to have is asked about', async () => {
  const row = await alerted();
  const [alert] = await db.knex('incidents').where('joined', row.incidentId);
  await ask(row);
  const leased = await one();
  expect(await silences.firing(leased)).toEqual([]);
  await silences.settle(leased, { state: 'made', heard: [alert.alert.labels] });
  expect((await silences.firing(leased)).map(({ labels }) => labels)).toEqual([alert.alert.labels]);
  await db.knex('incidents').where('joined', row.incidentId).update({ resolved_at: new Date() });
  expect(await silences.firing(leased)).toEqual([]);
});
