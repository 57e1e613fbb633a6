import type { Knex } from 'knex';
import { z } from 'zod';
import type { Arrivals } from '../../workflow/arrivals/arrivals-port.ts';
import type { PeopleFirst } from '../../workflow/intake/people-first.ts';
import type { NotifiedPeople } from '../../workflow/notify/notified-port.ts';
import type { Outbox } from '../../workflow/outbox-port.ts';
import type { Jobs, Log, Store } from '../../workflow/ports.ts';
import type { Silences } from '../../workflow/silences/silences-port.ts';
import { stopItself } from './brakes/itself.ts';
import { type Confirmed, createConfirmed, notingStore } from './confirmed.ts';
import { connect, waitForDatabase } from './connect.ts';
import type { Context } from './context.ts';
import { createArrivals } from './incidents/arrivals/arrivals.ts';
import { commitsAtOnce } from './incidents/intake.ts';
import { createGoingOn } from './jobs/going-on.ts';
import { createJobs } from './jobs/jobs.ts';
import { createLiveness, poolName } from './jobs/liveness.ts';
import { createQueue } from './jobs/queue.ts';
import { migrate } from './migrate.ts';
import { createNotified } from './outbox/direct.ts';
import { createOutbox } from './outbox/outbox.ts';
import { repostCards } from './outbox/repost.ts';
import { type Unusable, unusable, watchUnusable } from './room.ts';
import { createSilences } from './silences/silences.ts';
import { rows } from './sql.ts';
import { createStore } from './store.ts';

export interface StorageOptions
  extends Pick<
    Context,
    | 'channel'
    | 'cluster'
    | 'clusters'
    | 'clusterOf'
    | 'identity'
    | 'newId'
    | 'sha256'
    | 'learn'
    | 'stormLine'
    | 'reopenMinutes'
    | 'route'
  > {
  readonly database:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'embedded'; readonly dataDir: string };
  /** Where messages go while the channel takes none. */
  readonly fallbackChannel?: string | undefined;
  readonly log: Log;
  /** See PeopleFirst; alerts are put off for nobody unless told. */
  readonly afterPeople?: PeopleFirst['afterPeople'];
  /** See JobsOptions. */
  readonly turned?: () => void;
  /** Seconds to wait for the database at start; 15 unless told. */
  readonly patience?: number;
}

/** Everything that lies in the database, behind the ports of the workflow. */
export interface Storage {
  readonly store: Store;
  readonly silences: Silences;
  readonly arrivals: Arrivals;
  readonly notified: NotifiedPeople;
  readonly outbox: Outbox;
  readonly jobs: Jobs;
  /** For the commands that look into the database itself, such as `audit verify`. */
  readonly knex: Knex;
  /** The address in use, which for the embedded server is only known now. */
  readonly url: string;
  /** See repost.ts; to be called before anything is sent. */
  repostCards(): Promise<void>;
  /** See Liveness. */
  clockSkew(): number;
  /** Why nothing new can be recorded now, a sentence; none while it can. */
  unusable(): Promise<readonly string[]>;
  /** Closes every connection; stop the jobs first. The embedded server stops when nobody else is using it. */
  close(): Promise<void>;
}

/**
 * Opens the storage: starts the embedded server where there is no other, waits for the database, brings its schema
 * up to date and connects. Throws DatabaseAway with one sentence; nothing stays open then.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse())
      await step().catch((err) => options.log.warn({ err }, 'a part of the storage did not close cleanly'));
  };
  try {
    const url = await locate(options, undo);
    await waitForDatabase(url, options.patience ?? 15);
    await bringUpToDate(url);
    const confirmed = createConfirmed();
    const liveness = createLiveness({
      url,
      log: options.log,
      regained: () => stopIfLost(options, knex, confirmed),
    });
    const knex = connect(url, 10, { name: poolName(liveness.instance) });
    undo.push(() => knex.destroy());
    const intake = connect(url, commitsAtOnce, { name: 'firebreak-intake' });
    undo.push(() => intake.destroy());
    const triage = connect(url, 2, { name: 'firebreak-triage' });
    undo.push(() => triage.destroy());
    const queue = createQueue({ url, sha256: options.sha256, log: options.log });
    undo.push(() => queue.stop());
    undo.push(() => liveness.stop());
    // The liveness check looks into the queue's tables, which are there from the first start on.
    const isThere = await hasQueue(knex);
    const started = queue.start();
    if (!isThere) await started;
    await Promise.all([started, liveness.start()]);
    const goingOn = createGoingOn();
    const clock = () => new Date(Date.now() + liveness.clockSkew()).toISOString();
    const store = createStore({ ...options, knex, intake, triage, queue, goingOn, clock });
    const findUnusable = watchUnusable(knex);
    return {
      silences: createSilences({ ...options, knex }),
      arrivals: createArrivals({ knex: triage, liveness }),
      notified: createNotified({ knex }),
      store: notingStore(store, confirmed),
      outbox: createOutbox({ ...options, knex, liveness, queue }),
      jobs: createJobs({ ...options, knex, queue, liveness, goingOn }),
      knex,
      url,
      repostCards: () => repostCards(knex),
      clockSkew: liveness.clockSkew,
      unusable: () => problemsOf(liveness.isLive() ? findUnusable() : 'away'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function hasQueue(knex: Knex): Promise<boolean> {
  const sql = "select to_regclass('pgboss.job') is not null as there";
  return (await rows(knex, z.object({ there: z.boolean() }), sql))[0]?.there === true;
}

/** On a large table a migration takes as long as it takes. */
async function bringUpToDate(url: string): Promise<void> {
  const knex = connect(url, 2, { isPatient: () => true });
  await migrate(knex).finally(() => knex.destroy());
}

async function locate(options: StorageOptions, undo: (() => Promise<unknown>)[]): Promise<string> {
  if (options.database.kind === 'url') return options.database.url;
  // Loaded only where there is no other server.
  const { startEmbedded } = await import('./embedded/embedded.ts');
  const embedded = await startEmbedded({ dataDir: options.database.dataDir, log: options.log });
  undo.push(() => embedded.stop());
  return embedded.url;
}

async function problemsOf(found: Promise<Unusable | undefined> | 'away'): Promise<readonly string[]> {
  const kind = await found;
  return kind === undefined ? [] : [unusable[kind]];
}

/**
 * Whether the database that is connected to again is the one that it was. Until this is answered no write leaves; where it has
 * lost something, none leaves before a person has looked.
 */
async function stopIfLost(
  options: Pick<StorageOptions, 'channel' | 'newId' | 'sha256' | 'log'>,
  knex: Knex,
  confirmed: Confirmed,
): Promise<void> {
  const reason = await confirmed.findLost(knex);
  if (reason === undefined) return;
  await stopItself({ ...options, knex }, { at: new Date().toISOString(), reason });
  confirmed.forget();
  options.log.error({}, `${reason}. Nothing is sent to a cluster until somebody types /remediate start`);
}
