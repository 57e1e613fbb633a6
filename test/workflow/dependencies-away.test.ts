import { describe, expect, test } from 'vitest';
import { after } from '../../src/domain/text/time.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { createCommands } from '../../src/workflow/intake/commands.ts';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import { createRig, members, type Rig, strictPolicy } from '../fixtures/rig.ts';

/*
 * What Firebreak leans on is away, one at a time, for a command of each tier: nothing is executed while it is. Away from the
 * beginning, and from when all have approved, two minutes later, when rights have to be looked up again.
 */

const gone = (what: string) => (): never => {
  throw new Error(`${what} is away`);
};

const away = {
  policy: (context) => ({ ...context, policy: gone('the policy') }),
  'group lookup': (context) => ({
    ...context,
    people: async () => ({
      mayAsk: async () => ({ kind: 'unknown' as const, reason: 'Slack is away.' }),
      mayApprove: async () => ({ kind: 'unknown' as const, reason: 'Slack is away.' }),
    }),
  }),
  chat: (context) => ({ ...context, people: async () => gone('Slack')() }),
  database: (context) => ({ ...context, store: broken(context.store) }),
  clock: (context) => ({ ...context, clock: gone('the clock') }),
  'random numbers': (context) => ({ ...context, newId: gone('chance') }),
  digests: (context) => ({ ...context, sha256: gone('the hash') }),
} as const satisfies Record<string, (context: WorkflowContext) => WorkflowContext>;

/** Every call is answered as a database that is away answers. */
function broken(store: WorkflowContext['store']): WorkflowContext['store'] {
  return new Proxy(store, { get: () => async () => gone('the database')() });
}

const tiers = [
  ['auto', 'rollout pause deploy/web -n shop', []],
  ['human', 'scale deploy/web --replicas=1 -n shop', ['U0ANN']],
  ['dual', 'scale deploy/web --replicas=1 -n production', ['U0ANN', 'U0BEN']],
  ['blocked', 'rollout restart deploy/web -n kube-system', []],
] as const;

const signal = new AbortController().signal;

/** Each job that there is, tried a few times; what fails is given back, as the engine does it. */
async function tryEverything(context: WorkflowContext, rig: Rig): Promise<void> {
  for (let go = 0; go < 4; go += 1) {
    for (const { jobId, attempt, wake } of rig.now().shelf.jobs) {
      if (wake.kind !== 'expire')
        await handleWake(context, wake, { queue: 'wake', jobId, attempt }, signal).catch(() => undefined);
    }
  }
}

/** Asks, and approves as often as the tier wants it; what throws is as it is for somebody who tries. */
async function decide(rig: Rig, context: WorkflowContext, approvers: readonly string[]): Promise<void> {
  for (const userId of approvers) {
    const [row] = rig.now().shelf.remediations;
    if (row?.state !== 'waiting') return;
    const ballot = { remediationId: row.id, digest: row.digest, actor: { userId, teamId: 'T0HOME' } };
    await createCommands(context)
      .vote({ ...ballot, decision: 'approve' })
      .catch(() => undefined);
  }
}

const ask = (context: WorkflowContext, text: string) =>
  createCommands(context)
    .remediate({ text, actor: { userId: 'U0ASK', teamId: 'T0HOME' }, requestKey: 'once' })
    .catch(() => undefined);

const stateIn = (rig: Rig): string | undefined => rig.now().shelf.remediations[0]?.state;

/** Everything but the execution itself, which is the next step. */
async function untilApproved(rig: Rig, text: string, approvers: readonly string[]): Promise<void> {
  await ask(rig.context, text);
  while (!['approved', 'waiting', 'blocked'].includes(stateIn(rig) ?? '')) await rig.wake();
  await decide(rig, rig.context, approvers);
}

/** What was looked up is not taken for true any more. */
const minutesLater = (context: WorkflowContext): WorkflowContext => ({
  ...context,
  clock: () => after(context.clock(), 120),
});

/** Chance is for names of what is new; the step that executes makes none. */
const needed = Object.entries(away).filter(([name]) => name !== 'random numbers');

describe.each(tiers)('for a command of tier %s', (tier, text, approvers) => {
  const open = () => {
    const writes: string[] = [];
    const rig = createRig({ people: members, policy: () => strictPolicy, onWrite: (id) => writes.push(id) });
    return { rig, writes };
  };

  test('with everything there it is carried out, or blocked', async () => {
    const { rig, writes } = open();
    await untilApproved(rig, text, approvers);
    expect([stateIn(rig), writes]).toEqual([tier === 'blocked' ? 'blocked' : 'approved', []]);
    await rig.settle();
    expect(writes).toHaveLength(tier === 'blocked' ? 0 : 1);
  });

  test.each(Object.entries(away))('without the %s from the beginning', async (_name, without) => {
    const { rig, writes } = open();
    const context = without(rig.context);
    await ask(context, text);
    await tryEverything(context, rig);
    await decide(rig, context, approvers);
    await tryEverything(context, rig);
    expect(writes).toEqual([]);
  });

  test.each(needed)('without the %s when it may run', async (_name, without) => {
    const { rig, writes } = open();
    await untilApproved(rig, text, approvers);
    await tryEverything(without(minutesLater(rig.context)), rig);
    expect(writes).toEqual([]);
  });
});
