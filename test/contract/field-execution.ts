import { test } from 'vitest';
import type { Action, ActionOf } from '../../src/domain/action.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Json, JsonObject } from '../../src/domain/text/json.ts';
import type { Stage } from './cluster-world.ts';
import { pathOf, patience } from './cluster-world.ts';
import { fieldStage, kinds } from './field-stage.ts';
import { autoscaler, deployment } from './manifests.ts';
import { until } from './rest.ts';

/** A template whose only container has these fields besides its name and image. */
const withContainer = (fields: JsonObject): JsonObject => ({
  template: {
    metadata: { labels: { app: 'web' } },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'web:1', ...fields }] },
  },
});

/** Dry run, execution, repetition and refusal of what writes single fields of a spec. */
export function fieldExecutionContract(stage: Stage): void {
  const { settle, once, accepted, pathTo, containerOf, observe, judged } = fieldStage(stage);

  const secret = 'old-and-secret';
  const variables = {
    env: [
      { name: 'LEVEL', value: secret },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'GONE', value: secret },
      { name: 'KEPT', value: 'kept' },
    ],
  };

  test.for(kinds)(
    'variables of a $kind: replaced wholesale, added and removed, and undone',
    async ({ kind, manifest }, { expect }) => {
      const target = await settle(kind, manifest({ spec: withContainer(variables) }));
      const original = (await stage.raw(pathOf(target))).spec?.['template'];
      const action: Action = {
        verb: 'set env',
        target,
        set: [
          { name: 'LEVEL', value: 'debug' },
          { name: 'POD', value: 'literal' },
          { name: 'EMPTY', value: '' },
        ],
        remove: ['GONE'],
      };
      const before = await stage.facts(action);
      expect(before.subject).toMatchObject({
        containers: [{ name: 'app', env: { names: ['LEVEL', 'POD', 'GONE', 'KEPT'], same: [] } }],
      });
      expect(JSON.stringify(before)).not.toContain(secret);
      const done = await once(action);
      expect(done).toMatchObject(accepted);
      expect(JSON.stringify(done)).not.toContain(secret);
      expect((await containerOf(target))?.env).toEqual([
        { name: 'LEVEL', value: 'debug' },
        { name: 'POD', value: 'literal' },
        { name: 'KEPT', value: 'kept' },
        { name: 'EMPTY' },
      ]);
      await judged({ action, facts: before, ...done }, 'good');
      const { subject } = await stage.facts(action);
      expect(subject).toMatchObject({
        liveRevision: 2,
        containers: [{ env: { same: ['LEVEL', 'POD', 'EMPTY'] } }],
      });

      await stage.apply(await stage.plan({ verb: 'rollout undo', target, toRevision: 1 }));
      await stage.settled(target);
      expect((await stage.raw(pathOf(target))).spec?.['template']).toEqual(original);
    },
  );

  test('variables are not written after somebody else, and no value is told', async ({ expect }) => {
    const target = await settle('Deployment', deployment({ spec: withContainer(variables) }));
    const plan = await stage.plan({
      verb: 'set env',
      target,
      set: [{ name: 'LEVEL', value: 'debug' }],
      remove: [],
    });
    const theirs = withContainer({ env: [{ name: 'LEVEL', value: `${secret}-too` }] });
    await stage.patch(pathOf(target), { spec: theirs });
    const dry = await stage.world().cluster.dryRun(plan, patience());
    const applied = await stage.apply(plan);
    expect(dry).toMatchObject({ kind: 'refused' });
    expect(applied).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('has changed since this was planned'),
    });
    const seen = await stage.world().cluster.observe(target, patience(), plan);
    expect(seen).toMatchObject({ changed: expect.stringContaining('has another LEVEL') });
    expect(JSON.stringify([dry, applied, seen])).not.toContain(secret);
    expect((await containerOf(target))?.env).toEqual([{ name: 'LEVEL', value: `${secret}-too` }]);
  });

  test.for(kinds)('limits and requests of a $kind', async ({ kind, manifest }, { expect }) => {
    const live = { limits: { cpu: '500m', memory: '128Mi' }, requests: { memory: '64Mi' } };
    const target = await settle(kind, manifest({ spec: withContainer({ resources: live }) }));
    const action: Action = {
      verb: 'set resources',
      target,
      limits: { memory: '0.5Gi', cpu: '0' },
      requests: { cpu: '0', memory: '131072Ki' },
    };
    expect((await stage.facts(action)).subject).toMatchObject({ containers: [{ resources: live }] });
    expect(await once(action)).toMatchObject(accepted);
    expect((await containerOf(target))?.resources).toEqual({
      limits: { memory: '512Mi', cpu: '0' },
      requests: { cpu: '0', memory: '128Mi' },
    });
    await stage.settled(target);
  });

  test('limits and requests where there were none, and not after somebody else', async ({ expect }) => {
    const target = await settle('Deployment', deployment());
    const set = (limit: string): Action => ({
      verb: 'set resources',
      target,
      limits: { memory: limit },
      requests: { memory: '64Mi' },
      containers: ['app'],
    });
    expect(await once(set('128Mi'))).toMatchObject(accepted);
    const late = await stage.plan(set('256Mi'));
    const theirs = { resources: { limits: { memory: '192Mi' }, requests: { memory: '64Mi' } } };
    await stage.patch(pathOf(target), { spec: withContainer(theirs) });
    expect(await stage.apply(late)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('limits.memory is 192Mi now, planned on 128Mi'),
    });
    // What planning refuses the API server would refuse too.
    await expect(stage.plan(set('32Mi'))).rejects.toThrow('above its limit of 32Mi');
    const impossible = withValue(await stage.plan(set('96Mi')), '96Mi', '32Mi');
    expect(await stage.apply(impossible)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('must be less than or equal to memory limit'),
    });
  });

  test('an autoscaler is made, keeps to its limits, is changed, and not after somebody else', async ({
    expect,
  }) => {
    const target = {
      kind: 'Deployment',
      namespace: await stage.namespace(deployment()),
      name: 'web',
    } as const;
    await stage.settled(target);
    const hpa = { ...target, kind: 'HorizontalPodAutoscaler' } as const;
    const made = await once({ verb: 'autoscale', target, min: 3, max: 5, cpu: 60 });
    expect(made).toMatchObject(accepted);
    const { metadata } = await stage.raw(pathTo(hpa));
    const facts = await stage.facts({ verb: 'autoscale', target, max: 6 });
    // Its controller says how it is, in its own time.
    const { conditions, desired, current, ...autoscaler } = facts.autoscaler ?? {};
    expect(desired === undefined).toBe(conditions?.length === 0);
    expect(autoscaler).toEqual({
      ...{ name: 'web', min: 3, max: 5, uid: metadata.uid },
      cpu: { percent: 60, index: 0 },
    });
    await until(
      () => stage.settled(target),
      ({ desired }) => desired === 3,
    );
    const looked = await until(
      () => observe(hpa),
      (seen) => seen.kind === 'autoscaler' && seen.scaling !== undefined && seen.current === 3,
    );
    expect(looked).toMatchObject({ kind: 'autoscaler', min: 3, max: 5 });

    const action: Action = { verb: 'autoscale', target, max: 6, cpu: 70 };
    const changed = await once(action);
    expect(changed).toMatchObject(accepted);
    expect((await stage.raw(pathTo(hpa))).spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 6,
      metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 70 } } }],
    });
    // Without metrics, as on a bare control plane, nothing is proven, and never the opposite.
    const proven = looked.kind === 'autoscaler' && looked.scaling?.active === true;
    await judged({ action, facts, ...changed }, proven ? 'good' : 'pending');
    const late = await stage.plan({ verb: 'autoscale', target, max: 8 });
    await stage.patch(pathTo(hpa), { spec: { maxReplicas: 7 } });
    expect(await stage.apply(late)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('spec.maxReplicas is 7 now, planned on 6'),
    });
  });

  test('an autoscaler is not made where somebody else has made one meanwhile', async ({ expect }) => {
    const target = {
      kind: 'Deployment',
      namespace: await stage.namespace(deployment()),
      name: 'web',
    } as const;
    const plan = await stage.plan({ verb: 'autoscale', target, max: 5 });
    await stage.create(target.namespace, autoscaler('web', { minReplicas: 2, maxReplicas: 4 }));
    expect(await stage.world().cluster.dryRun(plan, patience())).toMatchObject({ kind: 'refused' });
    expect(await stage.apply(plan)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('made by somebody else'),
    });
  });

  const patches: { name: string; kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'; fields: Patch }[] = [
    {
      name: 'a Deployment',
      kind: 'Deployment',
      fields: [
        { path: 'spec.strategy.rollingUpdate.maxUnavailable', value: '50%' },
        { path: 'spec.strategy.rollingUpdate.maxSurge', value: 0 },
        { path: 'spec.minReadySeconds', value: 1 },
        { path: 'spec.progressDeadlineSeconds', value: 300 },
        { path: 'spec.revisionHistoryLimit', value: 5 },
      ],
    },
    {
      name: 'a StatefulSet',
      kind: 'StatefulSet',
      fields: [
        { path: 'spec.updateStrategy.rollingUpdate.partition', value: 1 },
        { path: 'spec.minReadySeconds', value: 1 },
      ],
    },
    {
      name: 'a DaemonSet',
      kind: 'DaemonSet',
      fields: [
        { path: 'spec.updateStrategy.rollingUpdate.maxUnavailable', value: '50%' },
        { path: 'spec.minReadySeconds', value: 1 },
      ],
    },
  ];
  test.for(patches)('fields of $name that may be patched', async ({ kind, fields }, { expect }) => {
    const manifest = kinds.find((each) => each.kind === kind)?.manifest() ?? {};
    const target = { kind, namespace: await stage.namespace(manifest), name: 'web' };
    const action: Action = { verb: 'patch', target, fields };
    const valuesOf = async () => {
      const { fields: live = [] } = await stage.facts(action);
      return Object.fromEntries(live.map(({ path, value }) => [path, value]));
    };
    const before = await valuesOf();
    expect(before).toHaveProperty(['spec.minReadySeconds'], undefined);
    expect(await once(action)).toMatchObject(accepted);
    expect(await valuesOf()).toMatchObject(
      Object.fromEntries(fields.map(({ path, value }) => [path, value])),
    );

    // What the API server leaves out at zero is put back to zero.
    const back: Action = { verb: 'patch', target, fields: [{ path: 'spec.minReadySeconds', value: 0 }] };
    expect(await once(back)).toMatchObject(accepted);
    expect((await valuesOf())['spec.minReadySeconds']).toBeUndefined();

    const late = await stage.plan({ ...action, fields: [{ path: 'spec.minReadySeconds', value: 3 }] });
    await stage.patch(pathOf(target), { spec: { minReadySeconds: 2 } });
    expect(await stage.apply(late)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('spec.minReadySeconds is 2 now, planned on absent'),
    });
  });

  test('limits of an autoscaler are patched', async ({ expect }) => {
    const limits = { minReplicas: 2, maxReplicas: 4 };
    const namespace = await stage.namespace(deployment({ replicas: 3 }), autoscaler('web', limits));
    await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
    const target = { kind: 'HorizontalPodAutoscaler', namespace, name: 'web' } as const;
    const action: Action = { verb: 'patch', target, fields: [{ path: 'spec.maxReplicas', value: 2 }] };
    const facts = await stage.facts(action);
    expect(facts).toMatchObject({
      subject: { kind: 'autoscaler', min: 2, max: 4, scales: { kind: 'Deployment', name: 'web' } },
      fields: [
        { path: 'spec.maxReplicas', value: 4 },
        { path: 'spec.minReplicas', value: 2 },
      ],
    });
    expect(await once(action)).toMatchObject(accepted);
    await until(
      () => stage.observe({ kind: 'Deployment', namespace, name: 'web' }),
      ({ desired }) => desired === 2,
    );
    // What planning refuses the API server would refuse too.
    const minimum = (value: number): Action => ({ ...action, fields: [{ path: 'spec.minReplicas', value }] });
    await expect(stage.plan(minimum(3))).rejects.toThrow('minReplicas 3 would be above maxReplicas 2');
    expect(await stage.apply(withValue(await stage.plan(minimum(1)), 1, 3))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('spec.maxReplicas'),
    });
  });
}

/** A plan that writes another value than it was drawn up for. */
function withValue(plan: Plan, from: Json, to: Json): Plan {
  return {
    ...plan,
    calls: plan.calls.map((call) =>
      call.kind === 'patch'
        ? {
            ...call,
            operations: call.operations.map((each) =>
              each.op !== 'remove' && each.op !== 'test' && each.value === from
                ? { ...each, value: to }
                : each,
            ),
          }
        : call,
    ),
  };
}

type Patch = ActionOf<'patch'>['fields'];
