import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Queue, queueName } from '../../../src/adapters/postgres/jobs/queue.ts';
import type { Claim, Wake } from '../../../src/workflow/ports.ts';
import { remediationIn } from '../../fixtures/remediations.ts';
import { connected, openDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';
import { type Arranged, type Handle, loneReplica, steps, stepWake, takenOf } from './lone-replica.ts';

/* How one replica asks for steps, runs them and lets go of them; what the queue answers is made up. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
  await connected(db);
});
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const end of ends.splice(0)) await end();
  await db.knex.raw('delete from pgboss.job; delete from running');
});
afterAll(() => db.close());

const replica = async (arranged: Arranged = {}) => {
  const made = await loneReplica(db, arranged);
  ends.push(made.stop);
  return made;
};

describe('the queue is asked', () => {
  test.each<[string, readonly string[] | undefined, number]>([
    ['one cluster', undefined, 20],
    ['two clusters', ['a', 'b'], 40],
  ])('for as many steps as there is room for: %s', async (_name, clusters, room) => {
    const { asked, due, notify, end } = await replica(clusters === undefined ? {} : { clusters });
    expect(asked).toEqual([room]);
    due.push(...steps(3));
    await notify();
    await notify();
    expect(asked).toEqual([room, room, room - 3]);
    due.push(...steps(room - 3));
    await notify();
    expect(asked, 'all that there was room for came: it is full').toEqual([room, room, room - 3, room - 3]);
    await notify();
    expect(asked, 'and is not asked while it is').toHaveLength(4);
    await end();
    expect(asked.slice(4), 'a place that is free again').toEqual([1]);
    await end();
    expect(asked.slice(5), 'one of several').toEqual([]);
  });

  test('again at once where all came that was asked for', async () => {
    const { asked, due, notify, completed, turns } = await replica({ handle: async () => undefined });
    expect(turns()).toBe(1);
    due.push(...steps(25));
    await notify();
    expect(completed).toHaveLength(25);
    expect(asked.length).toBeGreaterThan(2);
    expect(turns()).toBeGreaterThanOrEqual(asked.length);
  });

  test.each<[string, boolean, number]>([
    ['once a minute where the beats say what is due', true, 60_000],
    ['every two seconds where nothing is heard', false, 2_000],
  ])('%s', async (_name, live, every) => {
    const { asked, pass } = await replica({ isLive: () => live });
    await pass(every - 1);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked).toHaveLength(2);
  });

  test('later where it cannot be asked, and that is told', async () => {
    let isAway = true;
    const take = async () => {
      if (isAway) throw new Error('away');
      return [];
    };
    const { said, pass, turns } = await replica({ queue: { take } });
    expect(said).toEqual([
      ['warn', { err: new Error('away') }, 'the queue could not be asked for jobs; asking again'],
    ]);
    isAway = false;
    await pass(60_000);
    // Each five seconds that are waited, and each time that the queue is asked.
    expect(turns()).toBe(14);
    expect(said).toHaveLength(1);
  });

  test('says while it waits that it goes on, often enough for nobody to take it for one that has stopped', async () => {
    const { asked, pass, turns } = await replica();
    for (let waited = 5; waited < 60; waited += 5) {
      const before = turns();
      await pass(5_000);
      expect(turns(), `after ${waited} s`).toBeGreaterThan(before);
    }
    expect(asked).toHaveLength(1);
  });

  test('just after a step is due that was committed here, unless that is long', async () => {
    const { asked, goingOn, pass } = await replica();
    goingOn.expect(30);
    await pass(30_004);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked).toHaveLength(2);
    await pass(59_999);
    const before = asked.length;
    goingOn.expect(61);
    goingOn.expect(0);
    await pass(5);
    expect(asked).toHaveLength(before + 1);
  });

  test('no sooner for a step that is due in more than a minute', async () => {
    const { asked, goingOn, pass } = await replica();
    goingOn.expect(61);
    await pass(60_000);
    expect(asked).toHaveLength(2);
    await pass(1_005);
    expect(asked).toHaveLength(2);
  });

  test('a minute after it was asked, and a minute is not yet long', async () => {
    const { asked, goingOn, pass, notify } = await replica();
    await pass(100);
    await notify();
    goingOn.expect(60);
    await pass(60_000);
    await pass(5);
    expect(asked).toHaveLength(4);
  });
});

describe('a step', () => {
  test.each<[string, 'ended' | undefined, number]>([
    ['whose handler has ended its job is not ended again', 'ended', 0],
    ['whose handler has not is ended', undefined, 1],
  ])('%s', async (_name, came, ended) => {
    const { due, notify, completed } = await replica({ handle: async () => came });
    due.push(takenOf());
    await notify();
    expect(completed).toHaveLength(ended);
  });

  test.each<[string, unknown, string]>([
    ['a fault', new Error('the cluster is away'), 'the cluster is away'],
    ['what is no error', 'tired', 'tired'],
  ])('that fails with %s is given back, and its note is gone', async (_name, fault, message) => {
    const failed: [Claim, Error][] = [];
    const handle = async () => {
      throw fault;
    };
    const fail: Queue['fail'] = async (_trx, claim, reason) => void failed.push([claim, reason]);
    const { due, notify, said, completed } = await replica({ handle, queue: { fail } });
    const step = takenOf({ attempt: 3 });
    const { jobId } = step.claim;
    const note = { job_id: jobId, queue: queueName, instance: 1, wake: '{}' };
    await db.knex('running').insert([3, 4].map((attempt) => ({ ...note, attempt })));
    due.push(step);
    await notify();
    expect(said).toEqual([
      ['warn', { err: fault, wake: step.data, attempt: 3 }, 'a step failed; it is tried again'],
    ]);
    await eventually(async () => expect(await db.knex('running').pluck('attempt')).toEqual([4]));
    expect(failed).toEqual([[step.claim, new Error(message)]]);
    expect(completed).toEqual([]);
  });

  test('that cannot be given back is left to its heartbeat, and that is told', async () => {
    const fault = new Error('away');
    const fail = async () => {
      throw fault;
    };
    const handle = async () => {
      throw new Error('no');
    };
    const { due, notify, said } = await replica({ handle, queue: { fail } });
    due.push(takenOf());
    await notify();
    await eventually(() =>
      expect(said[1]).toEqual([
        'warn',
        { err: fault },
        'a failed step could not be given back; its heartbeat will run out',
      ]),
    );
  });

  test('that comes twice is begun once, and once more as another attempt', async () => {
    const { due, notify, gates } = await replica();
    const step = takenOf();
    due.push(step, step, { ...step, claim: { ...step.claim, attempt: 1 } });
    await notify();
    expect(gates).toHaveLength(2);
  });

  test('is known for as long as eighty others that came after it', async () => {
    let begun = 0;
    const handle: Handle = async () => {
      begun += 1;
      return 'ended';
    };
    const { due, notify } = await replica({ handle });
    const step = takenOf();
    const again = async () => {
      due.push(step);
      await notify();
    };
    due.push(step, ...steps(79));
    await notify();
    await notify();
    expect(begun).toBe(80);
    await again();
    expect(begun, 'it is the oldest that is known').toBe(80);
    due.push(...steps(1));
    await notify();
    await again();
    expect(begun, 'it is forgotten').toBe(82);
  });

  test('of a wake that cannot be read is given back', async () => {
    const failed: Claim[] = [];
    const fail: Queue['fail'] = async (_trx, claim) => void failed.push(claim);
    const { due, notify, gates } = await replica({ queue: { fail } });
    const step = takenOf({}, { kind: 'dance' });
    due.push(step);
    await notify();
    await eventually(() => expect(failed).toEqual([step.claim]));
    expect(gates).toEqual([]);
  });
});

describe('upkeep', () => {
  test('looks for what was lost at first and every 45 s, beats for what runs every 2 s, and tells what failed', async () => {
    let isAway = true;
    const touched: (readonly Claim[])[] = [];
    const touch: Queue['touch'] = async (claims) => {
      touched.push(claims);
      throw new Error('no beat');
    };
    const { said, pass, due, notify, looks } = await replica({ isAway: () => isAway, queue: { touch } });
    const away = { err: new Error('the database is away') };
    expect(said[0]).toEqual(['warn', away, 'the first sweep failed; the next follows']);
    const before = looks();
    await pass(44_999);
    expect(looks()).toBe(before);
    expect(touched, 'nothing runs').toEqual([]);
    await pass(1);
    expect(said.slice(1).filter(([, , sentence]) => sentence.startsWith('upkeep'))).toEqual([
      ['warn', away, 'upkeep of the queue failed'],
    ]);
    isAway = false;
    const step = takenOf();
    due.push(step);
    await notify();
    await pass(2_000);
    expect(touched).toEqual([[step.claim]]);
    expect(said.at(-1)).toEqual(['warn', { err: new Error('no beat') }, 'upkeep of the queue failed']);
  });
});

describe('a step that is committed here', () => {
  const row = remediationIn('requested');
  test('is gone on with here, with the row', async () => {
    const begun: unknown[] = [];
    const handle: Handle = async (...all) => {
      begun.push([all[0], all[4]]);
      return 'ended';
    };
    const { goingOn, settled } = await replica({ handle });
    const wake = stepWake();
    await goingOn.adopt(wake)?.begin(row);
    await settled();
    expect(begun).toEqual([[wake, row]]);
  });

  test.each<[string, Arranged, number]>([
    ['this replica is not heard of', { isLive: () => false }, 0],
    ['one more than there is room for is under way', {}, 21],
  ])('is left to the queue while %s', async (_name, arranged, running) => {
    const { goingOn, due, notify, gates } = await replica(arranged);
    for (let step = 0; step < running; step += 1) {
      const adopted = goingOn.adopt(stepWake());
      expect(adopted).toBeDefined();
      await adopted?.begin(row);
    }
    expect(gates).toHaveLength(running);
    expect(goingOn.adopt(stepWake())).toBeUndefined();
    due.push(takenOf());
    await notify();
    expect(gates).toHaveLength(running === 0 ? 1 : running);
  });

  test('is begun where nobody heard of the commit only if it is noted that it runs here', async () => {
    const { goingOn, gates } = await replica();
    const adopted = [goingOn.adopt(stepWake()), goingOn.adopt(stepWake())];
    const [made] = adopted;
    if (made === undefined) throw new Error('it was left to the queue');
    await db.knex.raw(made.statement.sql, [...made.statement.bindings]);
    expect(await Promise.all(adopted.map((each) => each?.beginIfCommitted(row)))).toEqual([true, false]);
    expect(gates).toHaveLength(1);
    await db.knex('running').update({ instance: 2 });
    expect(await made.beginIfCommitted(row)).toBe(false);
  });
});

describe('a replica that stops', () => {
  /** What is there of the wakes that are handed over, in the database itself. */
  const handed = async () =>
    (await db.knex.raw(`select data from pgboss.job where state = 'created'`)).rows.map(
      ({ data }: { data: Wake }) => data,
    );

  test('waits for what runs, asks for nothing more and lets go of everything that it listened to', async () => {
    const { jobs, goingOn, asked, listeners, notify, due, end, settled, pass, looks } = await replica();
    expect([...listeners.keys()].toSorted()).toEqual(['check', 'jobs']);
    due.push(takenOf());
    await notify();
    let isOver = false;
    const stopped = jobs.stop(10).then(() => {
      isOver = true;
    });
    const before = asked.length;
    await settled();
    expect(isOver).toBe(false);
    expect(goingOn.adopt(stepWake())).toBeUndefined();
    await end();
    await stopped;
    expect(listeners.size).toBe(0);
    const seen = looks();
    await pass(200_000);
    expect([asked.length, looks()]).toEqual([before, seen]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('hands over what does not end in time, and aborts it', async () => {
    const signals: AbortSignal[] = [];
    const handle: Handle = (_wake, _claim, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const wake = stepWake();
    const { jobs, due, notify, pass, settled } = await replica({
      handle,
      queue: { complete: db.queue.complete },
    });
    await db.queue.send(db.knex, wake);
    due.push(...(await db.queue.take(db.knex, 1, 1)));
    await notify();
    const stopped = jobs.stop(10);
    await settled();
    await pass(9_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await pass(1);
    await stopped;
    expect(signals[0]?.reason).toEqual(new Error('this process is stopping'));
    expect(await handed()).toEqual([{ ...wake, deaths: 0 }]);
  });

  test('hands over what was committed while it stopped as not begun', async () => {
    const { jobs, goingOn } = await replica({ queue: { complete: db.queue.complete } });
    const wake = stepWake();
    const adopted = goingOn.adopt(wake);
    if (adopted === undefined) throw new Error('it was left to the queue');
    await db.knex.raw(adopted.statement.sql, [...adopted.statement.bindings]);
    await jobs.stop(0);
    await adopted.begin(row());
    expect(await handed()).toEqual([wake]);
  });
  const row = () => remediationIn('requested');

  test('tells of what could not be handed over', async () => {
    const fault = new Error('away');
    const complete = async () => {
      throw fault;
    };
    const handle: Handle = () => new Promise(() => {});
    const { jobs, due, notify, said, settled, pass } = await replica({ handle, queue: { complete } });
    due.push(takenOf());
    await notify();
    const stopped = jobs.stop(0);
    await settled();
    await pass(0);
    await stopped;
    expect(said).toEqual([
      ['warn', { err: fault }, 'a step could not be handed over; its heartbeat will run out'],
    ]);
  });
});
