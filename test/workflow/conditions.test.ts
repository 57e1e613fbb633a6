import { describe, expect, test } from 'vitest';
import { type Asked, notKnown } from '../../src/domain/constraints/readings.ts';
import type { Dependents } from '../../src/domain/facts/dependents.ts';
import type { Remediation } from '../../src/domain/remediation.ts';
import type { Transition } from '../../src/workflow/ports.ts';
import { dependents } from '../fixtures/facts.ts';
import { performed } from '../fixtures/performed.ts';
import { createRig, type Rig, type RigOptions, strictPolicy } from '../fixtures/rig.ts';
import { play, playStep, type ScriptStep } from '../fixtures/script.ts';
import type { World } from '../fixtures/world.ts';

const behind = (parts: Partial<Dependents>): Partial<World> => ({
  around: { neighbourhood: dependents(parts) },
});
const service = (ready: number, name = 'web') => ({ services: [{ name, ready, own: Math.min(3, ready) }] });
const budget = (healthy: number, allowed: number) => ({
  budgets: [{ name: 'web', healthy, desired: 1, allowed }],
});

const restart = 'rollout restart deploy/web -n production';
const down = 'scale deploy/web --replicas=2 -n production';
const drain = 'drain worker-1 --ignore-daemonsets';
const both: ScriptStep[] = [
  { do: 'approve', by: 'U0ANN' },
  { do: 'approve', by: 'U0BEN' },
];

const ending = async (steps: ScriptStep[], options: RigOptions = {}, between?: (rig: Rig) => void) => {
  const rig = await play({ name: 'conditions', steps, options, ends: [] }, between);
  const row = rig.row(1);
  return { row, rig, writes: rig.now().world.writes, opened: rig.now().shelf.remediations.slice(1) };
};

const shown = (world: Partial<World>, text: string): ScriptStep[] => [
  { do: 'world', is: world },
  { do: 'ask', text },
  { do: 'settle' },
];

const said = (row: Remediation): string => {
  if (row.state === 'superseded') return row.change;
  return row.state === 'failed' ? row.failure : row.state;
};

const lost: [string, string, Partial<World>, Partial<World>, string][] = [
  [
    'endpoints of a Service',
    restart,
    behind(service(3)),
    behind(service(2)),
    'Service/web in production must keep at least 3 ready endpoints. Service/web in production has 2 ready endpoints.',
  ],
  [
    'a Service that is gone',
    restart,
    behind(service(3)),
    behind({}),
    'Service/web in production must keep at least 3 ready endpoints. Service/web in production has 0 ready endpoints.',
  ],
  [
    'ready pods',
    restart,
    {},
    { ready: 2 },
    'Deployment/web in production must keep at least 3 ready pods. Deployment/web in production has 2 ready pods.',
  ],
  [
    'a budget that is used up',
    down,
    behind(budget(3, 2)),
    behind(budget(3, 0)),
    'PodDisruptionBudget/web in production has 0 evictions to spare.',
  ],
];

describe('lost between the card and the click', () => {
  test.each(lost)('%s', async (_name, text, before, meanwhile, sentence) => {
    const steps = [...shown(before, text), { do: 'world', is: meanwhile } as const, ...both];
    const { row, writes, opened } = await ending(steps);
    expect(row.state).toBe('superseded');
    expect(said(row)).toContain(sentence);
    expect(writes).toEqual([]);
    expect(opened.length).toBe(1);
  });

  test('what was wanted and what there is stands in the table', async () => {
    const { row } = await ending([...shown({}, restart), { do: 'world', is: { ready: 2 } }, ...both]);
    expect(row).toMatchObject({
      differences: [
        { label: 'ready pods of Deployment/web in production', approved: 'at least 3', live: '2' },
      ],
    });
  });

  test('what had no ready pod has nothing to keep: a repair goes on', async () => {
    const { row } = await ending([...shown({ ready: 0, ...behind(service(0)) }, restart), ...both]);
    expect(row.state).toBe('succeeded');
  });
});

