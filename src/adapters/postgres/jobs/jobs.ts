import type { Knex } from 'knex';
import { z } from 'zod';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Fence } from '../../../workflow/applied.ts';
import type { Claim, Jobs, Log, NewId, Wake } from '../../../workflow/ports.ts';
import { rows } from '../sql.ts';
import { transact } from '../transact.ts';
import { forget } from './claims.ts';
import type { Adopted, GoingOn } from './going-on.ts';
import type { Liveness } from './liveness.ts';
import { parseWake, type Queue, type Taken } from './queue.ts';
import { createReaper, handOver } from './reaper.ts';
import { startStopwatch } from './stopwatch.ts';
import { sweep } from './sweeper.ts';

/** Steps at once in one process. They wait for the cluster and the database, not for the processor. */
export const stepsAtOnce = 20;

/** Heartbeats are renewed this often; the queue takes a job away after 10 s without. Milliseconds. */
const heartbeat = 2_000;

/**
 * A step may write outside only so long after it was last confirmed to be ours: half the time after which the queue takes
 * it away, so that a write that leaves now is over before another can make it. Milliseconds.
 */
const fenceAfter = 5_000;

/** Rows whose wake was lost are found this often. Milliseconds. */
const sweepEvery = 45_000;

/** Each beat of the liveness connection says what is due. The queue is asked anyway, seldom. Milliseconds. */
const pollEvery = 60_000;

/** While that connection is down, this often. Milliseconds. */
const deafPollEvery = 2_000;

/** Who waits says this often that it goes on: nobody is to take it for one that has stopped. Milliseconds. */
const turnEvery = 5_000;

/** What is due later is left to the beats: a timer for each would be one for each card that waits. Seconds. */
const longestExpected = 60;

/** The server's clock and ours need not agree to the millisecond. */
const justAfter = 5;

export interface JobsOptions {
  readonly knex: Knex;
  readonly queue: Queue;
  readonly liveness: Liveness;
  /** Absent where every step is left to the queue. */
  readonly goingOn?: GoingOn;
  readonly newId: NewId;
  readonly log: Log;
  /** Names of several clusters: each may have as many steps under way as one alone. */
  readonly clusters?: readonly string[];
  /** Called each time the queue is asked for work or found full, and now and then while that is waited for. */
  readonly turned?: () => void;
}

type Handle = Parameters<Jobs['start']>[0];
type Work = (wake: Wake, claim: Claim, signal: AbortSignal) => ReturnType<Handle>;

interface Active {
  readonly taken: Taken;
  readonly abort: AbortController;
  readonly done: Promise<void>;
  /** Milliseconds since the queue was asked, the last time that it said that this step is ours. */
  unconfirmed: () => number;
}

/**
 * The Jobs port: takes due jobs with a note of who runs them, runs up to 20 at once for each cluster, renews their heartbeats,
 * takes over what dead processes left, and brings lost wakes back. A handler that throws is tried again, later and
 * later; one whose claim was lost has its signal aborted, and its writes are refused by the claim's fence.
 */
