import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainConnection } from '../../../src/adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import type { Action } from '../../../src/domain/action.ts';
import { asks, holds, isWatched } from '../../../src/domain/constraints/kinds.ts';
import { type Asked, known, readingsOf } from '../../../src/domain/constraints/readings.ts';
import { createSimulatedCluster } from '../../../src/simulator/cluster.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { defaultPolicy, drainNode, noon, specId } from '../../fixtures/facts.ts';
import { silentLog } from '../../fixtures/log.ts';

const started = await createSimulatedCluster({ speed: 20, scenario: true });
const connection = plainConnection(started.url);
let cluster: KubernetesCluster;
const signal = () => AbortSignal.timeout(10_000);

beforeAll(() => {
  cluster = createCluster({ name: 'sandbox', connection, log: silentLog });
});
afterAll(async () => {
  await connection.close();
  await started.stop();
});

const restart = (namespace: string, name: string): Action => ({
  verb: 'rollout restart',
  target: { kind: 'Deployment', namespace, name },
});

describe('what is read while a change takes agrees with what it was judged on', () => {
  it.each<[string, Action]>([
    ['a restart', restart('shop', 'web')],
    ['of several replicas', restart('payments', 'gateway')],
    ['a drain', drainNode()],
  ])('%s', async (_name, action) => {
    const [looked] = await cluster.gather([action], signal());
    if (looked?.kind !== 'facts') throw new Error(looked?.reason);
    const spec = evaluate({ id: specId, now: noon, action, facts: looked.facts, policy: defaultPolicy });
    const watched = spec.constraints.filter(isWatched);
    expect(watched.length).toBeGreaterThan(0);
    const asked = watched.flatMap((each) => asks(each));
    const readings = readingsOf(asked, await cluster.read(asked, signal()));
    const standings = watched.map((each) => [each.sentence, holds(each, { name: 'during', readings })]);
    expect(standings).toEqual(watched.map((each) => [each.sentence, { kind: 'holds' }]));
  });

  it('what is not there has nothing ready, and a budget that is gone asks for nothing', async () => {
    const asked: Asked[] = [
      { kind: 'pods', namespace: 'shop', name: 'Deployment/none' },
      { kind: 'pods', namespace: 'shop', name: 'ReplicaSet/none' },
      { kind: 'pods', namespace: 'shop', name: 'PostgresCluster/none' },
      { kind: 'endpoints', namespace: 'shop', name: 'none' },
      { kind: 'budget', namespace: 'shop', name: 'none' },
    ];
    const gone = known({ ready: 0, desired: undefined });
    expect((await cluster.read(asked, signal())).map(({ reading }) => reading)).toEqual([
      gone,
      gone,
      gone,
      known(0),
      known('gone'),
    ]);
  });
});
