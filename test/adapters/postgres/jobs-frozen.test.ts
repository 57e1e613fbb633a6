import { fileURLToPath } from 'node:url';
import { expect, type TestContext, test } from 'vitest';
import { runNode } from '../../support/child.ts';
import { openDatabase } from '../../support/database.ts';
import { type Handle, inbox, openReplica, stepWake, takenByVictim } from './replicas.ts';

/* Both wait until a heartbeat is overdue, the ten seconds that are the library's least, and so together. */

/** A database and a replica in this process; both are closed after the test. */
async function stage({ onTestFinished }: TestContext) {
  const db = await openDatabase();
  onTestFinished(() => db.close());
  const startReplica = async (handle: Handle): Promise<void> => {
    const replica = await openReplica(db, handle);
    onTestFinished(() => replica.stop());
  };
  return { db, startReplica };
}

test.concurrent('a replica that stands still: another takes its step over, and what it does later is refused', async (context) => {
  const { db, startReplica } = await stage(context);
  const { victim, wake } = await takenByVictim(db);
  context.onTestFinished(() => victim.kill());
  const { seen, handle, until } = inbox();
  await startReplica(handle);
  victim.process.kill('SIGSTOP');
  const stopped = performance.now();
  await until(() => seen.length > 0);
  console.info(`took over from a stopped process after ${Math.round(performance.now() - stopped)} ms`);
  expect(seen).toMatchObject([{ wake }]);
  victim.process.kill('SIGCONT');
  expect(await victim.line()).toBe('aborted');
});

test.concurrent('a replica that stood still may not write, neither at once nor when it has heard the database again', async (context) => {
  const { db, startReplica } = await stage(context);
  await db.queue.send(db.knex, stepWake());
  const stopped = runNode(fileURLToPath(new URL('stopped.ts', import.meta.url)), [db.url]);
  context.onTestFinished(() => stopped.kill());
  expect(await stopped.line()).toBe('at first: open');
  const { seen, handle, until } = inbox();
  await startReplica(handle);
  stopped.process.kill('SIGSTOP');
  await until(() => seen.length === 1);
  stopped.process.kill('SIGCONT');
  // Which of the reasons is told first depends on how long it stood still, which is the machine's business.
  expect(await stopped.line()).toMatch(/^at once: Nothing was sent: /);
  expect(await stopped.line()).toMatch(/^then: Nothing was sent: /);
});
