import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { createGoingOn } from '../../../src/adapters/postgres/jobs/going-on.ts';
import { createJobs } from '../../../src/adapters/postgres/jobs/jobs.ts';
import { createLiveness } from '../../../src/adapters/postgres/jobs/liveness.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import type { Transition, Wake } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { sha256 } from '../../support/sha256.ts';
import { type Fate, openWire } from '../../support/wire.ts';
import { rowsOf } from './rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await db.knex.raw('delete from pgboss.job; delete from running');
});
afterAll(() => db.close());
const { proposal } = rowsOf(() => db);

/** The move of a step after which the next is due at once. */
const judged = (row: Remediation): Transition => ({
  ...transitionTo(row, 'evaluated'),
  sideEffects: [{ kind: 'wake', afterSeconds: 0 }],
});

/** A replica that only notes its steps and never ends one, with its store. */
async function replica(knex: Knex) {
  const liveness = createLiveness({ url: db.url, log: silentLog });
  await liveness.start();
  const goingOn = createGoingOn();
  const { queue } = db;
  const jobs = createJobs({ knex, queue, liveness, goingOn, newId: randomUUID, log: silentLog });
  const seen: { wake: Wake; row: Remediation | undefined }[] = [];
  await jobs.start((wake, _claim, _signal, _fence, row) => {
    seen.push({ wake, row });
    return new Promise(() => {});
  });
  ends.push(async () => {
    await jobs.stop(0);
    await liveness.stop();
  });
  const store = createStore({
    ...{ knex, queue, goingOn, sha256, learn },
    ...{ channel: 'C0OPS', cluster: 'test', identity: () => undefined },
    clock: () => noon,
    newId: randomUUID,
  });
  return { store, jobs, seen };
}

const jobsOf = async (id: string): Promise<object[]> => {
  const sql = `select data->>'version' as version, state::text, instance is not null as here from pgboss.job
    left join running on job_id = pgboss.job.id where data->>'id' = ? and state <> 'completed' order by created_on`;
  return (await db.knex.raw(sql, [id])).rows;
};

test('who commits a step goes on with the next, on the row as it would be read', async () => {
  const { store, seen } = await replica(db.knex);
  const { remediation } = await store.open(proposal(), randomUUID());
  const move = judged(remediation);
  expect(await store.transition(remediation, move)).toBe('committed');
  const { id } = remediation;
  expect(seen.map(({ wake }) => wake)).toEqual([
    { kind: 'step', id, version: 0 },
    { kind: 'step', id, version: 1 },
  ]);
  expect(seen[1]?.row).toEqual(await store.load(id));
  expect(await jobsOf(id)).toEqual([
    { version: '0', state: 'active', here: true },
    { version: '1', state: 'active', here: true },
  ]);
});

test('the step of what an alert brought about is left to the queue, where others pass it', async () => {
  const { store } = await replica(db.knex);
  const by = { kind: 'playbook', playbook: 'restart', alert: 'a' } as const;
  const { remediation } = await store.open({ ...proposal(), requestedBy: by }, randomUUID());
  const { id } = remediation;
  expect(await store.transition(remediation, judged(remediation))).toBe('committed');
  const job = async () => (await jobsOf(id)).find((each) => 'version' in each && each.version === '1');
  await eventually(async () => expect(await job()).toMatchObject({ state: 'active' }));
  const { rows } = await db.knex.raw(
    "select priority from pgboss.job where data->>'id' = ? and data->>'version' = '1'",
    [id],
  );
  expect(rows).toEqual([{ priority: 15 }]);
});

test('a replica that stops hands over what it has gone on with, and goes on with nothing more', async () => {
  const { store, jobs } = await replica(db.knex);
  const { remediation } = await store.open(proposal(), randomUUID());
  const { id } = remediation;
  await jobs.stop(0);
  expect(await jobsOf(id)).toEqual([{ version: '0', state: 'created', here: false }]);
  expect(await store.transition(remediation, judged(remediation))).toBe('committed');
  expect(await jobsOf(id)).toEqual([
    { version: '0', state: 'created', here: false },
    { version: '1', state: 'created', here: false },
  ]);
});

test('of the same move twice at the same moment one is committed, and its step is begun once', async () => {
  const { store, seen } = await replica(db.knex);
  const { remediation } = await store.open(proposal(), randomUUID());
  const move = judged(remediation);
  await Promise.all(Array.from({ length: 8 }, () => store.transition(remediation, move)));
  const wake = { kind: 'step', id: remediation.id, version: 1 };
  expect(seen.filter((each) => each.wake.id === wake.id && each.wake.version === 1)).toMatchObject([
    { wake },
  ]);
});

test('a commit whose answer is lost is found, and gone on with', async () => {
  let fate: Fate = 'pass';
  const wire = await openWire(db.url, (piece) => {
    if (!piece.includes('append_events')) return 'pass';
    const now = fate;
    fate = 'pass';
    return now;
  });
  const knex = connect(wire.url, 4);
  ends.push(async () => {
    wire.cut();
    await knex.destroy();
    await wire.close();
  });
  const { store, seen } = await replica(knex);
  const { remediation } = await store.open(proposal(), randomUUID());
  fate = 'cut after';
  expect(await store.transition(remediation, judged(remediation))).toBe('committed');
  // Rows of the tests before are woken, too.
  const { id } = remediation;
  await eventually(() =>
    expect(seen.map(({ wake }) => wake).filter((wake) => wake.id === id)).toEqual([
      { kind: 'step', id, version: 0 },
      { kind: 'step', id, version: 1 },
    ]),
  );
});

test('nothing is gone on with before somebody serves, nor when nobody does any more', () => {
  const goingOn = createGoingOn();
  const wake: Wake = { kind: 'step', id: randomUUID(), version: 0 };
  const asked: Wake[] = [];
  const expected: number[] = [];
  const ask = () => {
    goingOn.expect(1);
    goingOn.adopt(wake);
    return [asked.splice(0), expected.splice(0)];
  };
  expect(ask()).toEqual([[], []]);
  const end = goingOn.serve(
    (each) => void asked.push(each),
    (seconds) => void expected.push(seconds),
  );
  expect(ask()).toEqual([[wake], [1]]);
  end();
  expect(ask()).toEqual([[], []]);
});

test('who commits a step that is due soon says so to who runs steps, and not of one that was not committed', async () => {
  const goingOn = createGoingOn();
  const expected: number[] = [];
  goingOn.serve(
    () => undefined,
    (seconds) => expected.push(seconds),
  );
  const { queue, knex } = db;
  const store = createStore({
    ...{ knex, queue, goingOn, sha256, learn },
    ...{ channel: 'C0OPS', cluster: 'test', identity: () => undefined },
    clock: () => noon,
    newId: randomUUID,
  });
  const { remediation } = await store.open(proposal(), randomUUID());
  const soon: Transition = { ...judged(remediation), sideEffects: [{ kind: 'wake', afterSeconds: 7 }] };
  expect(await store.transition(remediation, soon)).toBe('committed');
  expect(await store.transition(remediation, soon)).toBe('stale');
  expect(expected).toEqual([7]);
});
