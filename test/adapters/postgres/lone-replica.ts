import { randomUUID } from 'node:crypto';
import { setImmediate as nextRound } from 'node:timers/promises';
import { vi } from 'vitest';
import { createGoingOn } from '../../../src/adapters/postgres/jobs/going-on.ts';
import { createJobs } from '../../../src/adapters/postgres/jobs/jobs.ts';
import { type Queue, queueName, type Taken } from '../../../src/adapters/postgres/jobs/queue.ts';
import type { Claim, Jobs, Wake } from '../../../src/workflow/ports.ts';
import { recordedLog } from '../../fixtures/log.ts';
import type { TestDatabase } from '../../support/database.ts';
import { livenessOf } from './liveness.ts';

export type Handle = Parameters<Jobs['start']>[0];

export const takenOf = (claim: Partial<Claim> = {}, data: unknown = stepWake()): Taken => ({
  claim: { queue: queueName, jobId: randomUUID(), attempt: 0, ...claim },
  data,
  expireInSeconds: 120,
});
export const stepWake = (): Wake => ({ kind: 'step', id: randomUUID(), version: 0 });
export const steps = (count: number) => Array.from({ length: count }, () => takenOf());

export interface Arranged {
  readonly clusters?: readonly string[];
  readonly isLive?: () => boolean;
  readonly queue?: Partial<Queue>;
  readonly handle?: Handle;
  /** Whether the database can be asked. */
  readonly isAway?: () => boolean;
}

/** A replica; its timers go on when they are told to. */
export async function loneReplica(
  db: TestDatabase,
  { clusters, isLive = () => true, queue = {}, handle, isAway = () => false }: Arranged = {},
) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const asked: number[] = [];
  const due: Taken[] = [];
  const completed: Claim[] = [];
  const { log, said } = recordedLog();
  let [looked, turns] = [0, 0];
  const listeners = new Map<string, () => void>();
  const { on, onCheck } = {
    on: (channel: string, listener: () => void) => {
      listeners.set(channel, listener);
      return () => void listeners.delete(channel);
    },
    onCheck: () => {
      listeners.set('check', () => {});
      return () => void listeners.delete('check');
    },
  };
  const goingOn = createGoingOn();
  const jobs = createJobs({
    get knex() {
      looked += 1;
      if (isAway()) throw new Error('the database is away');
      return db.knex;
    },
    queue: {
      ...db.queue,
      take: async (_db, limit) => {
        asked.push(limit);
        return due.splice(0, limit);
      },
      complete: async (_db, claim) => {
        completed.push(claim);
        return true;
      },
      touch: async (claims) => new Set(claims.map(({ jobId }) => jobId)),
      ...queue,
    },
    liveness: livenessOf({ isLive, on, onCheck }),
    ...(clusters && { clusters }),
    ...{ goingOn, newId: randomUUID, log },
    turned: () => {
      turns += 1;
    },
  });
  const gates: (() => void)[] = [];
  await jobs.start(
    handle ??
      (async () => {
        await new Promise<void>((open) => gates.push(open));
        return undefined;
      }),
  );
  const stop = async () => {
    for (const open of gates) open();
    await jobs.stop(0);
  };
  const settled = async () => {
    for (let round = 0; round < 20; round += 1) await nextRound();
  };
  await settled();
  const pass = async (milliseconds: number) => {
    vi.advanceTimersByTime(milliseconds);
    await settled();
  };
  const notify = async () => {
    listeners.get('jobs')?.();
    await settled();
  };
  const end = async () => {
    gates.shift()?.();
    await settled();
  };
  return {
    ...{ jobs, goingOn, asked, due, completed, said, listeners, gates, pass, notify, end, settled, stop },
    looks: () => looked,
    turns: () => turns,
  };
}
