import type { Knex } from 'knex';
import { z } from 'zod';
import { mostDeaths } from '../../../workflow/deaths.ts';
import type { Claim, Log, Wake } from '../../../workflow/ports.ts';
import { freeLeases } from '../outbox/outbox.ts';
import { rows } from '../sql.ts';
import { transact } from '../transact.ts';
import { forget } from './claims.ts';
import { countDeath } from './deaths.ts';
import type { LivenessCheck } from './liveness.ts';
import { parseWake, type Queue } from './queue.ts';

export interface ReaperOptions {
  readonly knex: Knex;
  readonly queue: Queue;
  readonly log: Log;
}

const orphan = z.object({
  job_id: z.string(),
  attempt: z.number(),
  queue: z.string(),
  instance: z.number(),
  wake: z.unknown(),
});

/** Looks that must agree. After a restart of the database nobody holds a lock for a moment, though everybody lives. */
const looksForGone = 2;

/** A heartbeat says by itself for how long there was none; who could not give one gets its time before it is looked at. */
const looksForFrozen = 1;

/** Takes over the jobs and the messages of processes that died, and the jobs of those that stand still. */
export function createReaper(options: ReaperOptions): (found: LivenessCheck) => void {
  const gone = createDoubt<number>(looksForGone);
  const frozen = createDoubt<string>(looksForFrozen);
  let busy = false;
  return (found) => {
    const [dead, still] = [gone(found.gone), frozen(found.frozen)];
    if ((dead.length === 0 && still.length === 0) || busy) return;
    busy = true;
    reap(options, dead, still)
      .catch((err) => options.log.warn({ err }, 'a lost process could not be taken over from yet'))
      .finally(() => {
        busy = false;
      });
  };
}

/** Lets through only what was found that many times in a row. */
function createDoubt<T>(looks: number): (found: readonly T[]) => readonly T[] {
  let times = new Map<T, number>();
  return (found) => {
    times = new Map(found.map((each) => [each, (times.get(each) ?? 0) + 1]));
    return found.filter((each) => (times.get(each) ?? 0) >= looks);
  };
}

/** Several replicas may try at once; the fences of the claims and the leases let one. */
async function reap(
  options: ReaperOptions,
  dead: readonly number[],
  still: readonly string[],
): Promise<void> {
  const sql =
    'select job_id, attempt, queue, instance, wake from running where instance = any (?) or job_id = any (?)';
  for (const found of await rows(options.knex, orphan, sql, [[...dead], [...still]])) {
    const claim = { queue: found.queue, jobId: found.job_id, attempt: found.attempt };
    if (await handOver(options, claim, found.wake, { lost: found.instance })) {
      options.log.info({ wake: found.wake }, 'took over a step from a process that was lost');
    }
  }
  const freed = await freeLeases(options.knex, dead);
  if (freed === 0) return;
  options.log.info({ freed }, 'took over messages from a process that died');
  await options.knex.raw("select pg_notify('firebreak', 'slack_outbox')");
}

/**
 * Ends one attempt and sends its wake anew. Giving the job back instead would use up a retry and put it off. A
 * death is counted in the wake: a step that kills its process must not kill every replica for ever.
 * False when the attempt was over already.
 *
 * @param why a process that stops of its own accord, which may have begun or cannot have, or the instance that was lost
 */
export async function handOver(
  options: ReaperOptions,
  claim: Claim,
  data: unknown,
  why: 'stops' | 'stops before it' | { readonly lost: number },
): Promise<boolean> {
  const wake = readWake(data);
  return transact(options.knex, async (trx) => {
    if (wake === undefined) await options.queue.fail(trx, claim, new Error('its process was lost'));
    if (wake === undefined || !(await options.queue.complete(trx, claim))) {
      await forget(trx, claim);
      return false;
    }
    const deaths = typeof why === 'string' ? deathsOf(wake, why) : await countDeath(trx, why.lost, wake);
    const next = deaths === undefined ? wake : { ...wake, deaths };
    await options.queue.send(trx, next, { salt: claim.jobId, after: retryAfter(deaths ?? 0) });
    await trx.raw("select pg_notify('firebreak', 'running')");
    return true;
  });
}

/** Nobody died; but what was begun may have been done, and the job that is made now counts its attempts anew. */
const deathsOf = ({ deaths }: Wake, why: 'stops' | 'stops before it'): number | undefined =>
  why === 'stops' ? (deaths ?? 0) : deaths;

/**
 * The last wait before a step would be given up, long enough for another process to die without it where processes die of
 * something else. Seconds.
 */
const lastWait = 30;

/**
 * Seconds until a step is tried again at which so many processes died. One death is taken over at once. A process dies with
 * all its steps, and so does the next that takes all of them: from the second on each waits a time of its own, longer with
 * every death, so that those that died beside a deadly one, or in a row of restarts, are not given up with it. One that is to
 * be given up need not wait for that.
 *
 * @param chance from 0 to 1
 */
export function retryAfter(deaths: number, chance = Math.random()): number {
  if (deaths < 2 || deaths >= mostDeaths) return 0;
  return Math.round((deaths === mostDeaths - 1 ? lastWait : 2 ** (deaths - 1)) * (1 + chance));
}

/** A wake of a kind that only a newer version knows is given back as it is. */
function readWake(data: unknown): Wake | undefined {
  try {
    return parseWake(data);
  } catch {
    return undefined;
  }
}
