import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/domain/policy/policy.ts';
import type { People, Right } from '../../src/workflow/ports.ts';
import { asked, away, click, down, dual, silent } from '../fixtures/last-click.ts';
import { type Rig, strictPolicy } from '../fixtures/rig.ts';
import { playStep, type ScriptStep } from '../fixtures/script.ts';

const moves = (rig: Rig) =>
  rig
    .now()
    .shelf.events.filter(({ id }) => id === rig.row(1).id)
    .map(({ event }) => event);
const due = (rig: Rig) => rig.now().shelf.jobs.filter(({ wake }) => wake.kind === 'step');

describe('the last approval is one commit with what the gate makes of it', () => {
  test('where one must approve', async () => {
    const rig = await asked();
    const before = rig.row(1).version;
    expect(await click(rig)).toEqual({
      kind: 'recorded',
      sentence: 'Approved, 1 of 1. It runs now, unless something has changed since.',
    });
    const row = rig.row(1);
    expect(row).toMatchObject({ state: 'executing', version: before + 2 });
    expect(moves(rig).slice(-2)).toEqual(['approved', 'executing']);
    expect(rig.now().shelf.approvals).toHaveLength(1);
    expect(rig.now().shelf.snapshots[row.id]).toHaveLength(1);
    // Nobody is woken for what is over already.
    expect(due(rig).map(({ wake }) => wake.version)).toEqual([row.version]);
  });

  test('where two must, the second', async () => {
    const rig = await asked(dual);
    await click(rig, 'U0ANN');
    expect(rig.row(1).state).toBe('waiting');
    await click(rig, 'U0BEN');
    expect(rig.row(1).state).toBe('executing');
    expect(rig.now().shelf.approvals).toHaveLength(2);
  });

  test('what is told in the thread, and what comes of it, is the same as in steps of their own', async () => {
    const [one, two] = [await asked(), await asked(down, { gatePatience: undefined })];
    const told = async (rig: Rig) => {
      await click(rig);
      await rig.settle();
      const { shelf, world } = rig.now();
      const said = shelf.messages.map(({ key, notice }) => [key.replace(/^.*:/, ''), notice.kind]);
      return {
        said,
        moves: moves(rig),
        log: shelf.log,
        state: rig.row(1).state,
        writes: world.writes.length,
      };
    };
    expect(await told(one)).toEqual(await told(two));
  });

  test('the cluster is read beside the rights, and not before the click', async () => {
    const rig = await asked();
    const order: string[] = [];
    const known = Promise.withResolvers<Right>();
    const { cluster } = rig.context;
    const answer = click(rig, 'U0ANN', {
      people: { mayApprove: () => known.promise },
      cluster: {
        gather: (...of) => {
          order.push('gathered');
          known.resolve({ kind: 'allowed' });
          return cluster.gather(...of);
        },
      },
    });
    await answer;
    expect(order).toEqual(['gathered']);
    expect(rig.row(1).state).toBe('executing');
  });

  test('all of it is of one moment, after the look', async () => {
    const rig = await asked();
    const { cluster } = rig.context;
    await click(rig, 'U0ANN', {
      cluster: {
        gather: async (...of) => {
          const seen = await cluster.gather(...of);
          await playStep(rig, { do: 'sleep', seconds: 1 });
          return seen;
        },
      },
    });
    const { now, shelf } = rig.now();
    expect(rig.row(1)).toMatchObject({ state: 'executing', startedAt: now });
    expect(shelf.approvals.map(({ at }) => at)).toEqual([now]);
  });
});

/** What is in the way, and what the step of the gate comes to after that. */
const alone: readonly [
  string,
  Parameters<typeof click>[2] & { readonly hasty?: true },
  ScriptStep[],
  string,
][] = [
  ['a cluster that does not answer in time', { cluster: { gather: silent }, hasty: true }, [], 'succeeded'],
  [
    'a cluster that is deaf',
    { cluster: { gather: () => new Promise(() => undefined) }, hasty: true },
    [],
    'succeeded',
  ],
  ['a cluster that is away', { cluster: { gather: away } }, [], 'succeeded'],
  ['a cluster that does not say which it is', { cluster: { identity: away } }, [], 'succeeded'],
  ['a fault of our own', { cluster: { gather: () => Promise.reject(new TypeError('x')) } }, [], 'succeeded'],
  ['a target that has changed', {}, [{ do: 'world', is: { replicas: 5 } }], 'superseded'],
  ['a target that was made anew', {}, [{ do: 'world', is: { uid: 'uid-2' } }], 'superseded'],
  ['a target that is gone', {}, [{ do: 'world', is: { absent: true } }], 'failed'],
];