test.each(lost.slice(0, 3))(
  'lost between the gate and the write: %s',
  async (_name, text, before, meanwhile) => {
    const steps = [
      ...shown(before, text),
      ...both,
      { do: 'wake' } as const,
      { do: 'world', is: meanwhile } as const,
    ];
    const { row, writes } = await ending(steps);
    expect(row).toMatchObject({ state: 'failed', stage: 'execution' });
    expect(writes).toEqual([]);
  },
);

/** What is there is as the card says, and what the change would leave is not. */
const leftTooFew: [string, string, Partial<World>, Partial<World>, string][] = [
  [
    'endpoints',
    down,
    behind(service(3)),
    behind(service(2)),
    'Service/web in production has 1 ready endpoint.',
  ],
  ['evictions to spare', down, behind(budget(3, 2)), behind(budget(3, 0)), 'has 0 evictions to spare.'],
];

test.each(leftTooFew)(
  'what the change would leave is asked again before the first write: %s',
  async (_name, text, before, meanwhile, sentence) => {
    const { row, writes, opened } = await ending([
      ...shown(before, text),
      ...both,
      { do: 'wake' },
      { do: 'world', is: meanwhile },
    ]);
    expect(row).toMatchObject({ state: 'failed', stage: 'execution' });
    expect(row).not.toHaveProperty('verdict');
    expect(said(row)).toContain('Nothing more is sent: ');
    expect(said(row)).toContain(sentence);
    expect(writes).toEqual([]);
    expect(opened).toEqual([]);
  },
);

test('a namespace that is production by now, between the gate and the write, is left alone', async () => {
  let current = strictPolicy;
  const rig = createRig({ policy: () => current });
  const steps: ScriptStep[] = [
    { do: 'ask', text: 'scale deploy/web --replicas=0 -n shop' },
    { do: 'settle' },
    ...both,
    { do: 'wake' },
  ];
  for (const step of steps) await playStep(rig, step);
  expect(rig.row(1).state).toBe('executing');
  current = { ...strictPolicy, namespaces: { ...strictPolicy.namespaces, production: ['shop'] } };
  await rig.settle();
  expect(rig.row(1)).toMatchObject({ state: 'failed', stage: 'execution' });
  expect(said(rig.row(1))).toContain('shop is a production namespace now.');
  expect(rig.now().world.writes).toEqual([]);
});

test('what a write whose answer was lost has taken is not taken from what is left once more', async () => {
  const { row, writes } = await ending([...shown(behind(service(3)), down), ...both], {
    world: { answersLost: 1 },
    onWrite: (_id, { world }) => void Object.assign(world, behind(service(2))),
  });
  expect(row.state).toBe('succeeded');
  expect(writes.filter(({ changed }) => changed)).toHaveLength(1);
});

test('what is made already, by a write whose answer was lost, is not asked whether it may begin', async () => {
  let current = strictPolicy;
  const { row, writes } = await ending(shown({}, 'rollout restart deploy/web -n shop'), {
    policy: () => current,
    world: { answersLost: 1 },
    onWrite: () => {
      current = { ...strictPolicy, namespaces: { ...strictPolicy.namespaces, production: ['shop'] } };
    },
  });
  expect(said(row)).toBe('succeeded');
  expect(writes.map(({ changed }) => changed)).toEqual([true, false]);
});

test('what takes the place of a card that people were asked about never runs without them', async () => {
  const scale = 'scale deploy/web --replicas=2 -n shop';
  const steps: ScriptStep[] = [
    ...shown({ replicas: 6 }, scale),
    { do: 'world', is: { replicas: 1 } },
    ...both,
    { do: 'settle' },
  ];
  const { row, rig, writes, opened } = await ending(steps);
  expect(row).toMatchObject({ state: 'superseded' });
  expect(opened).toMatchObject([
    {
      state: 'waiting',
      spec: {
        tier: 'human',
        lineItems: expect.arrayContaining([
          expect.objectContaining({
            rule: 'asked-before',
            sentence: 'Remediation 1, which this replaces, needed 1 approval: so does this.',
          }),
        ]),
      },
    },
  ]);
  expect(writes).toEqual([]);
  await playStep(rig, { do: 'approve', by: 'U0ANN', on: 2 });
  await rig.settle();
  expect(rig.row(2).state).toBe('succeeded');
});

