import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createJobs } from '../../../src/adapters/postgres/jobs/jobs.ts';
import { type Queue, queueName, type Taken } from '../../../src/adapters/postgres/jobs/queue.ts';
import type { Fence } from '../../../src/workflow/applied.ts';
import { silentLog } from '../../fixtures/log.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { livenessOf } from './liveness.ts';

/* What a step may still send, by what the database last said of the step and of its replica. */

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase();
});
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const end of ends.splice(0)) await end();
});
afterAll(() => db.close());

interface Said {
  /** Of the heartbeat of the replica, in milliseconds. */
  readonly age?: number;
  readonly stopped?: boolean;
  /** What the heartbeats of the step are answered with, one after the other; none where there is no more. */
  readonly answers?: ReturnType<Queue['touch']>[];
}

/** A step that this replica has taken a moment ago and does not end: what it may send. */
async function taken({ age = 0, stopped = false, answers = [] }: Said): Promise<Fence> {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  const due: Taken[] = [{ claim, data: { kind: 'step', id: claim.jobId, version: 0 }, expireInSeconds: 120 }];
  const queue = {
    ...db.queue,
    take: async () => due.splice(0),
    complete: async () => true,
    touch: () => answers.shift() ?? new Promise<never>(() => {}),
  };
  const liveness = livenessOf({ heartbeatAge: () => age, isStopped: () => stopped });
  const jobs = createJobs({ knex: db.knex, queue, liveness, newId: randomUUID, log: silentLog });
  const begun = Promise.withResolvers<Fence>();
  const over = Promise.withResolvers<void>();
  await jobs.start(async (_wake, _claim, _signal, fence) => {
    begun.resolve(fence);
    await over.promise;
  });
  ends.push(async () => {
    over.resolve();
    await jobs.stop(1);
  });
  return begun.promise;
}

const claim = { queue: queueName, jobId: randomUUID(), attempt: 0 };
const unheard = (since: string) =>
  `Nothing was sent: the database has not confirmed ${since} that this replica still has the step.`;

test.each<[string, Said, number, string | undefined]>([
  ['both are confirmed', {}, 0, undefined],
  ['both are confirmed for nearly five seconds', { age: 4_999 }, 4_999, undefined],
  ['the replica is not', { age: 5_000 }, 0, unheard('for 5 s')],
  ['the step is not', {}, 5_000, unheard('for 5 s')],
  [
    'the replica has no connection',
    { age: Number.POSITIVE_INFINITY },
    0,
    unheard('since its connection broke'),
  ],
  ['Firebreak was stopped', { stopped: true }, 0, 'Nothing was sent: Firebreak was stopped.'],
])('where %s', async (_name, said, since, sentence) => {
  const fence = await taken(said);
  vi.advanceTimersByTime(since);
  expect(fence()).toBe(sentence);
});

test('a heartbeat confirms a step as of when it was sent, and one that says it is lost closes for good', async () => {
  const [first, second] = [Promise.withResolvers<Set<string>>(), Promise.withResolvers<Set<string>>()];
  const fence = await taken({ answers: [first.promise, second.promise] });
  await vi.advanceTimersByTimeAsync(6_000);
  expect(fence()).toBe(unheard('for 6 s'));
  first.resolve(new Set([claim.jobId]));
  await vi.advanceTimersByTimeAsync(999);
  expect(fence(), 'it was asked five seconds ago').toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(fence()).toBe(unheard('for 5 s'));
  second.resolve(new Set());
  await vi.advanceTimersByTimeAsync(0);
  expect(fence()).toBe('Nothing was sent: the step was given to another replica.');
});
