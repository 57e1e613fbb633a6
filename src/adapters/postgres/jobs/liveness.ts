import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import type { Log } from '../../../workflow/ports.ts';
import { isAnythingDue } from '../outbox/due.ts';
import { closedWithin, endWhenSilent } from '../silence.ts';
import { isAnyJobDue } from './queue.ts';
import { startStopwatch } from './stopwatch.ts';

/** What there is to do: `jobs` are due, `outbox` has something to send. */
type NotificationChannel = 'jobs' | 'outbox';

/** "FBal": the class of the advisory locks by which processes show that they live. */
const aliveLock = 0x4642616c;

/**
 * Until the next beat: while there is nothing that anybody could lose, while somebody has a step or a message in hand, and
 * where somebody who has seems to have died, of which a second look makes sure. Milliseconds.
 */
const beats = { quiet: 1_000, busy: 500, doubtful: 250 } as const;

/** A beat without an answer for so long means that the way to the server is cut. Milliseconds. */
const silence = 2_500;

/** Others soon take a process without a connection for dead, so that it keeps trying. Milliseconds. */
const reconnectAfter = 100;

/**
 * After a start or an outage of the database everybody takes the lock anew; who has it does not judge by the lack of it
 * before all have had the time. Milliseconds.
 */
const judgesAfter = 1_000;

/**
 * After an outage everybody's heartbeats are overdue, and each renews its own within two seconds (jobs.ts); who has been
 * connected for so long knows that the others could have been. Milliseconds.
 */
const judgesFrozenAfter = 4_000;

/**
 * One connection that says "this process lives" and hears what there is to do. It holds an advisory lock, which the
 * server lets go of the moment the process dies; it listens to the tables' notifications; and once a beat it asks
 * for what notifies nobody: jobs that became due, leases that ran out, processes that died.
 */
export interface Liveness {
  /** This process's number in the table `running`. */
  readonly instance: number;
  /** Resolves once the lock is held; afterwards the connection is renewed whenever it breaks. */
  start(): Promise<void>;
  stop(): Promise<void>;
  isLive(): boolean;
  /**
   * Milliseconds since the server was asked, the last time that it said that this process holds its lock; infinite without
   * a connection.
   */
  heartbeatAge(): number;
  /** Whether Firebreak was stopped, as of the last beat: what was on its way by then is not sent any more. */
  isStopped(): boolean;
  /** Milliseconds by which this machine's clock is behind the server's, as far as that is worth minding. */
  clockSkew(): number;
  /** Calls back when something is notified, until the answered function is called. */
  on(channel: NotificationChannel, listener: () => void): () => void;
  /** Calls back at each beat with what seems to have lost its process. */
  onCheck(listener: (found: LivenessCheck) => void): () => void;
}

/** The name that the other connections of an instance have at the server: one that is open shows that it lives. */
export const poolName = (instance: number): string => `firebreak-${instance}`;

/** What one check found. */
export interface LivenessCheck {
  /** Instances that hold jobs or messages, and have neither the lock nor a connection: their process died. */
  readonly gone: readonly number[];
  /** Jobs whose heartbeat is overdue though their process holds its lock: it is stopped, or cut off. */
  readonly frozen: readonly string[];
}

const checkRow = z.object({
  now: z.date(),
  stopped: z.boolean(),
  jobs: z.boolean(),
  outbox: z.boolean(),
  held: z.boolean(),
  gone: z.array(z.number()),
  frozen: z.array(z.string()),
});

/** The statement of each beat. */
export const livenessCheck = `select
    clock_timestamp() as now,
    exists (select from stops where ended_at is null) as stopped,
    ${isAnyJobDue} as jobs,
    ${isAnythingDue} as outbox,
    exists (select from running) or exists (select from slack_outbox
      where leased_until > clock_timestamp() and leased_by is not null) as held,
    array(select distinct instance from (
      select instance from running
      union all
      select leased_by from slack_outbox
        where leased_until > clock_timestamp() and leased_by is not null
    ) holding where not exists (
      select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = ${aliveLock}::oid
        and objid = holding.instance::oid and database = (select oid from pg_database where datname = current_database())
    ) and not exists (
      select from pg_stat_activity where datname = current_database() and application_name = 'firebreak-' || holding.instance
    )) as gone,
    array(select job_id::text from running where exists (
      select from pgboss.job where name = running.queue and id = running.job_id and state = 'active'
        and retry_count = running.attempt and heartbeat_on + heartbeat_seconds * interval '1 second' < clock_timestamp()
    )) as frozen`;

const check = { name: 'check', text: livenessCheck };

interface LivenessOptions {
  readonly url: string;
  readonly log: Log;
  /** Awaited on each connection before this process is live again; a fault ends the connection. */
  readonly regained?: () => Promise<void>;
}

