import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import type { Log } from '../../../workflow/ports.ts';
import { isAnythingDue } from '../outbox/due.ts';
import { isAnyJobDue } from './queue.ts';

/** What there is to do: `jobs` are due, `outbox` has something to send. */
type NotificationChannel = 'jobs' | 'outbox';

/** "FBal": the class of the advisory locks by which processes show that they live. */
const aliveLock = 0x4642616c;

/** One statement each beat keeps an idle process at two statements a second. Milliseconds. */
const beat = 500;

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
  /** Calls back when something is notified, until the answered function is called. */
  on(channel: NotificationChannel, listener: () => void): () => void;
  /** Calls back at each beat with what seems to have lost its process. */
  onCheck(listener: (found: LivenessCheck) => void): () => void;
}

/** What one check found. */
export interface LivenessCheck {
  /** Instances that hold jobs or messages, and no lock: their process died. */
  readonly gone: readonly number[];
  /** Jobs whose heartbeat is overdue though their process holds its lock: it is stopped, or cut off. */
  readonly frozen: readonly string[];
}

const checkRow = z.object({
  jobs: z.boolean(),
  outbox: z.boolean(),
  gone: z.array(z.number()),
  frozen: z.array(z.string()),
});

/** The statement of each beat. */
export const livenessCheck = `select
    ${isAnyJobDue} as jobs,
    ${isAnythingDue} as outbox,
    array(select distinct instance from (
      select instance from running
      union all
      select leased_by from slack_outbox
        where leased_until > clock_timestamp() and leased_by is not null
    ) holding where not exists (
      select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = ${aliveLock}::oid
        and objid = holding.instance::oid and database = (select oid from pg_database where datname = current_database())
    )) as gone,
    array(select job_id::text from running where exists (
      select from pgboss.job where name = running.queue and id = running.job_id and state = 'active'
        and retry_count = running.attempt and heartbeat_on + heartbeat_seconds * interval '1 second' < clock_timestamp()
    )) as frozen`;

const check = { name: 'check', text: livenessCheck };

export function createLiveness(options: { readonly url: string; readonly log: Log }): Liveness {
  const instance = randomInt(1, 2 ** 31 - 1);
  const listeners = { jobs: new Set<() => void>(), outbox: new Set<() => void>() };
  const watchers = new Set<(found: LivenessCheck) => void>();
  const notify = (channel: NotificationChannel) => {
    for (const listener of listeners[channel]) listener();
  };
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  let isLive = false;
  let running: Promise<void> | undefined;

  /** One connection from its beginning to its end. */
  const watch = async (client: pg.Client) => {
    await client.connect();
    client.on('notification', ({ payload }) => notify(payload === 'slack_outbox' ? 'outbox' : 'jobs'));
    await takeLock(client, instance);
    isLive = true;
    first.resolve();
    while (!stopping.signal.aborted) {
      const found = checkRow.parse((await client.query(check)).rows[0]);
      if (found.jobs) notify('jobs');
      if (found.outbox) notify('outbox');
      for (const listener of watchers) listener(found);
      await sleep(beat, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const keepConnected = async () => {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      const client = newClient(options.url);
      try {
        await watch(client);
      } catch (error) {
        if (isLive) failures = 0;
        options.log.warn({ err: error }, 'the liveness check lost its database connection; connecting again');
      } finally {
        isLive = false;
        await client.end().catch(() => {});
      }
      await sleep(Math.min(2_000, 50 * 2 ** failures), undefined, { signal: stopping.signal }).catch(
        () => {},
      );
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
    isLive: () => isLive,
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

/** A query without answer for five seconds means that the way to the server is cut; the error handler is a must. */
function newClient(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'firebreak-liveness',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 1_000,
  });
  client.on('error', () => {});
  return client;
}

/** The keepalives let the server notice within about ten seconds that this host is gone without a word. */
async function takeLock(client: pg.Client, instance: number): Promise<void> {
  await client.query(
    'set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3',
  );
  await client.query('select pg_advisory_lock($1, $2)', [aliveLock, instance]);
  await client.query('listen firebreak');
}
