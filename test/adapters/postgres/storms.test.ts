import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findStorm, noteIncidents, watchStorm } from '../../../src/adapters/postgres/brakes/storms.ts';
import { transact } from '../../../src/adapters/postgres/transact.ts';
import { stormLine } from '../../../src/domain/incidents/storm.ts';
import { noon } from '../../fixtures/facts.ts';
import { alertOf } from '../../fixtures/script.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());
beforeEach(() =>
  db.knex.raw(
    `delete from storms; delete from incident_minutes; delete from slack_outbox where kind = 'storm'`,
  ),
);

const teller = { newId: randomUUID, channel: 'C0OPS' };
const line = stormLine.parse({ incidentsPerMinute: 10, quietMinutes: 5 });
const note = (count: number) => transact(db.knex, (trx) => noteIncidents(teller, trx, count, line));
const watch = () => watchStorm({ ...teller, knex: db.knex }, line);
const storms = async () => (await db.knex.raw('select * from storms order by number')).rows;
const digests = async () =>
  (
    await db.knex.raw(
      `select key, desired_revision as revision, priority, notice from slack_outbox where kind = 'storm'`,
    )
  ).rows;
const stormNow = async () => (await db.store.usage({ cluster: 'test' }, noon)).storm;

test('below the line there is none, and from it on there is one, with one message', async () => {
  await note(4);
  await note(5);
  expect(await storms()).toEqual([]);
  expect(await stormNow()).toBeUndefined();
  await Promise.all([note(1), note(3), note(2)]);
  expect(await storms()).toMatchObject([{ ended_at: null }]);
  expect(await stormNow()).toMatchObject({ since: expect.any(String), incidents: expect.any(Number) });
  const [digest, ...others] = await digests();
  expect(others).toEqual([]);
  expect(digest).toMatchObject({ priority: 0, notice: { kind: 'storm' } });
  await note(1);
  expect((await digests())[0].revision).toBeGreaterThan(digest.revision);
});

test('it is over when it has been quiet for long enough, and then the next is another one', async () => {
  await note(12);
  await watch();
  expect(await storms()).toMatchObject([{ ended_at: null }]);
  await db.knex.raw(
    `update storms set over_line_at = now() - interval '6 minutes'; delete from incident_minutes`,
  );
  const before = (await digests())[0].revision;
  await Promise.all([watch(), watch()]);
  expect(await storms()).toMatchObject([{ ended_at: expect.any(Date) }]);
  expect((await digests())[0].revision).toBe(before + 1);
  expect(await stormNow()).toBeUndefined();
  await note(12);
  expect(await storms()).toHaveLength(2);
});

test('it is not over before it has been quiet for long enough, and is gone on with', async () => {
  const over = (minutes: number) =>
    db.knex.raw(`update storms set over_line_at = now() - ? * interval '1 minute'`, [minutes]);
  await db.knex.raw(`update incidents set state = 'triaged'`);
  await note(12);
  expect(await storms()).toMatchObject([{ incidents: 12 }]);
  await over(4);
  await watch();
  expect(await storms()).toMatchObject([{ ended_at: null }]);
  await over(6);
  await note(12);
  await watch();
  expect(await storms(), 'over the line once more').toMatchObject([{ ended_at: null, incidents: 24 }]);
  await db.knex.raw('delete from incident_minutes');
  await over(6);
  const [before] = await digests();
  await note(1);
  expect(await storms()).toMatchObject([{ ended_at: null, incidents: 25 }]);
  expect((await digests())[0].revision).toBe(before.revision + 1);
  await watch();
  expect(await storms(), 'below the line nothing is put off').toMatchObject([{ ended_at: expect.any(Date) }]);
});

test('what was two minutes ago is no part of it', async () => {
  await db.knex.raw(
    `insert into incident_minutes values (date_trunc('minute', now()) - interval '2 minutes', 1000)`,
  );
  await note(1);
  expect(await storms()).toEqual([]);
});

test('it lasts while alerts still wait to be looked at', async () => {
  await note(12);
  await db.store.ingest([{ ...alertOf({ alertname: 'A' }), fingerprint: 'waits' }]);
  await db.knex.raw(`update storms set over_line_at = now() - interval '6 minutes'`);
  await watch();
  expect(await storms()).toMatchObject([{ ended_at: null }]);
});

test('alerts about one object are one incident, those about many are many', async () => {
  await db.knex.raw(`update incidents set state = 'triaged'`);
  const settled = async (abouts: readonly string[]) => {
    await db.store.ingest(
      abouts.map((about, index) => ({ ...alertOf({ about }), fingerprint: `${about}-${index}` })),
    );
    const asleep = await db.store.takeAsleep(1000);
    const triaged = asleep.map((incident) => ({
      incident,
      triage: { kind: 'no_action' as const, reason: 'none', about: incident.alert?.labels['about'] ?? '' },
    }));
    await db.store.settleAsleep(triaged, []);
  };
  await settled(Array.from({ length: 60 }, () => 'shop/web-*'));
  expect(await storms()).toEqual([]);
  await settled(Array.from({ length: 40 }, (_, index) => `shop/app-${index}`));
  expect(await storms()).toMatchObject([{ ended_at: null }]);
});

test('what is not there is not told', async () => {
  expect(await findStorm(db.knex, 4711)).toBeUndefined();
});
