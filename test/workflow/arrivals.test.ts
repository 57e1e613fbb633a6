import { expect, test } from 'vitest';
import { remediation } from '../../src/domain/remediation.ts';
import { after } from '../../src/domain/text/time.ts';
import type { Arrival, Arrivals, SeenOnArrival } from '../../src/workflow/arrivals/arrivals-port.ts';
import { lookAtArrivals } from '../../src/workflow/arrivals/look-at-arrivals.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { evidenceOnArrival } from '../../src/workflow/intake/evidence.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { noon, restartOf } from '../fixtures/facts.ts';
import { createRig, type RigOptions } from '../fixtures/rig.ts';

/** What is settled of incidents that wait, a few at a time, until nothing is left. */
async function lookedAt(
  waiting: readonly Arrival[],
  options: RigOptions = {},
  more: (context: WorkflowContext) => Partial<Parameters<typeof lookAtArrivals>[0]> = () => ({}),
) {
  const { context } = createRig(options);
  const ending = new AbortController();
  const left = [...waiting];
  const settled: [string, SeenOnArrival][] = [];
  const asked: number[] = [];
  const arrivals: Arrivals = {
    take: async (limit) => {
      const taken = left.splice(0, limit);
      asked.push(taken.length);
      return taken;
    },
    settle: async ({ id }, seen) => void settled.push([id, seen]),
    wait: async () => ending.abort(),
  };
  await lookAtArrivals({ ...context, ...more(context) }, arrivals, ending.signal);
  return { settled, asked };
}

const arrival = (id: string, overrides: Partial<Arrival> = {}): Arrival => ({
  id,
  ownerKey: 'test/shop/Deployment/web',
  cameAt: noon,
  isSeen: false,
  ...overrides,
});

test('people go first before each look', async () => {
  let [people, looks] = [0, 0];
  const { asked } = await lookedAt([arrival('a')], {}, ({ cluster }) => ({
    cluster: {
      ...cluster,
      evidence: (...wanted) => {
        looks += people;
        return cluster.evidence(...wanted);
      },
    },
    peopleFirst: {
      asked: (work) => work(),
      afterPeople: async () => {
        people += 1;
      },
    },
  }));
  expect([people, looks]).toEqual([asked.length, 1]);
});

test('what is seen is kept and told, without secrets', async () => {
  const { settled } = await lookedAt([arrival('a')], { world: { ready: 2 } });
  expect(settled).toMatchObject([
    [
      'a',
      {
        evidence: {
          notice: { headline: 'Seen at 12:00 UTC', body: '1 of 3 pods are not ready: CrashLoopBackOff.' },
        },
      },
    ],
  ]);
  expect(JSON.stringify(settled)).not.toContain('hunter2hunter2');
});

test.each<[string, Partial<Arrival>, RigOptions, RegExp]>([
  ['its cluster does not answer', {}, { world: { silent: ['evidence'] } }, /./],
  [
    'nothing is read of its kind',
    { ownerKey: 'test/shop/PersistentVolumeClaim/data' },
    {},
    /^PersistentVolumeClaim\/data: nothing is read of objects of this kind$/,
  ],
  [
    'it came too long ago',
    { cameAt: after(noon, -601) },
    {},
    /^Deployment\/web: more incidents came at once than could be looked at$/,
  ],
  [
    'nobody at its cluster has looked',
    { cameAt: after(noon, -601), ownerKey: 'other/shop/Deployment/web' },
    {},
    /^Deployment\/web: its cluster, other, is not configured here, and no other Firebreak has looked at it$/,
  ],
])('what is not read is said with the reason, where %s', async (_name, is, options, reason) => {
  const { settled } = await lookedAt([arrival('a', is)], options);
  const [[, seen] = []] = settled;
  expect(seen?.evidence?.found.missing.join()).toMatch(reason);
  expect(seen?.evidence?.notice.body).toMatch(/^Not seen: /);
});

test('of a herd a few are looked at at a time', async () => {
  const { settled, asked } = await lookedAt(Array.from({ length: 9 }, (_, n) => arrival(`${n}`)));
  expect(settled).toHaveLength(9);
  expect(Math.max(...asked)).toBe(4);
});

test('what is in another cluster is left to the Firebreak there', async () => {
  expect((await lookedAt([arrival('a', { ownerKey: 'other/shop/Deployment/web' })])).settled).toEqual([]);
});

test('metrics are those of the cluster at hand, and of no other', async () => {
  const asked: string[] = [];
  const before = async (owner: string) => {
    asked.push(owner);
    return { charts: [], missing: [] };
  };
  const other = 'other/shop/Deployment/web';
  const isSeen = true;
  const several = ({ cluster }: WorkflowContext) => ({
    measures: { before },
    clusters: { all: [cluster, { ...cluster, name: 'other' }] as const, enter: () => () => undefined },
  });
  const waiting = [arrival('a', { isSeen }), arrival('b', { ownerKey: other, isSeen })];
  const { settled } = await lookedAt(waiting, {}, several);
  expect(asked).toEqual(['test/shop/Deployment/web']);
  expect(settled.map(([id]) => id).toSorted()).toEqual(['a', 'b']);
  const alone = () => ({ measures: { before } });
  expect((await lookedAt([arrival('c', { ownerKey: other, isSeen })], {}, alone)).settled).toEqual([]);
});

/** The facts are there; what they say is not asked for. */
const gathered = Promise.resolve({ kind: 'denied', reason: 'No.' } as const);

const requested = (requestedBy: object = { kind: 'playbook', playbook: 'restart', alert: 'A' }) => ({
  ...{ id: '00000000-0000-4000-8000-000000000001', number: 1, version: 0, state: 'requested' as const },
  ...{
    incidentId: '00000000-0000-4000-8000-000000000002',
    cluster: 'test',
    createdAt: noon,
    updatedAt: noon,
  },
  action: restartOf(),
  targetKey: 'test/shop/Deployment/web',
  requestedBy,
});

test('a proposal does not wait for a look that takes longer than its facts', async () => {
  const { context } = createRig();
  const stopped = Promise.withResolvers<boolean>();
  const cluster = {
    ...context.cluster,
    evidence: (_target: unknown, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped.resolve(true);
          reject(new ClusterFault('stopped'));
        });
      }),
  };
  const row = remediation.parse(requested());
  if (row.state !== 'requested') throw new Error('it was just made');
  const late = evidenceOnArrival({ ...context, cluster }, row, gathered, new AbortController().signal);
  expect(await late).toBe('later');
  expect(await stopped.promise).toBe(true);
});

test.each([
  ['a person', { kind: 'person', actor: { userId: 'U0ASK', teamId: 'T0' } }, true],
  ['a playbook', { kind: 'playbook', playbook: 'restart', alert: 'A' }, true],
  ['a rollback', { kind: 'rollback', of: '00000000-0000-4000-8000-000000000003', ofNumber: 1 }, false],
])('what %s asks for is looked at before: %s', async (_name, by, isSeen) => {
  const row = remediation.parse(requested(by));
  if (row.state !== 'requested') throw new Error('it was just made');
  const { context } = createRig();
  const seen = await evidenceOnArrival(context, row, gathered, new AbortController().signal);
  expect(seen !== undefined).toBe(isSeen);
});
