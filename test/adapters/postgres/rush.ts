import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseWake, type Taken } from '../../../src/adapters/postgres/jobs/queue.ts';
import type { Policy } from '../../../src/domain/policy/policy.ts';
import { activeStates, type Remediation, type RemediationIn } from '../../../src/domain/remediation.ts';
import type { WorkflowContext } from '../../../src/workflow/context.ts';
import { createCommands } from '../../../src/workflow/intake/commands.ts';
import { handleWake } from '../../../src/workflow/lifecycle/run.ts';
import type { Cluster } from '../../../src/workflow/ports.ts';
import { noon } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';
import { clusterOf, healthy, type Worlds } from '../../fixtures/world.ts';
import type { TestDatabase } from '../../support/database.ts';
import { sha256 } from '../../support/sha256.ts';
import { unfenced } from '../../support/unfenced.ts';

/** The workflow on PostgreSQL, with a gate that lets several through at the very same moment. */
export interface Rush {
  ask(text: string): Promise<void>;
  /** Holds everybody who has passed the gate until so many have, lets all go at once, and settles. */
  releaseTogether(count: number): Promise<void>;
  /** Runs what is due until all is left to people, to timers or to `finish`. */
  settle(): Promise<void>;
  approve(row: RemediationIn<'waiting'>, userId: string): Promise<void>;
  /** What executes goes on from now on; before that it stays as it is. */
  finish(): void;
  rows(): Promise<readonly Remediation[]>;
  /** The most remediations that held their targets at the same time, by the chain of events. */
  mostAtOnce(): Promise<number>;
}

export function openRush(db: TestDatabase, policy: Policy): Rush {
  const turnstile = createTurnstile();
  const context: WorkflowContext = {
    store: db.store,
    cluster: cluster(),
    clock: () => noon,
    newId: randomUUID,
    sha256,
    policy: () => policy,
    playbooks: () => [],
    log: silentLog,
    fence: unfenced,
    people: async () => ({
      mayApprove: async () => ({ kind: 'allowed' }),
      mayAsk: async () => ({ kind: 'allowed' }),
    }),
    probe: (point) => (point === 'worked:approved' ? turnstile.pass() : Promise.resolve()),
  };
  const commands = createCommands(context);
  const held: Taken[] = [];
  let finished = false;

  const rows = async (): Promise<readonly Remediation[]> => {
    const found = await db.knex('remediations').orderBy('number').pluck('id');
    return (await Promise.all(found.map((id) => db.store.load(id)))).filter((row) => row !== undefined);
  };
  const run = async (job: Taken): Promise<void> => {
    const wake = parseWake(job.data);
    if (!finished && (await db.store.load(wake.id))?.state === 'executing') held.push(job);
    else await handleWake(context, wake, job.claim, new AbortController().signal);
  };
  const isUnderWay = ({ state }: Remediation): boolean =>
    activeStates.some((active) => active === state) && (finished || state !== 'executing');
  const settle = async (): Promise<void> => {
    while ((await rows()).some(isUnderWay)) {
      const again = finished ? held.splice(0) : [];
      const due = [...again, ...(await db.queue.take(db.knex, 50, 1))];
      await Promise.all(due.map(run));
      if (due.length === 0) await sleep(50);
    }
  };
  return {
    ask: async (text) => {
      const actor = { userId: 'U0ASK', teamId: 'T0' };
      const { kind } = await commands.remediate({ text, actor, requestKey: randomUUID() });
      if (kind !== 'accepted') throw new Error(`"${text}" was ${kind}`);
    },
    releaseTogether: async (count) => {
      turnstile.close(count);
      await settle();
    },
    settle,
    approve: async ({ id: remediationId, digest }, userId) => {
      const actor = { userId, teamId: 'T0' };
      await commands.vote({ remediationId, digest, actor, decision: 'approve' });
    },
    finish: () => {
      finished = true;
    },
    rows,
    mostAtOnce: () => mostAtOnce(db),
  };
}

/** Lets nobody pass until so many stand before it; then it stays open. */
function createTurnstile() {
  let missing = 0;
  let opening = Promise.withResolvers<void>();
  return {
    close: (count: number) => {
      missing = count;
      opening = Promise.withResolvers<void>();
    },
    pass: async () => {
      missing -= 1;
      if (missing > 0) await opening.promise;
      else opening.resolve();
    },
  };
}

/** A world for each target, so that a change to one is none to another. */
function cluster(): Cluster {
  const known = new Map<string, Cluster>();
  const of = (name: string): Cluster => {
    const live: Worlds = { [name]: structuredClone(healthy) };
    const found =
      known.get(name) ??
      clusterOf(
        () => live,
        () => noon,
        () => undefined,
      );
    known.set(name, found);
    return found;
  };
  return {
    ...of(''),
    gather: (actions, signal) => of(actions[0]?.target.name ?? '').gather(actions, signal),
    apply: (call, fieldManager, signal, fence) => of(call.ref.name).apply(call, fieldManager, signal, fence),
    observe: (target, signal) => of(target.name).observe(target, signal),
  };
}

async function mostAtOnce({ knex }: TestDatabase): Promise<number> {
  const states: string[] = await knex('remediation_events').orderBy('seq').pluck('to_state');
  let running = 0;
  return Math.max(
    ...states.map((state) => {
      if (state === 'executing') running += 1;
      if (state === 'learning') running -= 1;
      return running;
    }),
  );
}