describe('the vote is recorded alone, and the gate says why, with', () => {
  test.each(alone)('%s', async (_name, { hasty, ...more }, meanwhile, end) => {
    const rig = await asked(down, hasty ? { gatePatience: 1 } : {});
    for (const it of meanwhile) await playStep(rig, it);
    expect(await click(rig, 'U0ANN', more)).toMatchObject({ kind: 'recorded' });
    expect(rig.row(1).state).toBe('approved');
    expect(rig.now().shelf.approvals).toHaveLength(1);
    expect(due(rig)).toHaveLength(1);
    await rig.settle();
    expect(rig.row(1).state).toBe(end);
  });

  test('a policy that is stricter by now', async () => {
    let policy: Policy = strictPolicy;
    const rig = await asked(down, { policy: () => policy });
    policy = { ...strictPolicy, namespaces: { ...strictPolicy.namespaces, protected: ['shop'] } };
    await click(rig);
    expect(rig.row(1).state).toBe('approved');
    await rig.settle();
    expect(rig.row(1).state).toBe('superseded');
    expect(rig.now().world.writes).toEqual([]);
  });

  test('a stop that came while the gate looked: nothing begins', async () => {
    const rig = await asked();
    const { cluster, store } = rig.context;
    const answer = await click(rig, 'U0ANN', {
      cluster: {
        gather: async (...of) => {
          const seen = await cluster.gather(...of);
          const order = { by: { userId: 'U0BEN', teamId: 'T0' }, reason: 'no', requestKey: 'k' };
          await store.stop(order);
          return seen;
        },
      },
    });
    expect(answer.sentence).toMatch(/^Approved. It does not run yet: Firebreak is stopped/);
    expect(rig.row(1).state).toBe('approved');
  });

  test('another remediation that holds the target', async () => {
    const rig = await asked();
    await playStep(rig, { do: 'ask', text: 'rollout pause deploy/web -n shop' });
    while (rig.row(2).state !== 'executing') await rig.wake();
    await click(rig);
    expect(rig.row(1).state).toBe('approved');
  });

  test('a requester who may not ask any more', async () => {
    const rig = await asked();
    await playStep(rig, { do: 'sleep', seconds: 90 });
    const mayAsk: People['mayAsk'] = async () => ({ kind: 'refused', reason: 'You are a guest by now.' });
    expect(await click(rig, 'U0ANN', { people: { mayAsk } })).toMatchObject({ kind: 'recorded' });
    expect(rig.row(1).state).toBe('approved');
  });
});

describe('a click that counts for nothing lets nothing through', () => {
  test.each([
    ['of a stranger', 'U0ELSE'],
    ['of who asked', 'U0ASK'],
  ])('%s; the look is given up', async (_name, by) => {
    const rig = await asked();
    const signals: AbortSignal[] = [];
    const { cluster } = rig.context;
    const answer = await click(rig, by, {
      cluster: {
        gather: (actions, signal) => {
          signals.push(signal);
          return cluster.gather(actions, signal);
        },
      },
    });
    expect(answer.kind).toBe('refused');
    expect(rig.row(1).state).toBe('waiting');
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  test('a rejection that was committed while the gate looked', async () => {
    const rig = await asked();
    const { cluster } = rig.context;
    const answer = await click(rig, 'U0ANN', {
      cluster: {
        gather: async (...of) => {
          const seen = await cluster.gather(...of);
          await click(rig, 'U0BEN', { decision: 'reject' });
          return seen;
        },
      },
    });
    expect(answer).toEqual({ kind: 'already', sentence: 'Remediation 1 was rejected.' });
    expect(rig.row(1).state).toBe('rejected');
    expect(rig.now().shelf.approvals.map(({ decision }) => decision)).toEqual(['reject']);
  });

  test('two who click at once, where two must: each sees one, and the second goes the long way', async () => {
    const rig = await asked(dual);
    const answers = await Promise.all([click(rig, 'U0ANN'), click(rig, 'U0BEN')]);
    expect(answers.map(({ kind }) => kind)).toEqual(['recorded', 'recorded']);
    expect(rig.row(1).state).toBe('approved');
    await rig.settle();
    expect(rig.row(1).state).toBe('succeeded');
  });

  test('ten clicks of one person count once, and one look goes through', async () => {
    const rig = await asked();
    const answers = await Promise.all(Array.from({ length: 10 }, () => click(rig)));
    expect(answers.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
    await rig.settle();
    expect(rig.row(1).state).toBe('succeeded');
    expect(rig.now().world.writes).toHaveLength(1);
  });

  test('one whose time was over when the look was', async () => {
    const rig = await asked();
    const { cluster } = rig.context;
    const answer = await click(rig, 'U0ANN', {
      cluster: {
        gather: async (...of) => {
          const seen = await cluster.gather(...of);
          await playStep(rig, { do: 'sleep', seconds: 7200 });
          return seen;
        },
      },
    });
    expect(answer.kind).toBe('refused');
    expect(rig.row(1).state).toBe('waiting');
  });
});
