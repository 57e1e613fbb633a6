import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../../domain/incidents/incident.ts';
import type { Store } from '../../../workflow/ports.ts';

/** A batch that takes longer waits for the cluster, and holds up nobody any more; for people it may wait a quarter of a second of it. Milliseconds. */
const longest = 1_250;

/** The part of the store by which many alerts are triaged together. */
type Asleep = Pick<Store, 'takeAsleep' | 'settleAsleep'>;

/**
 * One batch after the other in this process, and none while a flood of alerts comes in: several at once would only wait for
 * each other at the database, with connections and processors that people need.
 */
export function inTurns({ takeAsleep, settleAsleep }: Asleep, calm: () => Promise<void>): Asleep {
  let tail: Promise<void> = Promise.resolve();
  let end = () => {};

  const turn = async (): Promise<() => void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = tail;
    tail = before.then(() => promise);
    await before;
    return resolve;
  };

  const take = async (limit: number, done: () => void): Promise<readonly Incident[]> => {
    await calm();
    const taken = await takeAsleep(limit);
    if (taken.length === 0) done();
    else {
      end = done;
      void sleep(longest, undefined, { ref: false }).then(done);
    }
    return taken;
  };

  return {
    takeAsleep: async (limit) => {
      const done = await turn();
      try {
        return await take(limit, done);
      } catch (fault) {
        done();
        throw fault;
      }
    },
    settleAsleep: (triaged, putBack) => settleAsleep(triaged, putBack).finally(end),
  };
}
