import { test } from 'vitest';
import { z } from 'zod';
import type { Action } from '../../src/domain/action.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { unfenced } from '../support/unfenced.ts';
import type { Stage, WorkloadName } from './cluster-world.ts';
import { pathOf, patience } from './cluster-world.ts';
import { daemonSet, deployment, statefulSet } from './manifests.ts';
import { until } from './rest.ts';

/** Workloads that each verb is tried on, and the verbs that make the way to it. */
const kinds: { kind: WorkloadName['kind']; manifest: JsonObject }[] = [
  { kind: 'Deployment', manifest: deployment() },
  { kind: 'StatefulSet', manifest: statefulSet() },
  { kind: 'DaemonSet', manifest: daemonSet() },
];

const anything = z.looseObject({});
const nodes = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ taints: z.array(z.unknown()).default([]) }).prefault({}),
    }),
  ),
});
const managed = z.looseObject({ managedFields: z.array(z.looseObject({ manager: z.string() })) });

/** Dry run, execution, repetition and refusal of every action. */
export function executionContract(stage: Stage): void {
  const settle = async (kind: WorkloadName['kind'], manifest: JsonObject): Promise<WorkloadName> => {
    const target = { kind, namespace: await stage.namespace(manifest), name: 'web' };
    await until(
      () => stage.settled(target),
      ({ desired }) => desired > 0,
    );
    return target;
  };
  const execute = async (action: Action) => {
    const plan = await stage.plan(action);
    return { plan, applied: await stage.apply(plan) };
  };
  const image = (target: WorkloadName, tag: string): Action => ({
    verb: 'set image',
    target,
    images: [{ container: 'app', image: `web:${tag}` }],
  });

  /** By which a change that was sent without an answer is told from one that is still to be made. */
  const doneAlready = { kind: 'accepted', changes: [] };

  test.for(kinds)(
    'restarting a $kind: dry run, new pods, and once however often it is sent',
    async ({ kind, manifest }, { expect }) => {
      const target = await settle(kind, manifest);
      const before = await stage.observe(target);
      const plan = await stage.plan({ verb: 'rollout restart', target });

      const { resourceVersion } = (await stage.raw(pathOf(target))).metadata;
      expect(await stage.world().cluster.dryRun(plan, patience())).toMatchObject({
        kind: 'accepted',
        warnings: [],
      });
      expect((await stage.raw(pathOf(target))).metadata.resourceVersion).toBe(resourceVersion);

      const first = await stage.apply(plan);
      expect(first).toMatchObject({ kind: 'applied', result: { alreadyDone: false, warnings: [] } });
      const written = first.kind === 'applied' ? first.result.generation : undefined;
      expect(written).toBe(before.generation + 1);
      const second = await stage.apply(plan);
      expect(second).toMatchObject({ kind: 'applied', result: { alreadyDone: true, generation: written } });
      expect(await stage.world().cluster.dryRun(plan, patience())).toMatchObject(doneAlready);

      const after = await stage.settled(target);
      expect(after.restartedAt).toBeDefined();
      expect(after.generation).toBe(written);
      const old = before.pods.map(({ uid }) => uid);
      expect(after.pods.filter(({ uid }) => old.includes(uid))).toEqual([]);
      expect(after.pods).toHaveLength(before.desired);
    },
  );

  test.for(kinds)('setting an image of a $kind and undoing it', async ({ kind, manifest }, { expect }) => {
    const target = await settle(kind, manifest);
    const original = (await stage.raw(pathOf(target))).spec?.['template'];
    const { plan, applied } = await execute(image(target, '2'));
    expect(applied).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    expect(await stage.apply(plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
    const changed = await stage.settled(target);
    expect(changed.images).toEqual({ app: 'web:2' });

    const facts = await stage.workloadFacts({ verb: 'rollout undo', target });
    expect(facts.liveRevision).toBe(2);
    expect(facts.revisions.map(({ revision }) => revision)).toEqual([1, 2]);
    expect(facts.revisions.filter(({ template }) => template !== undefined)).toHaveLength(1);
    const undone = await execute({ verb: 'rollout undo', target });
    expect(undone.applied).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    expect(await stage.world().cluster.dryRun(undone.plan, patience())).toMatchObject(doneAlready);
    // A strategic merge patch that changes nothing is simply accepted again.
    const repeat = await stage.apply(undone.plan);
    expect(repeat).toMatchObject({ kind: 'applied' });
    const back = await stage.settled(target);
    expect(back.images).toEqual({ app: 'web:1' });
    expect((await stage.raw(pathOf(target))).spec?.['template']).toEqual(original);
    if (repeat.kind === 'applied') expect(repeat.result.generation).toBe(back.generation);
    const later = await stage.workloadFacts({ verb: 'rollout undo', target });
    expect(later).toMatchObject({ liveRevision: 3, revisions: [{ revision: 2 }, { revision: 3 }] });
  });

  test.for([
    { kind: 'Deployment', manifest: deployment() },
    { kind: 'StatefulSet', manifest: statefulSet() },
  ] as const)('scaling a $kind up, down, to zero and back', async ({ kind, manifest }, { expect }) => {
    const target = { kind, namespace: await stage.namespace(manifest), name: 'web' };
    await stage.settled(target);
    for (const replicas of [3, 1, 0, 2]) {
      const before = await stage.raw(pathOf(target));
      const plan = await stage.plan({ verb: 'scale', target, replicas });
      const dry = await stage.world().cluster.dryRun(plan, patience());
      expect(dry, `dry run to ${replicas}`).toMatchObject({ kind: 'accepted', warnings: [] });
      const generation = (before.metadata.generation ?? 0) + 1;
      const first = await stage.apply(plan);
      expect(first, `to ${replicas}`).toMatchObject({
        kind: 'applied',
        result: { alreadyDone: false, generation },
      });
      const again = await stage.apply(plan);
      expect(again, `again to ${replicas}`).toMatchObject({
        kind: 'applied',
        result: { alreadyDone: true, generation },
      });
      const seen = await stage.settled(target);
      expect(seen).toMatchObject({ desired: replicas });
    }
  });

  test('scaling is refused after somebody else has scaled', async ({ expect }) => {
    const target = await settle('Deployment', deployment());
    const plan = await stage.plan({ verb: 'scale', target: { ...target, kind: 'Deployment' }, replicas: 3 });
    await stage.patch(pathOf(target), { spec: { replicas: 4 } });
    const reason = `Deployment web in namespace ${target.namespace} has changed since this was planned: spec.replicas is 4 now, planned on 2.`;
    expect(await stage.world().cluster.dryRun(plan, patience())).toEqual({
      kind: 'refused',
      sentence: reason,
    });
    expect(await stage.apply(plan)).toEqual({ kind: 'refused', reason });
    expect((await stage.raw(pathOf(target))).spec).toMatchObject({ replicas: 4 });
  });

  test.for(kinds)(
    'a plan for a $kind does not touch another object of the same name',
    async ({ kind, manifest }, { expect }) => {
      const target = await settle(kind, manifest);
      const plan = await stage.plan({ verb: 'rollout restart', target });
      await stage.rest().send(anything, 'DELETE', pathOf(target));
      await until(
        () => stage.gather({ verb: 'rollout restart', target }),
        ({ kind: found }) => found === 'absent',
      );
      expect(await stage.apply(plan)).toEqual({
        kind: 'refused',
        reason: `There is no ${kind} web in namespace ${target.namespace}.`,
      });
      await stage.create(target.namespace, manifest);
      const refused = await stage.apply(plan);
      expect(refused).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('is another object now'),
      });
    },
  );

  test('an undo of a StatefulSet is refused when it is another object of that name', async ({ expect }) => {
    const manifest = statefulSet({ replicas: 1 });
    const target = await settle('StatefulSet', manifest);
    await execute(image(target, '2'));
    await stage.settled(target);
    const plan = await stage.plan({ verb: 'rollout undo', target });
    await stage.rest().send(anything, 'DELETE', pathOf(target));
    await until(
      () => stage.gather({ verb: 'rollout undo', target }),
      ({ kind }) => kind === 'absent',
    );
    await stage.create(target.namespace, statefulSet({ replicas: 1, image: 'web:3' }));
    const refused = await stage.apply(plan);
    expect(refused).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('is another object now'),
    });
    expect((await stage.observe(target)).images).toEqual({ app: 'web:3' });
  });

  test('pausing and resuming a Deployment', async ({ expect }) => {
    const target = {
      kind: 'Deployment',
      namespace: await stage.namespace(deployment()),
      name: 'web',
    } as const;
    await stage.settled(target);
    const paused = await execute({ verb: 'rollout pause', target });
    expect(paused.applied).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    expect(await stage.apply(paused.plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
    expect(await stage.observe(target)).toMatchObject({ paused: true });
    await execute(image(target, '2'));
    expect(
      await until(
        () => stage.workloadFacts({ verb: 'rollout resume', target }),
        ({ observedGeneration }) => observedGeneration >= 3,
      ),
    ).toMatchObject({ paused: true, rollingOut: true });
    const resumed = await execute({ verb: 'rollout resume', target });
    expect(resumed.applied).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    expect(await stage.apply(resumed.plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
    expect(await stage.settled(target)).toMatchObject({ paused: false, images: { app: 'web:2' } });
  });

  test.for([
    { kind: 'Deployment', manifest: deployment() },
    { kind: 'StatefulSet', manifest: statefulSet() },
  ] as const)('deleting a pod of a $kind brings another one', async ({ kind, manifest }, { expect }) => {
    const target = await settle(kind, manifest);
    const [victim] = (await stage.observe(target)).pods;
    if (victim === undefined) throw new Error('no pod');
    const pod = { kind: 'Pod', namespace: target.namespace, name: victim.name } as const;
    const plan = await stage.plan({ verb: 'delete pod', target: pod });
    expect(await stage.world().cluster.dryRun(plan, patience())).toMatchObject({ kind: 'accepted' });
    expect(await stage.world().cluster.observe(pod, patience())).toMatchObject({
      uid: victim.uid,
      pod: { deleting: false },
    });
    expect(await stage.apply(plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
    const after = await until(
      () => stage.settled(target),
      ({ pods }) => pods.every(({ uid }) => uid !== victim.uid),
    );
    expect(after.pods).toHaveLength(2);
    // Done already, whether the name is free or (StatefulSet) another pod has it, which stays untouched.
    expect(await stage.apply(plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
    const still = await stage.settled(target);
    expect(still.pods.map(({ uid }) => uid).toSorted()).toEqual(after.pods.map(({ uid }) => uid).toSorted());
  });

  test('cordoning and uncordoning a node', async ({ expect }) => {
    const { items } = await stage.rest().send(nodes, 'GET', '/api/v1/nodes');
    const workers = items.filter(({ spec }) => spec.taints.length === 0);
    const name = workers.at(-1)?.metadata.name ?? '';
    const target = { kind: 'Node', name } as const;
    const facts = await stage.facts({ verb: 'cordon', target });
    expect(facts).toMatchObject({
      identity: { apiVersion: 'v1' },
      subject: { kind: 'node', ready: true, unschedulable: false, otherSchedulableNodes: workers.length - 1 },
      unknown: [],
    });
    expect(facts).not.toHaveProperty('namespace');
    for (const verb of ['cordon', 'uncordon'] as const) {
      const { plan, applied } = await execute({ verb, target });
      expect(applied).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
      expect(await stage.apply(plan)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
      const seen = await stage.world().cluster.observe(target, patience());
      expect(seen).toMatchObject({ kind: 'node', ready: true, unschedulable: verb === 'cordon' });
    }
  });

  test('a change that the API server finds invalid is refused with its words, in the dry run as in earnest', async ({
    expect,
  }) => {
    const target = await settle('Deployment', deployment());
    const plan = await stage.plan(image(target, '2'));
    const [call] = plan.calls;
    if (call?.kind !== 'patch') throw new Error('no patch');
    const path = '/spec/template/spec/containers/0/name';
    const broken = {
      ...call,
      operations: [...call.operations, { op: 'replace' as const, path, value: 'Not A Name' }],
    };
    const dry = await stage.world().cluster.dryRun({ ...plan, calls: [broken] }, patience());
    expect(dry).toMatchObject({
      kind: 'refused',
      sentence: expect.stringContaining('spec.template.spec.containers[0].name'),
    });
    const applied = await stage.world().cluster.apply(broken, plan.fieldManager, patience(), unfenced);
    expect(applied).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('refuses to patch Deployment web'),
    });
    expect((await stage.observe(target)).images).toEqual({ app: 'web:1' });
  });

  test('the API server records who wrote', async ({ expect }) => {
    const target = await settle('Deployment', deployment());
    const { plan } = await execute({ verb: 'rollout restart', target });
    const { metadata } = await stage.raw(pathOf(target));
    const managers = managed.parse(metadata).managedFields.map(({ manager }) => manager);
    expect(managers).toContain(plan.fieldManager);
  });
}
