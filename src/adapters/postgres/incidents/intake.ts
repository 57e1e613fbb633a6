import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert } from '../../../domain/incidents/incident.ts';
import type { PeopleFirst } from '../../../workflow/intake/people-first.ts';
import type { Store } from '../../../workflow/ports.ts';
import { isTransient } from '../connect.ts';
import type { Ingested } from './incidents.ts';

/** Alerts in one transaction; one that is larger than a moment's work would hold its locks too long. */
const mostAtOnce = 1_000;

/**
 * Who was answered together sends the next together: a moment later they are one transaction, not one and the rest.
 * Milliseconds.
 */
const gathering = 2;

/**
 * Beside a commit another begins when so many alerts wait: while the server writes some this process reads others, and neither
 * waits for the other. Fewer are the next commit: many small ones would cost more than they gain.
 */
const enough = 100;
export const commitsAtOnce = 2;

/** Alerts that may wait in memory; who sends more is asked to send them again. */
const mostWaiting = 20_000;

interface Waiting {
  readonly alerts: readonly Alert[];
  readonly committed: (result: Ingested) => void;
  readonly failed: (fault: unknown) => void;
}

/** A commit of so many alerts is a flood, which is over when none has come for a while. Milliseconds. */
const flood = 50;
const calmAfter = 250;

/** So long a flood goes before everything else that is done about alerts; then that gets a turn. Milliseconds. */
const longestFlood = 2_000;

/** Commits what several requests brought, in one transaction; answers what came of each, in their order. */
export type CommitAlerts = (requests: readonly (readonly Alert[])[]) => Promise<readonly Ingested[]>;

/** Where alerts come in. */
export interface Intake {
  readonly ingest: Store['ingest'];
  /**
   * Resolves when no flood of alerts comes in, or after two seconds of it: what was sent is to be safe, and its sender
   * answered, before what may be done about it takes the processor and the database.
   */
  calm(): Promise<void>;
}

/**
 * Group commit: while one transaction is under way, what comes in waits, and all of it is the next transaction, which begins
 * beside the first when it is many. Each request is answered after the commit that
 * has its alerts. One that the database does not take fails alone.
 *
 * @param wake called after commits, when no flood comes in, for who is to look at what came in; nobody waits for it
 * @param afterPeople what is awaited before each commit, see PeopleFirst
 * @throws when too much waits already, and whatever the commit throws
 */
export function createIntake(
  commit: CommitAlerts,
  wake: () => Promise<void>,
  afterPeople: PeopleFirst['afterPeople'] = () => undefined,
): Intake {
  const queue: Waiting[] = [];
  let waiting = 0;
  let running = 0;
  let flooded = Number.NEGATIVE_INFINITY;
  const isMuch = () => hasAlerts(queue, enough);

  /** Answers how many requests were in it. */
  const commitNext = async (): Promise<number> => {
    const batch = nextBatch(queue);
    if (hasAlerts(batch, flood)) flooded = performance.now();
    runIfWanted();
    if (batch.length > 0) await commitTogether(commit, batch);
    wakeSoon();
    return batch.length;
  };

  const run = async () => {
    running += 1;
    for (let last = 0; queue.length > 0; ) {
      if (last > 1 && !isMuch()) await sleep(gathering);
      const people = afterPeople();
      if (people !== undefined) await people;
      last = await commitNext();
      // Those who were just answered have sent the next by then.
      if (last > 1 && queue.length === 0) await sleep(gathering);
    }
    running -= 1;
  };

  const runIfWanted = () => {
    if (running === 0 || (running < commitsAtOnce && isMuch())) void run();
  };

  const enqueue = (alerts: readonly Alert[]): Promise<Ingested> => {
    const { promise, resolve, reject } = Promise.withResolvers<Ingested>();
    queue.push({ alerts, committed: resolve, failed: reject });
    return promise;
  };

  const ingest: Store['ingest'] = async (alerts) => {
    if (waiting + alerts.length > mostWaiting)
      throw new Error(`${waiting} alerts wait to be stored already; no more are taken`);
    waiting += alerts.length;
    try {
      const parts = chunksOf(alerts).map(enqueue);
      runIfWanted();
      return sum(await Promise.all(parts));
    } finally {
      waiting -= alerts.length;
    }
  };
  const calm = async () => {
    const since = performance.now();
    const isFlood = () => performance.now() - flooded < calmAfter && performance.now() - since < longestFlood;
    while (isFlood()) await sleep(50);
  };
  // Whoever is woken in a flood would wait for its end: until then nobody has to be.
  const wakeSoon = oneAtATime(() => calm().then(wake));
  return { ingest, calm };
}

/** Whether these are at least so many alerts. */
function hasAlerts(batch: readonly Waiting[], least: number): boolean {
  let count = 0;
  for (const { alerts } of batch) {
    count += alerts.length;
    if (count >= least) return true;
  }
  return false;
}

/** Milliseconds; in a storm there is no more room a moment later. */
const pauseBetween = 50;

/** Runs the work, and once more after it when it was asked for meanwhile. What fails is left to the next time. */
function oneAtATime(work: () => Promise<void>): () => void {
  let asked = false;
  let running = false;
  const run = async () => {
    running = true;
    while (asked) {
      asked = false;
      await work().catch(() => undefined);
      await sleep(pauseBetween);
    }
    running = false;
  };
  return () => {
    asked = true;
    if (!running) void run();
  };
}

function chunksOf(alerts: readonly Alert[]): readonly (readonly Alert[])[] {
  const count = Math.max(1, Math.ceil(alerts.length / mostAtOnce));
  return Array.from({ length: count }, (_, n) => alerts.slice(n * mostAtOnce, (n + 1) * mostAtOnce));
}

/** The first of the queue, and as many after it as fit. */
function nextBatch(queue: Waiting[]): readonly Waiting[] {
  let size = 0;
  const end = queue.findIndex(({ alerts }) => {
    size += alerts.length;
    return size > mostAtOnce;
  });
  return queue.splice(0, end < 0 ? queue.length : Math.max(1, end));
}

async function commitTogether(commit: CommitAlerts, batch: readonly Waiting[]): Promise<void> {
  try {
    const results = await commit(batch.map(({ alerts }) => alerts));
    for (const [index, { committed, failed }] of batch.entries()) {
      const result = results[index];
      if (result === undefined) failed(new Error('the commit said nothing of these alerts'));
      else committed(result);
    }
  } catch (fault) {
    // What one request brought must not keep out the others; when the database is away, all of them fail at once.
    if (batch.length === 1 || isTransient(fault)) for (const { failed } of batch) failed(fault);
    else for (const each of batch) await commitTogether(commit, [each]);
  }
}

function sum(results: readonly Ingested[]): Ingested {
  return results.reduce(
    (all, each) => ({
      opened: all.opened + each.opened,
      known: all.known + each.known,
      resolved: all.resolved + each.resolved,
    }),
    { opened: 0, known: 0, resolved: 0 },
  );
}
