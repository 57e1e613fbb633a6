import { test } from 'vitest';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { unfenced } from '../support/unfenced.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { daemonSet, deployment, disruptionBudget, statefulSet } from './manifests.ts';
import { drainOf, taintOf } from './node-execution.ts';
import { nodeOf, onNodes, ownNodes } from './own-nodes.ts';
import { until } from './rest.ts';

/** What does not go or does not end: budgets that cannot be worked out, nodes that are silent, pods that are held. */
export function silentNodeContract(stage: Stage): void {
  const own = () => ownNodes(stage.rest);

  test('a budget that its controller cannot work out allows no eviction', async ({ expect }) => {
    const nodes = own();
    const name = await nodes.add();
    const namespace = await stage.namespace(
      disruptionBudget('agent', { maxUnavailable: 1 }),
      daemonSet({ name: 'agent', spec: onNodes(nodes, {}, 'agent') }),
    );
    const action = {
      verb: 'rollout restart',
      target: { kind: 'DaemonSet', namespace, name: 'agent' },
    } as const;
    const message = 'daemonsets.apps does not implement the scale subresource';
    const facts = await until(
      () => stage.facts(action),
      ({ neighbourhood, subject }) =>
        neighbourhood?.budgets[0]?.stuck?.why === 'sync failed' &&
        subject.kind === 'workload' &&
        subject.pods.some(({ ready }) => ready),
    );
    expect(facts.neighbourhood?.budgets).toMatchObject([
      { name: 'agent', allowed: 0, stuck: { why: 'sync failed', message } },
    ]);
    if (facts.subject.kind !== 'workload') throw new Error('no workload');
    const [pod] = facts.subject.pods;
    const eviction = {
      kind: 'evict',
      ref: { apiVersion: 'v1', resource: 'pods', namespace, name: pod?.name ?? '', subresource: 'eviction' },
      uid: pod?.uid ?? '',
      recognise: { kind: 'gone', uid: pod?.uid ?? '' },
      sentence: 'Evict it.',
    } as const;
    expect(await stage.world().cluster.apply(eviction, 'firebreak/test', patience(), unfenced)).toMatchObject(
      {
        kind: 'blocked',
      },
    );
    expect(nodeOf(await stage.facts(drainOf(name))).budgets).toMatchObject([
      { namespace, name: 'agent', stuck: { why: 'sync failed', message } },
    ]);
  });

  test('nobody confirms that a pod has ended on a node that is silent, until it is known to be off', async ({
    expect,
  }) => {
    const nodes = own();
    const first = await nodes.add();
    const named = (app: string) => ({ name: app, replicas: 1, spec: onNodes(nodes, {}, app) });
    const namespace = await stage.namespace(deployment(named('web')), statefulSet(named('db')));
    const web = { kind: 'Deployment', namespace, name: 'web' } as const;
    const db = { kind: 'StatefulSet', namespace, name: 'db' } as const;
    await Promise.all([stage.settled(web), stage.settled(db)]);
    await nodes.silence(first);
    const second = await nodes.add();
    const deletionOf = (pod: string) =>
      ({ verb: 'delete pod', target: { kind: 'Pod', namespace, name: pod } }) as const;
    const [webPod] = (await stage.observe(web)).pods;
    const [dbPod] = (await stage.observe(db)).pods;
    const facts = await until(
      () => stage.facts(deletionOf('db-0')),
      ({ subject }) => subject.kind === 'pod' && subject.unreadyNode !== undefined,
    );
    expect(facts.unknown).toEqual([]);
    expect(facts.subject).toMatchObject({
      unreadyNode: { name: first, reported: false },
      controller: { kind: 'StatefulSet', name: 'db' },
    });
    expect(nodeOf(await stage.facts(drainOf(first)))).toMatchObject({
      ready: false,
      unready: { name: first, reported: false },
    });
    for (const pod of ['db-0', webPod?.name ?? '']) await stage.apply(await stage.plan(deletionOf(pod)));

    // The Deployment starts another elsewhere; by then the StatefulSet has had its time as well.
    await until(
      () => stage.observe(web),
      ({ pods }) => pods.some(({ node, ready }) => node === second && ready),
    );
    expect((await stage.observe(db)).pods).toMatchObject([{ uid: dbPod?.uid, deleting: true, node: first }]);
    const again = await stage.facts(deletionOf('db-0'));
    expect(again.identity.termination).toMatchObject({ since: expect.any(String), due: expect.any(String) });
    const waiting = nodeOf(await stage.facts(drainOf(first))).tenants?.map(({ name, traits }) => [
      name,
      traits,
    ]);
    expect(waiting).toEqual([
      ['db-0', ['deleting']],
      [webPod?.name, ['deleting']],
    ]);

    const off = {
      key: 'node.kubernetes.io/out-of-service',
      value: 'nodeshutdown',
      effect: 'NoExecute',
    } as const;
    await stage.apply(await stage.plan(taintOf(first, { add: [off] })));
    const after = await until(
      () => stage.observe(db),
      ({ pods }) => pods.some(({ node, ready }) => node === second && ready),
    );
    expect(after.pods.map(({ uid }) => uid)).not.toContain(dbPod?.uid);
  });

  test('fewer pods, and the one that goes is on a node that is silent', async ({ expect }) => {
    const nodes = own();
    const node = await nodes.add();
    const named = (app: string) => ({ name: app, replicas: 2, spec: onNodes(nodes, {}, app) });
    // In order none would be told to end, because the first pod is not ready either.
    const parallel = { ...named('db').spec, podManagementPolicy: 'Parallel' };
    const set = statefulSet({ ...named('db'), spec: parallel });
    const namespace = await stage.namespace(deployment(named('web')), set);
    const web = { kind: 'Deployment', namespace, name: 'web' } as const;
    const db = { kind: 'StatefulSet', namespace, name: 'db' } as const;
    await Promise.all([stage.settled(web), stage.settled(db)]);
    const fewer = (target: typeof web | typeof db) => ({ verb: 'scale', target, replicas: 1 }) as const;
    expect((await stage.facts(fewer(db))).places).toBeUndefined();
    await nodes.silence(node);
    const silent = (pods: unknown) => ({
      ...{ tried: 0, placed: 0 },
      silent: [{ node: expect.objectContaining({ name: node, reported: false }), pods }],
    });
    const facts = await stage.facts(fewer(db));
    expect(facts.unknown).toEqual([]);
    expect(facts.places).toEqual(silent(['db-1']));
    expect(facts.subject).toMatchObject({ ordinals: { first: 0, inOrder: false } });
    const all = expect.arrayContaining([expect.stringMatching(/^web-/)]);
    expect((await stage.facts(fewer(web))).places).toEqual(silent(all));
    for (const target of [web, db]) await stage.apply(await stage.plan(fewer(target)));
    // The Deployment has done its part; the pod of the StatefulSet is told to end and does not.
    await until(
      () => stage.observe(web),
      ({ total, observedGeneration, generation }) => observedGeneration >= generation && total === 1,
    );
    await until(
      () => stage.observe(db),
      ({ pods }) => pods.some(({ name, deleting }) => name === 'db-1' && deleting),
    );
    expect(await stage.observe(db)).toMatchObject({ total: 2 });
  });

  test('restarts are those that kubectl counts', async ({ expect }) => {
    const nodes = own();
    const node = await nodes.add();
    // Nobody but the test writes the status of its pods.
    await nodes.silence(node);
    const containers = [{ name: 'app', image: 'web:1' }];
    const first = [
      { name: 'wait', image: 'wait:1' },
      { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' },
    ];
    const namespace = await stage.namespace({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { ...nodes.spec, nodeName: node, containers, initContainers: first },
    });
    const at = '2026-03-01T12:00:00Z';
    const ended = (reason: string, exitCode: number) => ({
      terminated: { reason, exitCode, startedAt: at, finishedAt: at, containerID: 'x://1' },
    });
    const known = (name: string, restartCount: number, state: JsonObject, rest: JsonObject) => ({
      ...{ name, image: `${name}:1`, imageID: '', ready: true, restartCount, state },
      ...rest,
    });
    const path = `/api/v1/namespaces/${namespace}/pods/web/status`;
    const wait = known('wait', 2, ended('Completed', 0), { lastState: ended('Error', 1) });
    const proxy = known('proxy', 3, { running: { startedAt: at } }, { started: true });
    const app = known('app', 1, { running: { startedAt: at } }, { lastState: ended('OOMKilled', 137) });
    const status = { phase: 'Running', initContainerStatuses: [wait, proxy], containerStatuses: [app] };
    await stage.patch(path, { status });
    const target = { kind: 'Pod', namespace, name: 'web' } as const;
    expect(await stage.world().cluster.observe(target, patience())).toMatchObject({
      pod: {
        restarts: 4,
        containers: [
          { name: 'proxy', role: 'sidecar', restarts: 3 },
          { name: 'app', role: 'main', restarts: 1, terminated: 'OOMKilled' },
        ],
      },
    });
    const waiting = known(
      'wait',
      2,
      { waiting: { reason: 'CrashLoopBackOff' } },
      { lastState: ended('Error', 1) },
    );
    await stage.patch(path, {
      status: { initContainerStatuses: [{ ...waiting, ready: false }], containerStatuses: [] },
    });
    expect(await stage.world().cluster.observe(target, patience())).toMatchObject({
      pod: { ready: false, restarts: 2, waiting: 'Init:CrashLoopBackOff', terminated: 'Error' },
    });
  });

  test('a pod that a finalizer holds is on its way out and does not go', async ({ expect }) => {
    const held = { finalizers: ['firebreak.test/hold'] };
    const namespace = await stage.namespace(deployment({ replicas: 1 }));
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    const [pod] = (await stage.settled(target)).pods;
    const name = pod?.name ?? '';
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    await stage.patch(path, { metadata: held });
    const deletion = { verb: 'delete pod', target: { kind: 'Pod', namespace, name } } as const;
    await stage.apply(await stage.plan(deletion));
    const ready = await until(
      () => stage.observe(target),
      ({ pods, ready: count }) => count === 1 && pods.some((each) => each.uid !== pod?.uid && each.ready),
    );
    expect(ready.pods.find(({ uid }) => uid === pod?.uid)).toMatchObject({
      deleting: true,
      termination: { finalizers: held.finalizers },
    });
    const facts = await stage.facts(deletion);
    expect(facts.identity.termination?.finalizers).toEqual(held.finalizers);
    const plan = await stage.plan(deletion).catch((fault: Error) => fault.message);
    expect(plan).toMatch(/on its way out .* waits for the finalizer firebreak.test\/hold/);
    await stage.patch(path, { metadata: { finalizers: null } });
    await until(
      () => stage.observe(target),
      ({ pods }) => pods.length === 1,
    );
  });
}
