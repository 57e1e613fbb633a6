import { test } from 'vitest';
import { z } from 'zod';
import { kindOf } from '../../src/actions/action-kinds.ts';
import type { ActionOf } from '../../src/domain/action.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Sample } from '../../src/domain/verdict.ts';
import { judge } from '../../src/stages/verify/judge.ts';
import { drainNode, taintNode } from '../fixtures/facts.ts';
import { unfenced } from '../support/unfenced.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { daemonSet, deployment, disruptionBudget } from './manifests.ts';
import { carryOut, nodeOf, onNodes, ownNodes } from './own-nodes.ts';
import { until } from './rest.ts';

const anything = z.looseObject({});

export const drainOf = (name: string, flags: Partial<ActionOf<'drain'>> = {}) =>
  drainNode({ target: { kind: 'Node', name }, ...flags });
export const taintOf = (name: string, parts: Partial<ActionOf<'taint'>>) =>
  taintNode({ target: { kind: 'Node', name }, ...parts });

/** Draining and tainting nodes: what is known of them, what is done, how it is watched. */
export function nodeContract(stage: Stage): void {
  const own = () => ownNodes(stage.rest);
  const verdict = (
    action: ActionOf<'drain' | 'taint'>,
    facts: Facts,
    plan: Plan,
    fits: (sample: Sample) => boolean,
  ): Promise<Sample> =>
    until(async () => {
      const observation = await stage.world().cluster.observe(action.target, patience(), plan);
      return judge({ action, facts, results: [], observation });
    }, fits);
  const good = ({ grade }: Sample) => grade === 'good';

  test('a drain goes on as replacements become ready, one pod after the other as the budget wants', async ({
    expect,
  }) => {
    const nodes = own();
    const first = await nodes.add();
    const namespace = await stage.namespace(
      disruptionBudget('web', { maxUnavailable: 1 }),
      deployment({ replicas: 3, spec: onNodes(nodes) }),
    );
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    const before = await stage.settled(target);
    expect(before.pods.map(({ node }) => node)).toEqual([first, first, first]);
    const action = drainOf(first);
    const facts = await until(
      () => stage.facts(action),
      (found) => nodeOf(found).budgets?.[0]?.healthy === 3,
    );
    expect(facts.unknown).toEqual([]);
    expect(nodeOf(facts)).toMatchObject({
      pods: 3,
      tenants: [0, 1, 2].map(() => ({
        ...{ namespace, owner: 'Deployment/web', ready: true, budgets: ['web'] },
        noPlace: 'no other node that takes pods has the labels it asks for',
      })),
      owners: [{ namespace, owner: 'Deployment/web', ready: 3 }],
      budgets: [{ namespace, name: 'web', healthy: 3, desired: 2, expected: 3 }],
    });
    const plan = await stage.plan(action);
    expect(plan.calls.map(({ kind }) => kind)).toEqual(['patch', 'evict', 'evict', 'evict']);
    expect(await stage.world().cluster.dryRun(plan, patience())).toEqual({
      kind: 'accepted',
      sentence:
        'The API server accepts it (server-side dry run). Each of the 3 evictions was asked for alone.',
      warnings: [],
      changes: [{ object: `Node ${first}`, field: 'spec.unschedulable', now: 'absent', next: 'true' }],
    });
    expect((await stage.observe(target)).pods.map(({ uid }) => uid).toSorted()).toEqual(
      before.pods.map(({ uid }) => uid).toSorted(),
    );

    // The first pod goes; its successor finds no place yet, so the second must wait.
    let second = '';
    const { answers, heldUp } = await carryOut(stage, plan, async () => {
      await until(
        () => stage.observe(target),
        ({ ready }) => ready === 2,
      );
      second = await nodes.add();
    });
    expect(answers.map(({ kind }) => kind)).toEqual(['applied', 'applied', 'applied', 'applied']);
    expect(heldUp.length).toBeGreaterThan(0);
    expect(heldUp[0]).toMatch(
      /^Pod web-\S+ in namespace \S+ may not be evicted now: The disruption budget web (needs 2|does not allow|is still) .*\.$/,
    );
    expect(await verdict(action, facts, plan, good)).toMatchObject({
      sentence: `All 3 pods that had to go from Node/${first} have left, and what ran there is ready elsewhere.`,
    });
    const after = await stage.settled(target);
    expect(after.pods.map(({ node }) => node)).toEqual([second, second, second]);
    expect(await nodes.read(first)).toMatchObject({ unschedulable: true });

    const again = await carryOut(stage, plan);
    for (const answer of again.answers)
      expect(answer).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
    expect(kindOf(action.verb).rollback({ action, facts })).toMatchObject({
      kind: 'action',
      action: { verb: 'uncordon' },
    });
  });

  test('the API server never evicts a pod under two budgets, and says so once', async ({ expect }) => {
    const nodes = own();
    const name = await nodes.add();
    const namespace = await stage.namespace(deployment({ replicas: 1, spec: onNodes(nodes) }));
    await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
    for (const each of ['one', 'two']) {
      const { spec, ...rest } = disruptionBudget('web', { maxUnavailable: 1 });
      await stage.create(namespace, { ...rest, metadata: { name: each }, spec: spec ?? {} });
    }
    const plan = await stage.plan(drainOf(name));
    const [, eviction] = plan.calls;
    if (eviction?.kind !== 'evict') throw new Error('no eviction');
    const { cluster } = stage.world();
    const reason = expect.stringMatching(
      /^Pod web-\S+ in namespace \S+ cannot be evicted: This pod has more than/,
    );
    expect(await cluster.apply(eviction, plan.fieldManager, patience(), unfenced)).toEqual({
      kind: 'refused',
      reason,
    });
    expect(await cluster.dryRun(plan, patience())).toEqual({ kind: 'refused', sentence: reason });
  });

  test('what would be lost, what stays and what has no other place is known of each pod', async ({
    expect,
  }) => {
    const nodes = own();
    const name = await nodes.add();
    const pod = (named: string, metadata: JsonObject, spec: JsonObject): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: named, labels: { app: named }, ...metadata },
      spec: { ...nodes.spec, containers: [{ name: 'app', image: 'web:1' }], ...spec },
    });
    const namespace = await stage.namespace(
      pod(
        'bare',
        { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' } },
        { volumes: [{ name: 'scratch', emptyDir: {} }] },
      ),
      daemonSet({ name: 'agent', spec: onNodes(nodes, {}, 'agent') }),
      deployment({
        name: 'pinned',
        replicas: 1,
        spec: onNodes(nodes, { nodeSelector: { 'kubernetes.io/hostname': name } }, 'pinned'),
      }),
    );
    const second = await nodes.add();
    const facts = await until(
      () => stage.facts(drainOf(name, { force: true, deleteEmptyDirData: true })),
      (found) => (nodeOf(found).tenants ?? []).filter(({ ready }) => ready).length === 3,
    );
    expect(facts.unknown).toEqual([]);
    const { tenants = [] } = nodeOf(facts);
    const of = (prefix: string) => tenants.find((each) => each.name.startsWith(prefix));
    expect(of('bare')).toEqual({
      ...{ namespace, name: 'bare', uid: expect.any(String), ready: true, traits: ['emptyDir'] },
      veto: 'cluster-autoscaler.kubernetes.io/safe-to-evict=false',
    });
    expect(of('agent')).toMatchObject({ owner: 'DaemonSet/agent', traits: ['daemon'] });
    expect(of('pinned')).toMatchObject({
      owner: 'Deployment/pinned',
      noPlace: 'no other node that takes pods has the labels it asks for',
    });
    expect(second).not.toBe(name);

    const label = { key: 'kubernetes.io/hostname', value: 'other' };
    const target = { kind: 'Node', name } as const;
    const written = await stage.facts({ verb: 'label', target, set: [label], remove: [], overwrite: true });
    expect(written.unknown).toEqual([]);
    const placed = written.placements?.filter((each) => each.namespace === namespace);
    expect(placed).toEqual([
      { kind: 'Deployment', namespace, name: 'pinned', keys: ['kubernetes.io/hostname'], pods: 1 },
    ]);
  });

  test('tainting and untainting a node keeps the taints of others', async ({ expect }) => {
    const nodes = own();
    const name = await nodes.add();
    const taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' } as const;
    const action = taintOf(name, { add: [taint] });
    const facts = await stage.facts(action);
    const plan = await stage.plan(action);
    expect(await stage.world().cluster.dryRun(plan, patience())).toMatchObject({
      kind: 'accepted',
      warnings: [],
    });
    expect(await nodes.taints(name)).toEqual([]);
    expect(await stage.apply(plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    expect(await nodes.taints(name)).toEqual(['dedicated=gpu:NoSchedule']);
    expect((await nodes.read(name)).taints).toHaveLength(2);

    // A controller adds its own: our work is still recognised, and a plan made before is refused.
    const untaint = await stage.plan(taintOf(name, { remove: [{ key: 'dedicated' }] }));
    const { taints } = await nodes.read(name);
    const spec = { taints: [...taints, { key: 'other', effect: 'PreferNoSchedule' }] };
    await stage
      .rest()
      .send(anything, 'PATCH', `/api/v1/nodes/${name}`, { spec }, 'application/merge-patch+json');
    expect(await stage.apply(plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
    expect(await stage.apply(untaint)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('spec.taints has another value now'),
    });

    const back = kindOf(action.verb).rollback({ action, facts });
    if (back.kind !== 'action') throw new Error(back.sentence);
    const plannedBack = await stage.plan(back.action);
    expect(await stage.apply(plannedBack)).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    expect(await stage.apply(plannedBack)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
    expect(await nodes.taints(name)).toEqual(['other=:PreferNoSchedule']);
    // Seen from the first plan, that is somebody's change.
    expect(await stage.world().cluster.observe(action.target, patience(), plan)).toMatchObject({
      changed: `Node ${name} is not as it was written: spec.taints lacks dedicated:NoSchedule.`,
    });
    expect(await stage.world().cluster.observe(action.target, patience(), plannedBack)).not.toHaveProperty(
      'changed',
    );
  });

  test('a NoExecute taint drives away the pods that do not tolerate it, whatever their budget says', async ({
    expect,
  }) => {
    const nodes = own();
    const first = await nodes.add();
    const add = [{ key: 'broken', effect: 'NoExecute' }] as const;
    const staying = { tolerations: [{ operator: 'Exists' }] };
    const namespace = await stage.namespace(
      disruptionBudget('web', { maxUnavailable: 0 }),
      deployment({ replicas: 2, spec: onNodes(nodes) }),
      deployment({ name: 'stays', replicas: 1, spec: onNodes(nodes, staying, 'stays') }),
    );
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    await stage.settled(target);
    await stage.settled({ ...target, name: 'stays' });
    const second = await nodes.add();
    const action = taintOf(first, { add: [...add] });
    const facts = await stage.facts(action);
    const kept = nodeOf(facts).tenants?.map(({ owner, tolerates }) => [owner, tolerates]);
    expect(kept?.toSorted()).toEqual([
      ['Deployment/stays', 'for ever'],
      ['Deployment/web', undefined],
      ['Deployment/web', undefined],
    ]);
    const plan = await stage.plan(action);
    const { answers } = await carryOut(stage, plan);
    expect(answers).toMatchObject([{ kind: 'applied', result: { alreadyDone: false } }]);
    await verdict(action, facts, plan, good);
    const after = await stage.settled(target);
    expect(after.pods.map(({ node }) => node)).toEqual([second, second]);
    const { pods } = await stage.observe({ ...target, name: 'stays' });
    expect(pods.map(({ node }) => node)).toEqual([first]);
  });

  test('a replacement that no node takes is bad news, in the words of the scheduler', async ({ expect }) => {
    const nodes = own();
    const name = await nodes.add();
    const namespace = await stage.namespace(deployment({ replicas: 1, spec: onNodes(nodes) }));
    await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
    const action = drainOf(name);
    const facts = await stage.facts(action);
    const plan = await stage.plan(action);
    await carryOut(stage, plan);
    const seen = await verdict(action, facts, plan, ({ grade }) => grade === 'bad');
    expect(seen.sentence).toMatch(
      /^Deployment\/web in \S+ has 0 of 1 ready pods: Pod web-\S+ finds no node: \d+\/\d+ nodes are available: /,
    );
  });
}