describe('at the gate', () => {
  const atTheGate = (mended: Partial<World>) => {
    let looks = 0;
    const steps: ScriptStep[] = [...shown(behind(service(3)), restart), ...both];
    return ending(
      [...steps.slice(0, -1), { do: 'world', is: behind(service(2)) }, ...steps.slice(-1)],
      {},
      (rig) => {
        const [first] = rig.now().shelf.remediations;
        if (first?.state !== 'approved' || first.brokenAt === undefined) return;
        looks += 1;
        Object.assign(rig.now().world, mended);
      },
    ).then((found) => ({ ...found, looks }));
  };

  test('what only dips is looked at once more, and no approval is lost', async () => {
    const { row, looks, opened } = await atTheGate(behind(service(3)));
    expect(looks).toBe(1);
    expect(row.state).toBe('succeeded');
    expect(opened).toEqual([]);
  });

  test('what stays broken is superseded, at the second look', async () => {
    const { row, looks, writes } = await atTheGate({});
    expect(looks).toBe(1);
    expect(row.state).toBe('superseded');
    expect(row).not.toHaveProperty('brokenAt');
    expect(writes).toEqual([]);
  });

  test('what no second look can mend is superseded at once', async () => {
    let production: string[] = [];
    const dips: string[] = [];
    const namespaces = () => ({ ...strictPolicy.namespaces, production });
    const policy = () => ({ ...strictPolicy, productionFactor: 1, namespaces: namespaces() });
    const steps: ScriptStep[] = [
      ...shown({}, 'scale deploy/web --replicas=1 -n shop'),
      { do: 'approve', by: 'U0ANN' },
    ];
    const { row, writes } = await ending(steps, { policy }, (rig) => {
      const [first] = rig.now().shelf.remediations;
      if (first?.state === 'waiting') production = ['shop'];
      if (first?.state === 'approved' && first.brokenAt !== undefined) dips.push(first.brokenAt);
    });
    expect(row).toMatchObject({ state: 'superseded', change: expect.stringContaining('production') });
    expect(dips).toEqual([]);
    expect(writes).toEqual([]);
  });

  test('another target is superseded at once', async () => {
    const states: string[] = [];
    const steps: ScriptStep[] = [
      ...shown(behind(service(3)), restart),
      { do: 'world', is: { uid: 'uid-2', ...behind(service(2)) } },
      ...both,
    ];
    const { row } = await ending(steps, {}, (rig) => {
      const [first] = rig.now().shelf.remediations;
      if (first?.state === 'approved' && first.brokenAt !== undefined) states.push(first.brokenAt);
    });
    expect(row.state).toBe('superseded');
    expect(states).toEqual([]);
  });
});

/** After so many writes the Service behind the node's pods has so many endpoints. */
const losingAfter = (writes: number, ready: number): RigOptions => ({
  world: { replicas: 4, ...behind(service(4, 'web in shop')) },
  onWrite: (_id, { world }) => {
    if (world.writes.length + 1 >= writes) Object.assign(world, behind(service(ready, 'web in shop')));
  },
});

