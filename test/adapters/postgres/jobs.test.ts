import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createQueue, queueName } from '../../../src/adapters/postgres/jobs/queue.ts';
import { sweep } from '../../../src/adapters/postgres/jobs/sweeper.ts';
import { ClusterFault, type Jobs, type SideEffect, type Wake } from '../../../src/workflow/ports.ts';
import { defaultPolicy } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { happyRoad, requester, transitionTo } from '../../fixtures/remediations.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { sha256 } from '../../support/sha256.ts';
import { type Handle, inbox, openReplica, stepWake, takenByVictim } from './replicas.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
  await db.knex.raw(
    'delete from pgboss.job; delete from running; truncate incidents, remediations, remediation_events cascade',
  );
});
afterAll(() => db.close());

/** A replica in this process; stopped after the test. */
async function startReplica(handle: Handle): Promise<Jobs> {
  const { jobs, stop } = await openReplica(db, handle);
  running.push(stop);
  return jobs;
}

const send = (wake: Wake, after = 0) => db.queue.send(db.knex, wake, { after });

const jobStates = async (): Promise<string[]> =>
  (
    await db.knex.raw(`select state::text from pgboss.job where name = '${queueName}' order by created_on`)
  ).rows.map((row: { state: string }) => row.state);
const runningNow = async () => (await db.knex('running')).length;

describe('a wake', () => {
  test('of each kind reaches the handler, and its job ends with it', async () => {
    const { seen, handle, until } = inbox();
    await startReplica(handle);
    const wakes: Wake[] = (['step', 'expire', 'triage'] as const).map((kind) => ({
      kind,
      id: randomUUID(),
      version: 3,
    }));
    for (const wake of wakes) await send(wake);
    await until(() => seen.length === 3);
    expect(seen.map(({ wake }) => wake)).toEqual(expect.arrayContaining(wakes));
    await eventually(async () => expect(await jobStates()).toEqual(['completed', 'completed', 'completed']));
    await eventually(async () => expect(await runningNow()).toBe(0));
  });

  test('sent twice comes once', async () => {
    const { seen, handle, until } = inbox();
    const wake = stepWake();
    await Promise.all([send(wake), send(wake), send(wake)]);
    await startReplica(handle);
    const last = stepWake();
    await send(last, 1);
    await until(() => seen.some((each) => each.wake.id === last.id));
    expect(seen.filter((each) => each.wake.id === wake.id)).toHaveLength(1);
  });

  test('of two replicas comes to one', async () => {
    const { seen, handle, until } = inbox();
    await startReplica(handle);
    await startReplica(handle);
    const wakes = Array.from({ length: 30 }, () => stepWake());
    await db.queue.sendAll(db.knex, wakes);
    await until(() => seen.length >= 30);
    expect(new Set(seen.map((each) => each.wake.id)).size).toBe(30);
    expect(seen).toHaveLength(30);
  });

  test('is rolled back with the transaction that sent it', async () => {
    await expect(
      db.knex.transaction(async (trx) => {
        await db.queue.send(trx, stepWake());
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await jobStates()).toEqual([]);
  });

  test('whose handler throws is tried again, with the next attempt', async () => {
    const { seen, handle, until } = inbox();
    await startReplica(async (wake, claim, ...rest) => {
      await handle(wake, claim, ...rest);
      if (claim.attempt === 0) throw new Error('the cluster is away');
    });
    await send(stepWake());
    await until(() => seen.length === 2);
    expect(seen.map((each) => each.claim.attempt)).toEqual([0, 1]);
    await eventually(async () => expect(await jobStates()).toEqual(['completed']));
  });

  test('of a kind that only a newer version knows is kept to be tried again', async () => {
    const { seen, handle } = inbox();
    await startReplica(handle);
    const unknown = JSON.stringify({ kind: 'dance', id: randomUUID(), version: 0 });
    await db.knex.raw(
      `insert into pgboss.job (name, data, retry_limit, retry_delay) values ('${queueName}', ?::jsonb, 20, 60)`,
      [unknown],
    );
    await eventually(async () => expect(await jobStates()).toEqual(['retry']));
    expect(seen).toEqual([]);
    await eventually(async () => expect(await runningNow()).toBe(0));
  });
});

test('no more than twenty run at once, and the next begins when one ends', async () => {
  const gates: (() => void)[] = [];
  let most = 0;
  let now = 0;
  await startReplica(async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise<void>((open) => gates.push(open));
    now -= 1;
  });
  await db.queue.sendAll(
    db.knex,
    Array.from({ length: 45 }, () => stepWake()),
  );
  // All places are taken before the first is free again, however long that takes.
  await eventually(() => expect(now).toBe(20));
  for (let done = 0; done < 45; done += 1) {
    await eventually(() => expect(gates.length).toBeGreaterThan(0));
    gates.shift()?.();
  }
  await eventually(async () => expect(new Set(await jobStates())).toEqual(new Set(['completed'])));
  expect(most).toBe(20);
});

test('a replica that is killed in the middle of a step: another takes the step over', async () => {
  const { victim, wake } = await takenByVictim(db);
  running.push(() => victim.kill());
  const { seen, handle, until } = inbox();
  await startReplica(handle);
  const killed = performance.now();
  await victim.kill();
  await until(() => seen.length > 0);
  console.info(`took over after ${Math.round(performance.now() - killed)} ms`);
  expect(seen).toMatchObject([{ wake: { ...wake, deaths: 1 } }]);
  await eventually(async () => expect(await jobStates()).toEqual(['completed', 'completed']));
  await eventually(async () => expect(await runningNow()).toBe(0));
});

test('a step that fails with a fault of the cluster is given back and comes again as the next attempt', async () => {
  const attempts: number[] = [];
  await startReplica(async (_wake, claim) => {
    attempts.push(claim.attempt);
    if (claim.attempt === 0) throw new ClusterFault('the cluster is away', { cause: { code: undefined } });
  });
  await send(stepWake());
  await eventually(() => expect(attempts).toEqual([0, 1]));
});

test('a claim that was lost aborts the signal of its handler', async () => {
  const lost = Promise.withResolvers<unknown>();
  await startReplica(async (_wake, claim, signal) => {
    if (claim.attempt > 0) return;
    signal.addEventListener('abort', () => lost.resolve(signal.reason));
    await db.queue.fail(db.knex, claim, new Error('taken away'));
    await lost.promise;
  });
  await send(stepWake());
  expect(await lost.promise).toMatchObject({ message: expect.stringContaining('no longer ours') });
});

test('a replica that stops hands over what did not end in time', async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const slow = await startReplica((_wake, _claim, signal) => {
    begun.resolve(signal);
    return new Promise(() => {});
  });
  const wake = stepWake();
  await send(wake);
  const signal = await begun.promise;
  await slow.stop(0);
  expect(signal.aborted).toBe(true);
  const { seen, handle, until } = inbox();
  await startReplica(handle);
  await until(() => seen.length === 1);
  // Its new job counts from 0; that the step may have been begun is said by the wake.
  expect(seen).toMatchObject([{ wake: { ...wake, deaths: 0 }, claim: { attempt: 0 } }]);
});

