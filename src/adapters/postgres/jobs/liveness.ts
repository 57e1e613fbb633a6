import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import type { Log } from '../../../workflow/ports.ts';
import { dueDeliveries } from '../outbox/rate-limits.ts';
import { queueName } from './queue.ts';

/** What there is to do: `jobs` are due, `outbox` has something to send. */
type Bell = 'jobs' | 'outbox';

/** "FBal": the class of the advisory locks by which processes show that they live. */
const aliveLock = 0x4642616c;

/** One statement each beat keeps an idle process at two statements a second. Milliseconds. */
const beat = 500;

/**
 * One connection that says "this process lives" and hears what there is to do. It holds an advisory lock, which the
 * server lets go of the moment the process dies; it listens to the tables' notifications; and once a beat it asks
 * for what notifies nobody: jobs that became due, leases that ran out, processes that died.
 */
export interface Beacon {
  /** This process's number in the table `running`. */
  readonly instance: number;
  /** Resolves once the lock is held; afterwards the connection is renewed whenever it breaks. */
  start(): Promise<void>;
  stop(): Promise<void>;
  lit(): boolean;
  /** Calls back when the bell rings, until the answered function is called. */
  on(bell: Bell, listener: () => void): () => void;
  /** Calls back at each beat with what seems to have lost its process. */
  onLook(listener: (look: Look) => void): () => void;
}

/** What one look found. */
export interface Look {
  /** Instances that hold jobs or messages, and no lock: their process died. */
  readonly gone: readonly number[];
  /** Jobs whose heartbeat is overdue though their process holds its lock: it is stopped, or cut off. */
  readonly frozen: readonly string[];
}

const pulseRow = z.object({
  jobs: z.boolean(),
  outbox: z.boolean(),
  gone: z.array(z.number()),
  frozen: z.array(z.string()),
});

const pulse = {
  name: 'pulse',
  text: `select
    exists (select from pgboss.job where name = '${queueName}' and state < 'active' and start_after <= clock_timestamp()) as jobs,
    exists (select ${dueDeliveries}) as outbox,
    array(select distinct instance from (
      select instance from running
      union all
      select leased_by from slack_outbox
        where status = 'open' and sent_revision < desired_revision and leased_until > clock_timestamp() and leased_by is not null
    ) holding where not exists (
      select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = ${aliveLock}::oid
        and objid = holding.instance::oid and database = (select oid from pg_database where datname = current_database())
    )) as gone,
    array(select job_id::text from running where exists (
      select from pgboss.job where name = running.queue and id = running.job_id and state = 'active'
        and retry_count = running.attempt and heartbeat_on + heartbeat_seconds * interval '1 second' < clock_timestamp()
    )) as frozen`,
};

export function createBeacon(options: { readonly url: string; readonly log: Log }): Beacon {
  const instance = randomInt(1, 2 ** 31 - 1);
  const bells = { jobs: new Set<() => void>(), outbox: new Set<() => void>() };
  const watchers = new Set<(look: Look) => void>();
  const ring = (bell: Bell) => {
    for (const listener of bells[bell]) listener();
  };
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  let lit = false;
  let running: Promise<void> | undefined;

  /** One connection from its beginning to its end. */
  const burn = async (client: pg.Client) => {
    await client.connect();
    client.on('notification', ({ payload }) => ring(payload === 'slack_outbox' ? 'outbox' : 'jobs'));
    await light(client, instance);
    lit = true;
    first.resolve();
    while (!stopping.signal.aborted) {
      const found = pulseRow.parse((await client.query(pulse)).rows[0]);
      if (found.jobs) ring('jobs');
      if (found.outbox) ring('outbox');
      for (const listener of watchers) listener(found);
      await sleep(beat, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const keepBurning = async () => {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      const client = newClient(options.url);
      try {
        await burn(client);
      } catch (error) {
        if (lit) failures = 0;
        options.log.warn({ err: error }, 'the beacon lost its database connection; connecting again');
      } finally {
        lit = false;
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
      running ??= keepBurning();
      return first.promise;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    lit: () => lit,
    on: (bell, listener) => {
      bells[bell].add(listener);
      return () => bells[bell].delete(listener);
    },
    onLook: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
}

/** A query without answer for five seconds means that the way to the server is cut; the error handler is a must. */
function newClient(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'firebreak-beacon',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 1_000,
  });
  client.on('error', () => {});
  return client;
}

/** The keepalives let the server notice within about ten seconds that this host is gone without a word. */
async function light(client: pg.Client, instance: number): Promise<void> {
  await client.query(
    'set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3',
  );
  await client.query('select pg_advisory_lock($1, $2)', [aliveLock, instance]);
  await client.query('listen firebreak');
}