/** Connects by itself, again and again, until it is stopped. */
export function createLiveness(options: LivenessOptions): Liveness {
  const instance = randomInt(1, 2 ** 31 - 1);
  const listeners = { jobs: new Set<() => void>(), outbox: new Set<() => void>() };
  const watchers = new Set<(found: LivenessCheck) => void>();
  const notify = (channel: NotificationChannel) => {
    for (const listener of listeners[channel]) listener();
  };
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  let sinceConfirmed: (() => number) | undefined;
  let seen = { skew: 0, stopped: false };
  let running: Promise<void> | undefined;

  /** One connection from its beginning to its end. */
  const watch = async (client: pg.Client) => {
    await client.connect();
    endWhenSilent(client, silence);
    client.on('notification', ({ payload }) => notify(payload === 'slack_outbox' ? 'outbox' : 'jobs'));
    // A connection that ends says so before any statement fails of it.
    client.on('end', () => {
      sinceConfirmed = undefined;
    });
    const locked = await takeLock(client, instance);
    await options.regained?.();
    sinceConfirmed = locked;
    const lit = startStopwatch();
    first.resolve();
    while (!stopping.signal.aborted) {
      const asked = startStopwatch();
      const found = checkRow.parse((await client.query(check)).rows[0]);
      sinceConfirmed = asked;
      seen = { skew: skewOf(found.now, asked(), seen.skew), stopped: found.stopped };
      if (found.jobs) notify('jobs');
      if (found.outbox) notify('outbox');
      const lost = trusted(found, lit());
      for (const listener of watchers) listener(lost);
      await sleep(untilNext(found, lost), undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const keepConnected = async () => {
    while (!stopping.signal.aborted) {
      const client = newClient(options.url);
      await watch(client).catch((err: unknown) =>
        options.log.warn({ err }, 'the liveness check lost its database connection; connecting again'),
      );
      sinceConfirmed = undefined;
      await closedWithin(goodbye, client.end()).catch(() => {});
      await sleep(reconnectAfter, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  return {
    instance,
    start: () => {
      running ??= keepConnected();
      return first.promise;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    isLive: () => sinceConfirmed !== undefined,
    clockSkew: () => seen.skew,
    isStopped: () => seen.stopped,
    heartbeatAge: () => sinceConfirmed?.() ?? Number.POSITIVE_INFINITY,
    on: (channel, listener) => {
      listeners[channel].add(listener);
      return () => listeners[channel].delete(listener);
    },
    onCheck: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
}

type Check = z.infer<typeof checkRow>;

/** What a connection of this age may say of others. Milliseconds. */
const trusted = ({ gone, frozen }: Check, age: number): LivenessCheck => ({
  gone: age < judgesAfter ? [] : gone,
  frozen: age < judgesFrozenAfter ? [] : frozen,
});

function untilNext({ held }: Check, { gone }: LivenessCheck): number {
  if (gone.length > 0) return beats.doubtful;
  return held ? beats.busy : beats.quiet;
}

/** A clock that is off by less is as good as any. Milliseconds. */
const worthMinding = 2_000;

/**
 * What the server's clock said, in the middle of the time that the question took. A measurement that is about the same as the
 * last one changes nothing: time is not to jump with every delay on the way.
 */
function skewOf(theirs: Date, took: number, before: number): number {
  const measured = theirs.getTime() - (Date.now() - took / 2);
  if (Math.abs(measured - before) < Math.max(worthMinding, took)) return before;
  return Math.abs(measured) < worthMinding ? 0 : measured;
}

/** For a connection that is broken anyway to be closed. Milliseconds. */
const goodbye = 100;

/** The error handler is a must: without one an error ends the process. */
function newClient(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'firebreak-liveness',
    connectionTimeoutMillis: silence,
    keepAlive: true,
    keepAliveInitialDelayMillis: 1_000,
  });
  client.on('error', () => {});
  return client;
}

const taken = z.object({ taken: z.boolean() });

/** Whoever else holds the lock of this instance is an earlier connection of this process that the server has not missed yet. */
const endEarlier = `select pg_terminate_backend(pid) from pg_locks
  where locktype = 'advisory' and granted and objsubid = 2 and classid = $1::bigint::oid and objid = $2::bigint::oid
    and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()`;

/**
 * Takes the lock; answers how long ago the server was asked. It is never waited for in the server, where a
 * connection that is given up would wait on. The keepalives let the server notice within about ten seconds that this
 * host is gone without a word.
 */
async function takeLock(client: pg.Client, instance: number): Promise<() => number> {
  await client.query(
    'set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3',
  );
  for (;;) {
    const asked = startStopwatch();
    const tried = await client.query('select pg_try_advisory_lock($1, $2) as taken', [aliveLock, instance]);
    if (taken.parse(tried.rows[0]).taken) {
      await client.query('listen firebreak');
      return asked;
    }
    await client.query(endEarlier, [aliveLock, instance]);
    await sleep(20);
  }
}