test('every connection cut by the server: the replica connects again and goes on', async () => {
  const { seen, handle, until } = inbox();
  await startReplica(handle);
  await send(stepWake());
  await until(() => seen.length === 1);
  const cut =
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  await db.knex.raw(cut);
  const wake = stepWake();
  await eventually(() => send(wake));
  await until(() => seen.length === 2);
  expect(seen[1]).toMatchObject({ wake });
});

describe('the sweeper', () => {
  const options = () => ({ knex: db.knex, queue: db.queue, newId: randomUUID, log: silentLog });
  const wakes = async (): Promise<Wake[]> =>
    (
      await db.knex.raw(`select data from pgboss.job where name = '${queueName}' and state = 'created'`)
    ).rows.map((row: { data: Wake }) => row.data);

  async function rowIn(state: 'requested' | (typeof happyRoad)[number], name: string) {
    const action = {
      verb: 'rollout restart',
      target: { kind: 'Deployment', namespace: 'shop', name },
    } as const;
    const asked = { id: randomUUID(), action, requestedBy: { kind: 'person', actor: requester } } as const;
    let { remediation: row } = await db.store.open(asked, randomUUID());
    for (const next of happyRoad) {
      if (row.state === state) break;
      const transition = transitionTo(row, next);
      await db.store.transition(row, transition);
      row = transition.next;
    }
    return row;
  }

  test('wakes what has something to do and no job, once, and nothing else', async () => {
    const active = await Promise.all(
      (['requested', 'evaluated', 'approved', 'executing', 'verifying', 'learning'] as const).map((state) =>
        rowIn(state, state),
      ),
    );
    const late = await rowIn('waiting', 'late');
    const patient = await rowIn('waiting', 'patient');
    await db.knex('remediations').where({ id: patient.id }).update({ expires_at: '2999-01-01T00:00:00Z' });
    // What people wait for with it was shown; of the other that is not noted, and it has to be looked at again.
    await db.knex.raw(
      `update remediations set data = jsonb_set(data, '{showing}', jsonb_build_object('kind', 'card', 'digest', data->>'digest')) where id = ?`,
      [patient.id],
    );
    await rowIn('succeeded', 'done');
    await db.knex.raw(
      `insert into incidents (id, state, dedup_key, title, created_at, woken_at, moved_at) values
        (gen_random_uuid(), 'received', 'k', 't', now(), now(), now()),
        (gen_random_uuid(), 'received', 'its turn comes', 't', now(), null, now()),
        (gen_random_uuid(), 'received', 'forgotten', 't', now(), null, now() - interval '3 minutes')`,
    );
    await db.knex.raw('delete from pgboss.job');
    await Promise.all([sweep(options()), sweep(options())]);
    const found = await wakes();
    const steps = found.filter((wake) => wake.kind === 'step').map((wake) => `${wake.id}:${wake.version}`);
    expect(steps.toSorted()).toEqual([...active, late].map((row) => `${row.id}:${row.version}`).toSorted());
    expect(found.filter((wake) => wake.kind === 'expire')).toEqual([
      { kind: 'expire', id: late.id, version: late.version },
    ]);
    expect(found.filter((wake) => wake.kind === 'triage')).toHaveLength(2);
    await sweep(options());
    expect(await wakes()).toHaveLength(found.length);
  });

  test('deletes snapshots whose time is over, not those of a change that is under way', async () => {
    const kept = async (name: string, state: 'executing' | 'learning', hours: number) => {
      const row = await rowIn(state, name);
      await db.knex.raw(
        `insert into snapshots (remediation_id, uid, taken_at, object, kept_until)
          values (?, 'u', now(), '{}', now() + ? * interval '1 hour')`,
        [row.id, hours],
      );
      return row.id;
    };
    const past = await kept('past', 'learning', -1);
    const coming = await kept('coming', 'learning', 1);
    const underWay = await kept('under-way', 'executing', -1);
    await Promise.all([sweep(options()), sweep(options())]);
    const left = await Promise.all([past, coming, underWay].map((id) => db.store.snapshots(id)));
    expect(left.map(({ length }) => length)).toEqual([0, 1, 1]);
  });

  test('a replica that starts deletes the snapshots whose window for rollbacks is over, and keeps the others', async () => {
    const row = await rowIn('approved', 'windows');
    const { rollbackWindowHours } = defaultPolicy;
    const kept = (uid: string, hoursAgo: number): SideEffect => {
      const taken = Date.now() - hoursAgo * 3_600_000;
      return {
        kind: 'snapshot',
        snapshot: { uid, takenAt: new Date(taken).toISOString(), object: { kind: 'Deployment' } },
        keptUntil: new Date(taken + rollbackWindowHours * 3_600_000).toISOString(),
      };
    };
    const all = [kept('past', rollbackWindowHours + 1), kept('coming', rollbackWindowHours - 1)];
    const executing = transitionTo(row, 'executing', all);
    await db.store.transition(row, executing);
    const uids = async () => (await db.store.snapshots(row.id)).map(({ uid }) => uid).toSorted();
    await startReplica(async () => undefined);
    expect(await uids(), 'while the change is under way').toEqual(['coming', 'past']);
    const verifying = transitionTo(executing.next, 'verifying');
    await db.store.transition(executing.next, verifying);
    await db.store.transition(verifying.next, transitionTo(verifying.next, 'learning'));
    await startReplica(async () => undefined);
    expect(await uids()).toEqual(['coming']);
  });

  test('wakes a row whose job failed for good', async () => {
    const row = await rowIn('requested', 'hopeless');
    await db.knex.raw("update pgboss.job set state = 'failed'");
    await sweep(options());
    // What that job has tried is not known any more.
    expect(await wakes()).toEqual([{ kind: 'step', id: row.id, version: 0, deaths: 0 }]);
  });

  test('leaves a row alone whose job runs, waits or is to be tried again', async () => {
    await rowIn('requested', 'busy');
    for (const state of ['created', 'retry', 'active']) {
      await db.knex.raw('update pgboss.job set state = ?::pgboss.job_state', [state]);
      await sweep(options());
      expect(await jobStates()).toEqual([state]);
    }
  });
});

test('a queue that an earlier version made gets the options of this one: what is over is kept for hours', async () => {
  const ofQueue = db.knex('pgboss.queue').where('name', queueName);
  await ofQueue.clone().update({ deletion_seconds: 604_800, heartbeat_seconds: 60 });
  const queue = createQueue({ url: db.url, sha256, log: silentLog });
  await queue.start();
  await queue.stop();
  expect(await ofQueue).toMatchObject([{ deletion_seconds: 4 * 3600, heartbeat_seconds: 10 }]);
});