describe('lost in the middle of a drain', () => {
  const steps: ScriptStep[] = [{ do: 'ask', text: drain }, { do: 'settle' }, ...both];

  test('nothing more is sent, and what was done is offered to be taken back', async () => {
    const { row, writes, opened } = await ending(steps, losingAfter(2, 0));
    expect(row).toMatchObject({
      state: 'failed',
      stage: 'execution',
      verdict: {
        result: 'not_verified',
        sentence:
          'A condition does not hold any more: Service/web in shop must keep at least 1 ready endpoint. Service/web in shop has 0 ready endpoints.',
      },
    });
    expect(said(row)).toContain('Service/web in shop has 0 ready endpoints. Done so far: 2 of 4 steps.');
    expect(writes.map(({ call }) => call.kind)).toEqual(['patch', 'evict']);
    expect(opened[0]).toMatchObject({ action: { verb: 'uncordon' }, requestedBy: { kind: 'rollback' } });
  });

  test('what may not be seen any more stops it as well', async () => {
    const sent: number[] = [];
    const rig = createRig({ world: losingAfter(9, 0).world ?? {}, onWrite: () => void sent.push(1) });
    const { cluster } = rig.context;
    const blind = {
      ...rig.context,
      cluster: {
        ...cluster,
        read: async (asked: readonly Asked[], signal: AbortSignal) =>
          sent.length < 2
            ? cluster.read(asked, signal)
            : asked.map(({ kind }) => ({ kind, reading: notKnown('May not list endpointslices.') })),
      },
    };
    for (const step of steps) await playStep(rig, step);
    await rig.wake();
    let ended: Transition | undefined;
    // Two calls are answered, then it is looked at twice.
    for (const row = () => ended?.next ?? rig.row(1); row().state === 'executing'; )
      ended = await performed(blind, row(), 0, new AbortController().signal);
    expect(ended?.next).toMatchObject({ state: 'failed', verdict: { result: 'not_verified' } });
    expect(ended && said(ended.next)).toContain('could not be seen');
    expect(sent).toHaveLength(2);
  });

  test('it waits once for what only dips', async () => {
    let dipped = false;
    const options: RigOptions = {
      ...losingAfter(2, 0),
      onWrite: (_id, { world }) => {
        if (!dipped && world.writes.length === 1) Object.assign(world, behind(service(0, 'web in shop')));
      },
    };
    const { row } = await ending(steps, options, (rig) => {
      const [first] = rig.now().shelf.remediations;
      if (first?.state !== 'executing' || first.heldUp === undefined) return;
      dipped = true;
      Object.assign(rig.now().world, behind(service(4, 'web in shop')));
    });
    expect(dipped).toBe(true);
    expect(row.state).toBe('succeeded');
  });
});

describe('lost while it is verified', () => {
  const carriedOut = (text: string, after: Partial<World>): RigOptions & { text: string } => ({
    text,
    world: behind(service(3)),
    onWrite: (_id, { world }) => void Object.assign(world, after),
  });
  const run = ({ text, ...options }: ReturnType<typeof carriedOut>) =>
    ending([{ do: 'ask', text }, { do: 'settle' }, ...both], options);

  test('it is not verified, the verdict names the condition, and the rollback is offered', async () => {
    const { row, opened } = await run(carriedOut(down, behind(service(1))));
    expect(row).toMatchObject({ state: 'failed', stage: 'verification' });
    expect(said(row)).toBe(
      'A condition does not hold any more: Service/web in production must keep at least 2 ready endpoints. Service/web in production has 1 ready endpoint.',
    );
    expect(opened[0]).toMatchObject({ action: { verb: 'scale', replicas: 3 } });
  });

  test('a dip of one check does not fail it', async () => {
    let looks = 0;
    const options: RigOptions = {
      world: behind(service(3)),
      onWrite: (_id, { world }) => void Object.assign(world, behind(service(2))),
    };
    const steps: ScriptStep[] = [{ do: 'ask', text: restart }, { do: 'settle' }, ...both];
    const { row } = await ending(steps, options, (rig) => {
      const [first] = rig.now().shelf.remediations;
      if (first?.state !== 'verifying' || first.samples.length === 0) return;
      looks = first.samples.length;
      Object.assign(rig.now().world, behind(service(3)));
    });
    expect(row.state).toBe('succeeded');
    expect(looks).toBeGreaterThanOrEqual(3);
  });

  test('a condition that cannot be seen proves nothing', async () => {
    const { row } = await run(carriedOut(restart, { silent: ['read'] }));
    expect(row.state).toBe('inconclusive');
  });
});
