import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { connect } from '../../src/adapters/postgres/connect.ts';
import { createGoingOn } from '../../src/adapters/postgres/jobs/going-on.ts';
import { createJobs } from '../../src/adapters/postgres/jobs/jobs.ts';
import { createLiveness } from '../../src/adapters/postgres/jobs/liveness.ts';
import { createQueue } from '../../src/adapters/postgres/jobs/queue.ts';
import { createStore } from '../../src/adapters/postgres/store.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { createSimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { learn } from '../../src/stages/learn/trust.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { createCommands } from '../../src/workflow/intake/commands.ts';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import { silentLog } from '../fixtures/log.ts';
import { members } from '../fixtures/rig.ts';
import { openCountedWire } from '../support/counted-wire.ts';
import { cloneDatabase } from '../support/database.ts';
import { eventually } from '../support/hang-guard.ts';
import { sha256 } from '../support/sha256.ts';
import { unhurried } from '../support/unhurried.ts';

/** How often somebody waited for PostgreSQL, and what the API server was asked. */
interface Counted {
  readonly sql: number;
  readonly kubernetes: number;
}

/** One replica at a real database and a simulated cluster, without anything that goes on beside its steps. */
export interface Players {
  /** Restarts a Deployment of production, which one person must approve, and counts on the way. */
  restart(name: string): Promise<{
    /** Until the answer, of the database alone. */
    readonly command: number;
    readonly click: Counted;
    readonly look: Counted;
  }>;
  close(): Promise<void>;
}

const alice = { userId: 'U0ALICE', teamId: 'T0HOME' };
const bob = { userId: 'U0BOB', teamId: 'T0HOME' };
const image = 'registry.example/web:1.0.0';

const testPolicy = policy.parse({
  version: 1,
  namespaces: { production: ['payments'] },
  approvers: { human: { users: [bob.userId] }, dual: { users: [bob.userId] } },
  verification: { initialDelaySeconds: 1, intervalSeconds: 1, goodSamples: 3, badSamples: 9 },
});

/** Milliseconds without a word after which nothing is under way any more. */
const quiet = 250;

export async function openPlayers(): Promise<Players> {
  const database = await cloneDatabase();
  // Who commands and clicks, and the steps behind it: what is waited for until the answer has nothing of the latter.
  const wires = { people: await openCountedWire(database.url), steps: await openCountedWire(database.url) };
  const state = { requests: 0, onPatch: () => {}, points: new Map<string, () => void>() };
  const simulated = await createSimulatedCluster({
    speed: 20,
    onRequest: ({ method }) => {
      state.requests += 1;
      if (method === 'PATCH') state.onPatch();
    },
  });
  simulated.apply(namespace('payments'));
  for (const at of [1, 2, 3, 4, 5, 6])
    simulated.apply(deployment({ name: `web-${at}`, namespace: 'payments', image, replicas: 2 }));
  const cluster = createCluster({
    name: 'test',
    connection: plainConnection(simulated.url),
    log: silentLog,
    ...unhurried,
  });
  const pools = { people: connect(wires.people.url, 10), steps: connect(wires.steps.url, 10) };
  const queue = createQueue({ url: database.url, sha256, log: silentLog });
  await queue.start();
  const liveness = createLiveness({ url: database.url, log: silentLog });
  await liveness.start();
  const goingOn = createGoingOn();
  const storeOn = (knex: Knex) =>
    createStore({
      knex,
      queue,
      goingOn,
      channel: 'C0OPS',
      cluster: 'test',
      identity: cluster.knownIdentity,
      clock: () => new Date().toISOString(),
      newId: randomUUID,
      sha256,
      learn,
    });
  const contextOn = (knex: Knex): WorkflowContext => ({
    store: storeOn(knex),
    cluster,
    clock: () => new Date().toISOString(),
    newId: randomUUID,
    sha256,
    policy: () => testPolicy,
    playbooks: () => [],
    log: silentLog,
    fence: () => 'no step is under way',
    gatePatience: 60_000,
    people: async () => members,
    probe: async (point) => state.points.get(point)?.(),
  });
  const commands = createCommands(contextOn(pools.people));
  const context = contextOn(pools.steps);
  const { store } = context;
  const jobs = createJobs({ knex: pools.steps, queue, liveness, goingOn, newId: randomUUID, log: silentLog });
  const rest = async () => {
    while (Math.min(wires.people.quietFor(), wires.steps.quietFor()) < quiet) await sleep(quiet / 5);
  };
  const take = (): Counted => {
    const counted = { sql: wires.people.take() + wires.steps.take(), kubernetes: state.requests };
    state.requests = 0;
    return counted;
  };
  const reached = (point: string): Promise<void> =>
    new Promise((resolve) => {
      state.points.set(point, () => {
        state.points.delete(point);
        resolve();
      });
    });
  await jobs.start((wake, claim, signal, fence, row) =>
    handleWake({ ...context, fence }, wake, claim, signal, row),
  );
  return {
    restart: async (name) => {
      await cluster.identity(AbortSignal.timeout(60_000));
      await rest();
      take();
      const judged = reached('committed:evaluated');
      await commands.remediate({
        text: `rollout restart deployment/${name} -n payments`,
        actor: alice,
        requestKey: randomUUID(),
      });
      const command = wires.people.take();
      await judged;
      await rest();
      const [row] = await store.summaries({ open: true, limit: 1 });
      const shown = row === undefined ? undefined : await store.load(row.id);
      if (shown?.state !== 'waiting') throw new Error(`${name} does not wait for anybody`);
      const { id: remediationId, digest } = shown;
      const patched = Promise.withResolvers<Counted>();
      state.onPatch = () => patched.resolve(take());
      const executed = reached('committed:executing');
      await rest();
      take();
      await commands.vote({ remediationId, digest, actor: bob, decision: 'approve' });
      const click = await patched.promise;
      await executed;
      const looked = reached('committed:verifying');
      await rest();
      take();
      await looked;
      const look = take();
      await eventually(async () => expectOver((await store.load(remediationId))?.state));
      return { command, click, look };
    },
    close: async () => {
      await jobs.stop(1);
      await liveness.stop();
      await queue.stop();
      await Promise.all([pools.people.destroy(), pools.steps.destroy()]);
      await cluster.close();
      await simulated.stop();
      await Promise.all([wires.people.close(), wires.steps.close()]);
      await database.drop();
    },
  };
}

function expectOver(state: string | undefined): void {
  if (state !== 'succeeded') throw new Error(`it is ${state}`);
}
