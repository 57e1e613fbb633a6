import { randomUUID } from 'node:crypto';
import { setImmediate as nextRound } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../src/adapters/postgres/connect.ts';
import { type CommitAlerts, createIntake } from '../../../src/adapters/postgres/incidents/intake.ts';
import { inTurns } from '../../../src/adapters/postgres/incidents/turns.ts';
import { createStore } from '../../../src/adapters/postgres/store.ts';
import type { Alert, Incident } from '../../../src/domain/incidents/incident.ts';
import { learn } from '../../../src/stages/learn/trust.ts';
import { noon } from '../../fixtures/facts.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';

/* In a storm what comes of alerts waits for itself, and people for none of it. */

const alert = (fingerprint: string): Alert => ({
  fingerprint,
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping' },
  annotations: {},
  startsAt: noon,
  source: 'alertmanager',
});

/** Whether it is there already when the event loop has come round. */
const isDone = async (work: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void work.then(() => {
    done = true;
  });
  await nextRound();
  return done;
};

describe('connections', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openDatabase();
  });
  afterAll(() => db.close());

  test('people find one while all that settle the triage of alerts wait for each other', async () => {
    const pools = { knex: connect(db.url, 2), triage: connect(db.url, 2) };
    const { queue } = db;
    const store = createStore({
      ...{ ...pools, queue, sha256, learn, channel: 'C0OPS', cluster: 'test', newId: randomUUID },
      identity: () => undefined,
      clock: () => noon,
    });
    await store.ingest([1, 2, 3, 4].map((n) => alert(`${n}`)));
    const ids = await db.knex('incidents').select('id');
    const incidents = await Promise.all(ids.map(({ id }) => store.incident(id)));
    const holder = await db.knex.transaction();
    // "FBtr"
    await holder.raw(`select pg_advisory_xact_lock(${0x46427472})`);
    const settling = Promise.all(
      incidents.map((each) => each && store.settleTriage(each, { kind: 'no_action', reason: 'none' })),
    );
    expect(await store.load(randomUUID())).toBeUndefined();
    await store.recordUnparsable({
      ...{ command: 'x', reason: 'y', requestKey: 'k' },
      by: { userId: 'U0ALICE', teamId: 'T0' },
    });
    await holder.rollback();
    expect(await settling).toEqual(Array.from({ length: 4 }, () => 'committed'));
    await Promise.all([pools.knex.destroy(), pools.triage.destroy()]);
  });
});

describe('a flood of alerts', () => {
  const commit: CommitAlerts = async (requests) =>
    requests.map(({ length }) => ({ opened: length, known: 0, resolved: 0 }));
  const alerts = (count: number) => Array.from({ length: count }, (_, n) => alert(`${n}`));

  test('goes before what is done about it, a few alerts do not', async () => {
    const { ingest, calm } = createIntake(commit, async () => {});
    expect(await isDone(calm())).toBe(true);
    await ingest(alerts(3));
    expect(await isDone(calm())).toBe(true);
    await ingest(alerts(200));
    const waiting = calm();
    expect(await isDone(waiting)).toBe(false);
    await waiting;
  });
});

describe('many alerts that are triaged together', () => {
  const incident: Incident = {
    ...{ id: randomUUID(), state: 'received', version: 0, dedupKey: 'k', title: 't', createdAt: noon },
  };

  test('one batch is taken after the other, the next when the last is settled or was not to be had', async () => {
    let [taken, fails] = [0, false];
    const { takeAsleep, settleAsleep } = inTurns(
      {
        takeAsleep: async () => {
          if (fails) throw new Error('away');
          taken += 1;
          return taken === 3 ? [] : [incident];
        },
        settleAsleep: async () => {},
      },
      async () => {},
    );
    await takeAsleep(10);
    const second = takeAsleep(10);
    expect(await isDone(second)).toBe(false);
    await settleAsleep([], []);
    expect(await second).toEqual([incident]);
    await settleAsleep([], []);
    // There was nothing: nothing is waited for.
    expect(await takeAsleep(10)).toEqual([]);
    fails = true;
    await expect(takeAsleep(10)).rejects.toThrow('away');
    fails = false;
    expect(await takeAsleep(10)).toEqual([incident]);
  });

  test('the next batch is taken beside one that takes long, not counting what it may have been put off for', async () => {
    const { takeAsleep } = inTurns(
      { takeAsleep: async () => [incident], settleAsleep: async () => {} },
      async () => {},
    );
    const since = performance.now();
    await takeAsleep(10);
    await takeAsleep(10);
    // Timers may be a millisecond early.
    expect(performance.now() - since).toBeGreaterThanOrEqual(1_245);
  });
});
