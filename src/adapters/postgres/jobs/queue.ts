import type { Knex } from 'knex';
import type { ClientBase } from 'pg';
import { fromKnex, PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Claim, Log, Sha256, Wake } from '../../../workflow/ports.ts';
import { answerTimeout } from '../connect.ts';
import { closedWithin, endWhenSilent } from '../silence.ts';
import { type Db, rows, type Statement, send } from '../sql.ts';
import { untilAnswered } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { claimedJob, endedJob, newJobs, queueName, takenJobs } from './job-rows.ts';

export { queueName } from './job-rows.ts';

/** Of the jobs of one state that wait for nothing but their time, when the first is due: the first entry of the library's index job_i14. */
const firstDue = (state: string): string =>
  `(select min(start_after) from pgboss.job where name = '${queueName}' and state = '${state}' and not blocked)`;

/**
 * Whether a job could be taken now. Not by asking whether one exists that is due: as long as the server takes most of them to
 * be due, it would look for one from the beginning of the table.
 */
export const isAnyJobDue = `coalesce(least(${firstDue('created')}, ${firstDue('retry')}) <= statement_timestamp(), false)`;

/** The jobs that are not over; without the last words the index that has no others would not be used. */
export const openJobs = `from pgboss.job where name = '${queueName}' and state in ('created', 'retry', 'active')`;

const wake = z.strictObject({
  kind: z.enum(['step', 'expire', 'triage', 'look', 'drift', 'aftermath', 'end']),
  id: z.uuid(),
  version: z.number().int().min(0),
  deaths: z.number().int().min(0).optional(),
});

/**
 * Reads a wake that another version of the program may have written. An unknown kind throws, so that the job is
 * tried again, on a replica that knows it: answering normally would end the job and lose the wake.
 */
export const parseWake = (data: unknown): Wake => wake.parse(data);

/** People wait for steps; a storm of alerts must not stand in front of them. */
const priority = {
  step: 20,
  expire: 10,
  triage: 0,
  look: 0,
  drift: 0,
  aftermath: 10,
  end: 0,
} as const satisfies Record<Wake['kind'], number>;

/** Of a step for which nobody waits yet. */
const unhurried: Partial<Record<Wake['kind'], number>> = { step: 15 };

/** Of what has its turn when nothing else has. */
const last = -1;

const ended = z.object({ id: z.string() });
const takenRow = z.object({
  id: z.string(),
  retry_count: z.number(),
  data: z.unknown(),
  expire_seconds: z.number(),
});
const settled = z.object({ settled: z.array(z.string()).nullish() });

/** A job taken from the queue. `data` is parsed by the one who runs it. */
export interface Taken {
  readonly claim: Claim;
  readonly data: unknown;
  readonly expireInSeconds: number;
}

/**
 * When a wake is due: seconds from now or an instant; at once unless told. `salt` makes it another one, to come once more.
 * `nobodyWaits`: it comes after those for which people do. `isLast`: it comes after all others.
 */
interface Due {
  readonly after?: number | string;
  readonly salt?: string;
  readonly nobodyWaits?: boolean;
  readonly isLast?: boolean;
}

/** pg-boss behind the few words we use of it. Everything that takes a transaction commits or vanishes with it. */
export interface Queue {
  /** Creates the queue's own schema where it is missing and begins its upkeep. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Wakes; the same wake again does nothing. */
  send(db: Db, wake: Wake, due?: Due): Promise<void>;
  /** Many wakes for now, in one statement. */
  sendAll(db: Db, wakes: readonly Wake[]): Promise<void>;
  /** The same as a statement, for a transaction's last words. */
  sending(wake: Wake, due?: Due): Statement;
  /** The wake as if it had been taken at once by this process, an instance; with the claim that it is then. */
  sendingTaken(wake: Wake, instance: number): { readonly statement: Statement; readonly taken: Taken };
  /** Takes up to `limit` due jobs, with the notes that this process, an instance, runs them. */
  take(db: Db, limit: number, instance: number): Promise<readonly Taken[]>;
  /** Ends the job and the note of who runs it, if this attempt still holds it; false when it was lost to another. */
  complete(db: Db, claim: Claim): Promise<boolean>;
  /** Gives the job back, to be tried again later and later. */
  fail(trx: Knex | Transaction, claim: Claim, reason: Error): Promise<void>;
  /** Renews the heartbeats; answers the ids of the jobs that are still ours. */
  touch(claims: readonly Claim[]): Promise<ReadonlySet<string>>;
}

/** For connections to be closed when the process stops. Milliseconds. */
const goodbye = 2_000;