export function createJobs(options: JobsOptions): Jobs {
  const { liveness, log } = options;
  const concurrency = stepsAtOnce * (options.clusters?.length ?? 1);
  const active = new Map<string, Active>();
  const wakeSignal = createWakeSignal();
  const stopping = new AbortController();
  const ends: (() => void)[] = [];
  let loop: Promise<void> | undefined;
  const isFirst = createOnce(4 * concurrency);
  const launch = (handle: Handle, taken: Taken, unconfirmed: () => number, row?: Remediation) => {
    const key = `${taken.claim.jobId}:${taken.claim.attempt}`;
    if (!isFirst(key)) return;
    const [abort, { promise: done, resolve }] = [new AbortController(), Promise.withResolvers<void>()];
    const job: Active = { taken, abort, done, unconfirmed };
    active.set(key, job);
    const work: Work = (wake, claim, signal) => handle(wake, claim, signal, fenceOf(job, liveness), row);
    void runOne(options, work, taken, abort.signal).finally(() => {
      active.delete(key);
      resolve();
      if (active.size === concurrency - 1) wakeSignal.send();
    });
  };

  const adopt = (handle: Handle, wake: Wake): Adopted | undefined => {
    if (stopping.signal.aborted || !liveness.isLive() || active.size > concurrency) return undefined;
    return adopted(options, wake, async (taken, unconfirmed, row) => {
      if (stopping.signal.aborted) await leaveOne(options, taken, 'stops before it');
      else launch(handle, taken, unconfirmed, row);
    });
  };

  const expect = (seconds: number) => {
    if (seconds <= longestExpected) setTimeout(wakeSignal.send, seconds * 1000 + justAfter).unref();
  };

  const run = async (handle: Handle) => {
    while (!stopping.signal.aborted) {
      options.turned?.();
      const room = concurrency - active.size;
      if (room > 0 && (await takeAndLaunch(options, room, (...job) => launch(handle, ...job)))) continue;
      await turningWhile(options, wakeSignal.wait(liveness.isLive() ? pollEvery : deafPollEvery));
    }
  };

  const every = (milliseconds: number, work: () => Promise<void>) => {
    const timer = setInterval(
      () => void work().catch((err) => log.warn({ err }, 'upkeep of the queue failed')),
      milliseconds,
    );
    ends.push(() => clearInterval(timer));
  };

  return {
    start: async (handle) => {
      ends.push(liveness.on('jobs', wakeSignal.send), liveness.onCheck(createReaper(options)));
      await sweep(options).catch((err) => log.warn({ err }, 'the first sweep failed; the next follows'));
      every(sweepEvery, () => sweep(options));
      every(heartbeat, () => beatHearts(options, active));
      if (options.goingOn !== undefined)
        ends.push(options.goingOn.serve((wake) => adopt(handle, wake), expect));
      loop = run(handle);
    },
    stop: async (seconds) => {
      stopping.abort();
      wakeSignal.send();
      await loop;
      await settleWithin(
        seconds,
        [...active.values()].map((job) => job.done),
      );
      await leave(options, [...active.values()]);
      for (const end of ends.splice(0)) end();
    },
  };
}

/** A step that is taken with a commit. The time that it is confirmed for begins before that is asked for. */
function adopted(
  options: JobsOptions,
  wake: Wake,
  go: (taken: Taken, unconfirmed: () => number, row: Remediation) => Promise<void>,
): Adopted {
  const unconfirmed = startStopwatch();
  const { statement, taken } = options.queue.sendingTaken(wake, options.liveness.instance);
  const begin = (row: Remediation) => go(taken, unconfirmed, row);
  return {
    statement,
    begin,
    beginIfCommitted: async (row) => {
      const isOurs = await runsHere(options, taken.claim);
      if (isOurs) await begin(row);
      return isOurs;
    },
  };
}

/** Closed when the claim was lost, Firebreak was stopped, or when its heartbeat or the process's own was confirmed too long ago. */
function fenceOf(job: Active, liveness: Pick<Liveness, 'heartbeatAge' | 'isStopped'>): Fence {
  return () => {
    if (job.abort.signal.aborted) return 'Nothing was sent: the step was given to another replica.';
    if (liveness.isStopped()) return 'Nothing was sent: Firebreak was stopped.';
    const age = Math.max(job.unconfirmed(), liveness.heartbeatAge());
    if (age < fenceAfter) return undefined;
    const since = Number.isFinite(age) ? `for ${Math.round(age / 1000)} s` : 'since its connection broke';
    return `Nothing was sent: the database has not confirmed ${since} that this replica still has the step.`;
  };
}

/**
 * Says of each key whether it comes for the first time; the latest so many are known. Of two that want the same move here at the
 * same moment one commits it, and the other finds it committed: both go on with the step.
 */
function createOnce(most: number): (key: string) => boolean {
  const known = new Set<string>();
  return (key) => {
    if (known.has(key)) return false;
    known.add(key);
    const [oldest] = known;
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return true;
  };
}

