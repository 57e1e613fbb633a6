import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { createJobs } from '../../../src/adapters/postgres/jobs/jobs.ts';
import { createLiveness } from '../../../src/adapters/postgres/jobs/liveness.ts';
import type { Claim, Jobs, Wake } from '../../../src/workflow/ports.ts';
import { silentLog } from '../../fixtures/log.ts';
import { type Child, runNode } from '../../support/child.ts';
import type { TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/hang-guard.ts';

export type Handle = Parameters<Jobs['start']>[0];

/** A replica in this process, until `stop`. */
export async function openReplica(
  db: TestDatabase,
  handle: Handle,
): Promise<{ readonly jobs: Jobs; stop(): Promise<void> }> {
  const liveness = createLiveness({ url: db.url, log: silentLog });
  await liveness.start();
  const jobs = createJobs({ knex: db.knex, queue: db.queue, liveness, newId: randomUUID, log: silentLog });
  await jobs.start(handle);
  const stop = async () => {
    await jobs.stop(0);
    await liveness.stop();
  };
  return { jobs, stop };
}

/** Wakes as they come, to be awaited one by one. */
export function inbox() {
  const seen: { wake: Wake; claim: Claim }[] = [];
  const handle: Handle = async (wake, claim) => {
    seen.push({ wake, claim });
  };
  const until = (condition: () => boolean) => eventually(() => expect(condition()).toBe(true));
  return { seen, handle, until };
}

export const stepWake = (id: string = randomUUID()): Wake => ({ kind: 'step', id, version: 0 });

/** Another process that holds a step and does not end it. */
export async function takenByVictim(
  db: TestDatabase,
): Promise<{ readonly victim: Child; readonly wake: Wake }> {
  const victim = runNode(fileURLToPath(new URL('worker.ts', import.meta.url)), [db.url]);
  expect(await victim.line()).toBe('ready');
  const wake = stepWake();
  await db.queue.send(db.knex, wake);
  expect(JSON.parse(await victim.line())).toEqual(wake);
  return { victim, wake };
}