/** Settings and their reasons: heartbeats of 10 s are the library's least; 20 tries outlast a cluster's outage. */
const queueOptions = {
  heartbeatSeconds: 10,
  expireInSeconds: 120,
  retryLimit: 20,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  deadLetter: 'wake-dead',
  // Seconds. What is over is looked at by nobody: the row says what became of it.
  deleteAfterSeconds: 4 * 3600,
} as const;

/** The queue of one database. Connects on `start`. */
export function createQueue(options: {
  readonly url: string;
  readonly sha256: Sha256;
  readonly log: Log;
}): Queue {
  let starting = true;
  const boss = new PgBoss({
    ...poolOf(options.url, () => starting),
    schedule: false,
    // The reaper sees lost heartbeats sooner; what is left for the library's rounds has time.
    superviseIntervalSeconds: 60,
    monitorIntervalSeconds: 60,
    flowIntervalSeconds: 3600,
    bamIntervalSeconds: 3600,
    instanceHeartbeatSeconds: 3600,
  });
  boss.on('error', (error) =>
    options.log.warn({ err: error }, 'the queue met an error; it goes on by itself'),
  );
  const jobOf = (of: Wake, { after = 0, salt = '', nobodyWaits = false, isLast = false }: Due = {}) => ({
    id: uuidFrom(options.sha256(`${of.kind}:${of.id}:${of.version}:${salt}`)),
    wake: of,
    priority: isLast ? last : ((nobodyWaits ? unhurried[of.kind] : undefined) ?? priority[of.kind]),
    after,
  });
  return {
    start: async () => {
      await boss.start();
      starting = false;
      await untilAnswered(async () => {
        await boss.createQueue(queueOptions.deadLetter);
        await boss.createQueue(queueName, queueOptions);
        // A queue that is there already keeps the options of the version that made it.
        await boss.updateQueue(queueName, queueOptions);
      });
    },
    stop: () => closedWithin(goodbye, boss.stop({ graceful: false })),
    send: (db, of, due) => send(db, newJobs([jobOf(of, due)])),
    sendAll: async (db, wakes) => {
      if (wakes.length > 0) await send(db, newJobs(wakes.map((of) => jobOf(of))));
    },
    sending: (of, due) => newJobs([jobOf(of, due)]),
    sendingTaken: (of, instance) => {
      const job = jobOf(of);
      const claim = { queue: queueName, jobId: job.id, attempt: 0 };
      const { expireInSeconds } = queueOptions;
      return { statement: claimedJob(job, instance), taken: { claim, data: of, expireInSeconds } };
    },
    take: async (db, limit, instance) => {
      const { sql, bindings } = takenJobs(limit, instance);
      return (await rows(db, takenRow, sql, bindings)).map(({ id, retry_count, data, expire_seconds }) => ({
        claim: { queue: queueName, jobId: id, attempt: retry_count },
        data,
        expireInSeconds: expire_seconds,
      }));
    },
    complete: async (db, claim) => {
      const { sql, bindings } = endedJob(claim);
      return (await rows(db, ended, sql, bindings)).length === 1;
    },
    fail: async (trx, claim, reason) => {
      await boss.fail(claim.queue, attemptOf(claim), { message: reason.message }, { db: ofLibrary(trx) });
    },
    touch: async (claims) =>
      new Set(
        settled.parse(await boss.touch(queueName, claims.map(attemptOf))).settled ??
          claims.map((c) => c.jobId),
      ),
  };
}

/**
 * The library's own pool. It knows nothing of time-outs, but hands what it does not know on to pg, which calls `onConnect`
 * for each connection (pg-pool/index.js).
 *
 * @param isPatient true while the library brings its schema up to date, which takes as long as it takes
 */
function poolOf(url: string, isPatient: () => boolean) {
  return {
    connectionString: url,
    application_name: 'firebreak-queue',
    max: 2,
    connectionTimeoutMillis: 5_000,
    onConnect: (client: ClientBase) => endWhenSilent(client, answerTimeout, isPatient),
  };
}

/** A transaction as the library knows one. */
const ofLibrary = (trx: Knex | Transaction) =>
  'native' in trx
    ? {
        executeSql: async (text: string, values: readonly unknown[] = []) =>
          answer.parse(await trx.native(text, values)),
      }
    : fromKnex(trx);

const answer = z.object({ rows: z.array(z.unknown()) });

function attemptOf(claim: Claim): { id: string; retryCount: number } {
  return { id: claim.jobId, retryCount: claim.attempt };
}

/** A UUID of version 8 (RFC 9562, "custom") out of a SHA-256: the same words, the same id. */
function uuidFrom(hash: string): string {
  const parts = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return parts.join('-');
}