/** A signal that is heard even if it was sent just before somebody began to wait. */
function createWakeSignal(): { send: () => void; wait: (milliseconds: number) => Promise<void> } {
  let sent = false;
  let answer = () => {};
  return {
    send: () => {
      sent = true;
      answer();
    },
    wait: async (milliseconds) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      answer = resolve;
      const timer = setTimeout(resolve, sent ? 0 : milliseconds);
      await promise.finally(() => clearTimeout(timer));
      sent = false;
    },
  };
}

/** Says now and then while that is waited for that the loop goes on. */
async function turningWhile({ turned }: JobsOptions, waiting: Promise<void>): Promise<void> {
  const turning = setInterval(() => turned?.(), turnEvery);
  await waiting.finally(() => clearInterval(turning));
}

/** The note of who runs a job is one statement with taking it: there is no moment in which a kill leaves one without. */
async function takeAndLaunch(
  options: JobsOptions,
  room: number,
  launch: (taken: Taken, unconfirmed: () => number) => void,
): Promise<boolean> {
  const unconfirmed = startStopwatch();
  try {
    const { queue, knex, liveness } = options;
    const taken = await queue.take(knex, room, liveness.instance);
    for (const each of taken) launch(each, unconfirmed);
    return taken.length === room;
  } catch (err) {
    options.log.warn({ err }, 'the queue could not be asked for jobs; asking again');
    return false;
  }
}

async function runOne(
  options: JobsOptions,
  handle: Work,
  { claim, data }: Taken,
  signal: AbortSignal,
): Promise<void> {
  const { knex, queue, log } = options;
  try {
    const came = await handle(parseWake(data), claim, signal);
    if (came !== 'ended') await queue.complete(knex, claim);
  } catch (error) {
    log.warn({ err: error, wake: data, attempt: claim.attempt }, 'a step failed; it is tried again');
    const reason = error instanceof Error ? error : new Error(String(error));
    await transact(knex, async (trx) => {
      await queue.fail(trx, claim, reason);
      await forget(trx, claim);
    }).catch((err) => log.warn({ err }, 'a failed step could not be given back; its heartbeat will run out'));
  }
}

/** The note of a job that this process made for itself is there only if all of that was committed. */
async function runsHere(
  { knex, liveness }: Pick<JobsOptions, 'knex' | 'liveness'>,
  { jobId, attempt }: Claim,
): Promise<boolean> {
  const sql = 'select job_id from running where job_id = ? and attempt = ? and instance = ?';
  const found = await rows(knex, z.object({ job_id: z.string() }), sql, [jobId, attempt, liveness.instance]);
  return found.length === 1;
}

async function beatHearts(options: JobsOptions, active: ReadonlyMap<string, Active>): Promise<void> {
  const jobs = [...active.values()];
  if (jobs.length === 0) return;
  const unconfirmed = startStopwatch();
  const ours = await options.queue.touch(jobs.map((job) => job.taken.claim));
  for (const job of jobs) {
    if (ours.has(job.taken.claim.jobId)) job.unconfirmed = unconfirmed;
    else job.abort.abort(new Error(`job ${job.taken.claim.jobId} is no longer ours`));
  }
}

async function settleWithin(seconds: number, work: readonly Promise<void>[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds * 1000);
  await Promise.race([promise, Promise.allSettled(work)]);
  clearTimeout(timer);
}

/** What did not end in time is stopped and woken again for another replica, at once and at no retry's cost. */
async function leave(options: JobsOptions, jobs: readonly Active[]): Promise<void> {
  for (const { taken, abort } of jobs) {
    abort.abort(new Error('this process is stopping'));
    await leaveOne(options, taken, 'stops');
  }
}

async function leaveOne(
  options: JobsOptions,
  { claim, data }: Taken,
  why: 'stops' | 'stops before it',
): Promise<void> {
  await handOver(options, claim, data, why).catch((err) =>
    options.log.warn({ err }, 'a step could not be handed over; its heartbeat will run out'),
  );
}
