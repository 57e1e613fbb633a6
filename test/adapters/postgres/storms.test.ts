import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  findStorm,
  noteHealth,
  noteIncidents,
  watchStorm,
} from '../../../src/adapters/postgres/brakes/storms.ts';
import { transact } from '../../../src/adapters/postgres/transact.ts';
import type { Requester } from '../../../src/domain/actor.ts';
import { stormLine, stormSource } from '../../../src/domain/incidents/storm.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';
import { requester } from '../../fixtures/remediations.ts';
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

test('how it stands: what waits, and where its message is', async () => {
  expect(await db.store.stormStanding()).toBeUndefined();
  await note(12);
  const standing = { beganAt: expect.any(String), incidents: 12, waiting: 0 };
  expect(await db.store.stormStanding()).toEqual(standing);
  await db.knex.raw(`update slack_outbox set sent_channel = 'C0OPS', ts = '1.2' where kind = 'storm'`);
  const message = { channel: 'C0OPS', ts: '1.2' };
  expect(await db.store.stormStanding()).toEqual({ ...standing, message });
  const byAlert = { kind: 'playbook', playbook: 'restart', alert: 'A' } as const;
  for (const requestedBy of [byAlert, byAlert, { kind: 'person', actor: requester } as const])
    await db.store.open({ id: randomUUID(), action: restartOf(), requestedBy }, randomUUID());
  await db.knex.raw(`update remediations set state = 'waiting', expires_at = now()`);
  expect(await db.store.stormStanding()).toMatchObject({ waiting: 2 });
  await db.knex.raw('update storms set ended_at = now()');
  expect(await db.store.stormStanding()).toBeUndefined();
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

describe('by the share of what is unhealthy', () => {
  const keys = (count: number) =>
    Array.from({ length: count }, (_, index) => `test/shop/Deployment/web-${index}`);
  const noteShare = (unhealthy: number, workloads: number) =>
    noteHealth(
      { ...teller, knex: db.knex },
      { cluster: 'test', workloads, unhealthy: keys(unhealthy) },
      line,
    );
  beforeEach(() => db.knex.raw(`update incidents set closed_at = now(), state = 'triaged'`));

  test.each<[string, number, number, boolean]>([
    ['less than the share', 29, 60, false],
    ['the share', 30, 60, true],
    ['all of a small cluster', 9, 9, false],
    ['as many as count in a small cluster', 10, 12, true],
    ['none of nothing', 0, 0, false],
  ])('%s: %i of %i', async (_name, unhealthy, workloads, isStorm) => {
    await noteShare(unhealthy, workloads);
    expect(await storms()).toHaveLength(isStorm ? 1 : 0);
    expect((await stormNow())?.share).toEqual(isStorm ? { unhealthy, workloads } : undefined);
  });

  test('an owner with an open incident counts once, whether or not it is unhealthy as well', async () => {
    const alerts = keys(32).map((about) => ({ ...alertOf({ about }), fingerprint: about }));
    await db.store.ingest(alerts);
    await db.knex.raw(
      `update incidents set state = 'triaged', owner_key = alert #>> '{labels,about}' where closed_at is null`,
    );
    await noteShare(20, 70);
    expect(await storms()).toEqual([]);
    await db.knex('incidents').insert(
      Array.from({ length: 5 }, (_, index) => ({
        ...{ id: randomUUID(), state: 'triaged', dedup_key: `west-${index}`, title: 'Down', alert: '{}' },
        ...{ owner_key: `west/shop/Deployment/web-${index}`, created_at: noon },
      })),
    );
    await noteShare(20, 70);
    expect(await storms(), 'another cluster is no part of it').toEqual([]);
    await noteShare(20, 64);
    expect(await stormNow()).toMatchObject({ share: { unhealthy: 32, workloads: 64 } });
  });

  test('it goes on while that is so, shows the most, and is one storm with that of incidents', async () => {
    await noteShare(40, 60);
    await db.knex.raw(`update storms set over_line_at = now() - interval '6 minutes'`);
    await noteShare(31, 60);
    await watch();
    await note(12);
    const [storm, ...others] = await storms();
    expect(others).toEqual([]);
    expect(storm).toMatchObject({ ended_at: null, unhealthy: 40, workloads: 60 });
    await noteShare(3, 60);
    await db.knex.raw(
      `update storms set over_line_at = now() - interval '6 minutes'; delete from incident_minutes`,
    );
    await watch();
    expect(await storms()).toMatchObject([{ ended_at: expect.any(Date) }]);
    expect(await findStorm(db.knex, storm.number)).toMatchObject({ share: { unhealthy: 40, workloads: 60 } });
  });
});

test('of two clusters it shows the worst look of one, whole', async () => {
  const look = (cluster: string, unhealthy: number, workloads: number) => {
    const keys = Array.from({ length: unhealthy }, (_, index) => `${cluster}/shop/Deployment/web-${index}`);
    return noteHealth({ ...teller, knex: db.knex }, { cluster, workloads, unhealthy: keys }, line);
  };
  await look('east', 40, 60);
  await look('west', 12, 20);
  expect(await stormNow()).toMatchObject({ share: { unhealthy: 40, workloads: 60 }, cluster: 'east' });
  await look('west', 50, 70);
  expect((await stormNow())?.share).toEqual({ unhealthy: 50, workloads: 70 });
  expect((await stormNow())?.cluster).toBe('west');
  expect((await db.store.usage({ cluster: 'west' }, noon)).storm).not.toHaveProperty('cluster');
  const [{ number }] = await storms();
  expect(await findStorm(db.knex, number, true)).toMatchObject({ cluster: 'west' });
  expect(await findStorm(db.knex, number)).not.toHaveProperty('cluster');
});

test('it is not over because a cluster that was over the line is not seen any more', async () => {
  const look = (cluster: string, unhealthy: number) => {
    const keys = Array.from({ length: unhealthy }, (_, index) => `${cluster}/shop/Deployment/web-${index}`);
    return noteHealth({ ...teller, knex: db.knex }, { cluster, workloads: 60, unhealthy: keys }, line);
  };
  const quiet = async (interval: string) => {
    await db.knex.raw(`update storms set over_line_at = now() - interval '${interval}'`);
    await watch();
    return (await storms()).map((row: { ended_at: Date | null }) => row.ended_at === null);
  };
  await db.knex.raw(`update incidents set closed_at = now(), state = 'triaged'`);
  await look('east', 40);
  await look('west', 40);
  await look('east', 40);
  await look('west', 1);
  expect(await quiet('10 minutes'), 'east was last seen over the line').toEqual([true]);
  const [{ number }] = await storms();
  expect(await findStorm(db.knex, number)).toMatchObject({ overLineIn: ['east'] });
  await look('east', 2);
  expect(await quiet('10 minutes')).toEqual([false]);
  expect(await findStorm(db.knex, number)).not.toHaveProperty('overLineIn');
  await look('gone', 40);
  expect(await quiet('5 hours')).toEqual([false, true]);
  expect(await quiet('7 hours'), 'a cluster that never comes back').toEqual([false, false]);
});

test('it lists what alerts brought about since it began, the riskiest first', async () => {
  const byAlert = { kind: 'playbook', playbook: 'restart', alert: 'A' } as const;
  const opened = async (requestedBy: Requester, score?: number, source = 'policy.yaml') => {
    const id = randomUUID();
    await db.store.open({ id, action: restartOf(), requestedBy }, randomUUID());
    const judged = `update remediations set tier = 'human', score = ?, data = jsonb_set(data, '{spec}', ?::jsonb) where id = ?`;
    const spec = JSON.stringify({ lineItems: [{ source }] });
    if (score !== undefined) await db.knex.raw(judged, [score, spec, id]);
    return id;
  };
  await opened(byAlert, 99);
  await note(12);
  const low = await opened(byAlert, 20);
  const high = await opened(byAlert, 60, stormSource);
  await opened({ kind: 'person', actor: requester }, 80);
  const open = await opened(byAlert);
  const [{ number }] = await storms();
  const storm = await findStorm(db.knex, number);
  expect(storm).toMatchObject({ incidents: 12, more: 0, heldBack: 1 });
  expect(storm?.proposals.map(({ remediation }) => remediation)).toEqual([high, low, open]);
  expect(storm?.proposals[0]).not.toHaveProperty('cluster');
  expect((await findStorm(db.knex, number, true))?.proposals[0]).toMatchObject({ cluster: 'test' });
});

test('an owner is listed once, with what it was judged again as, unless that came after the end', async () => {
  const byAlert = { kind: 'playbook', playbook: 'restart', alert: 'A' } as const;
  const opened = async () => {
    const id = randomUUID();
    await db.store.open({ id, action: restartOf(), requestedBy: byAlert }, randomUUID());
    const spec = JSON.stringify({ lineItems: [{ source: stormSource }] });
    await db.knex.raw(`update remediations set data = jsonb_set(data, '{spec}', ?::jsonb) where id = ?`, [
      spec,
      id,
    ]);
    return id;
  };
  const judgedAgain = (id: string, by: string) =>
    db.knex.raw(
      `update remediations set state = 'superseded', data = data || jsonb_build_object('by', ?::text) where id = ?`,
      [by, id],
    );
  await note(12);
  const [first, second] = [await opened(), await opened()];
  await judgedAgain(first, second);
  const [{ number }] = await storms();
  const listed = async () => {
    const storm = await findStorm(db.knex, number);
    return { held: storm?.heldBack, ids: storm?.proposals.map(({ remediation }) => remediation) };
  };
  expect(await listed()).toEqual({ held: 1, ids: [second] });
  await db.knex.raw('update storms set ended_at = clock_timestamp()');
  const late = await opened();
  await db.knex.raw(`update remediations set created_at = now() + interval '1 minute' where id = ?`, [late]);
  await judgedAgain(second, late);
  expect(await listed()).toEqual({ held: 1, ids: [second] });
});

test('what is not there is not told', async () => {
  expect(await findStorm(db.knex, 4711)).toBeUndefined();
});
