import { test } from 'vitest';
import { z } from 'zod';
import type { SourceOwner } from '../../src/domain/facts/manifest-source.ts';
import type { Call } from '../../src/domain/plan.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { PauseAsked, PauseToEnd } from '../../src/workflow/lasting/suspension.ts';
import { unfenced } from '../support/unfenced.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { customKinds, install } from './custom-kinds.ts';
import { deployment } from './manifests.ts';

const anything = z.looseObject({});
const strategic = 'application/strategic-merge-patch+json';
const merge = 'application/merge-patch+json';
const deployments = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/web`;

/** What undoes a change, and how whoever does so is paused. */
export function driftContract(stage: Stage): void {
  const image = (tag: string): JsonObject => ({
    spec: { template: { spec: { containers: [{ name: 'app', image: `web:${tag}` }] } } },
  });
  const changed = async () => {
    const namespace = await stage.namespace(deployment());
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    const plan = await stage.plan({
      verb: 'set image',
      target,
      images: [{ container: 'app', image: 'web:2' }],
    });
    await stage.apply(plan);
    return { plan, path: deployments(namespace), target };
  };
  const drifted = (plan: Awaited<ReturnType<Stage['plan']>>) =>
    stage.world().cluster.drifted(plan, patience());

  test('self-heal is told field by field, with its name and the time', async ({ expect }) => {
    const { plan, path } = await changed();
    expect(await drifted(plan)).toEqual([]);
    await stage
      .rest()
      .send(anything, 'PATCH', `${path}?fieldManager=argocd-controller`, image('1'), strategic);
    expect(await drifted(plan)).toMatchObject([
      {
        field: 'containers[app].image',
        verified: 'web:2',
        now: 'web:1',
        by: { manager: 'argocd-controller', at: expect.any(String) },
        isBack: true,
      },
    ]);
  });

  test('replicas that an autoscaler moves are its own', async ({ expect }) => {
    const { target, path } = await changed();
    const plan = await stage.plan({ verb: 'scale', target, replicas: 3 });
    await stage.apply(plan);
    const scale = `${path}/scale?fieldManager=kube-controller-manager`;
    await stage.rest().send(anything, 'PATCH', scale, { spec: { replicas: 4 } }, merge);
    expect(await drifted(plan)).toMatchObject([
      {
        field: 'spec.replicas',
        now: '4',
        by: { manager: 'kube-controller-manager', subresource: 'scale' },
      },
    ]);
  });

  const pauses = [
    {
      kind: 'Application',
      spec: { syncPolicy: { automated: { prune: true, selfHeal: true }, retry: { limit: 3 } } },
      switchOf: (spec: JsonObject) => z.looseObject({}).parse(spec['syncPolicy'])['automated'],
      paused: undefined,
      touched: { spec: { syncPolicy: { automated: { prune: false } } } },
    },
    {
      kind: 'Kustomization',
      spec: { path: './', interval: '10m' },
      switchOf: (spec: JsonObject) => spec['suspend'],
      paused: true,
      touched: { spec: { suspend: false } },
    },
  ] as const;

  test.for(pauses)(
    '$kind is paused by its own switch, once, and put back as it was',
    async (each, { expect }) => {
      const { asked, read } = await applied(stage, each.kind, each.spec);
      const { cluster } = stage.world();
      const found = await cluster.suspension(asked, patience());
      if (found.kind === 'impossible') throw new Error(found.reason);
      const before = await read();
      const send = (call: Call) => cluster.apply(call, 'firebreak/test', patience(), unfenced);
      expect(await send(found.begin)).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
      expect(await send(found.begin)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
      const paused = await read();
      expect(each.switchOf(paused.spec)).toEqual(each.paused);
      expect(JSON.parse(paused.annotations['firebreak.dev/sync-paused'] ?? '')).toMatchObject({
        remediation: 42,
        until: asked.until,
      });
      // Who did not hear the answer asks again, and is told what leaves it there; with another time it is of somebody else.
      const again = await cluster.suspension(asked, patience());
      if (again.kind === 'impossible') throw new Error(again.reason);
      expect(await send(again.begin)).toMatchObject({ kind: 'applied' });
      expect(await read()).toEqual(paused);
      expect(again.end).toEqual(found.end);
      const other = { ...asked, until: '2026-03-01T13:30:00.000Z' };
      expect(await cluster.suspension(other, patience())).toMatchObject({ kind: 'impossible' });
      const { end } = found;
      const ending = await cluster.suspensionEnd({ ...asked, end, now }, patience());
      expect(ending).toMatchObject({ kind: 'ours', others: [] });
      expect(await send(found.end)).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
      expect(await cluster.suspensionEnd({ ...asked, end, now }, patience())).toMatchObject({
        kind: 'touched',
      });
      expect(await send(found.end)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
      expect((await read()).spec).toEqual(before.spec);
    },
  );

  test.for([0, 1])(
    'two that pause the same are one pause, which ends with the last, whichever that is (%i)',
    async (last, { expect }) => {
      const { kind, spec, switchOf, paused } = pauses[0];
      const { asked, read } = await applied(stage, kind, spec);
      const { cluster } = stage.world();
      const before = await read();
      const send = async (call: Call) =>
        expect(await cluster.apply(call, 'firebreak/test', patience(), unfenced)).toMatchObject({
          kind: 'applied',
        });
      const begun = [];
      for (const number of [42, 43]) {
        const found = await cluster.suspension({ ...asked, number }, patience());
        if (found.kind === 'impossible') throw new Error(found.reason);
        await send(found.begin);
        begun.push({ owner: asked.owner, number, end: found.end, now });
      }
      const order = last === 0 ? begun.toReversed() : begun;
      const [first, second] = order;
      if (first === undefined || second === undefined) throw new Error('there are two');
      const left = async (part: PauseToEnd, others: readonly number[]) => {
        const ending = await cluster.suspensionEnd(part, patience());
        expect(ending).toMatchObject({ kind: 'ours', others });
        // As somebody would who did not hear the answer.
        for (let time = 0; ending.kind === 'ours' && time < 2; time += 1) await send(ending.call);
      };
      await left(first, [second.number]);
      expect(switchOf((await read()).spec)).toEqual(paused);
      // Whoever died before that was known asks again, and has no part in it any more.
      expect(await cluster.suspensionEnd(first, patience())).toEqual({
        kind: 'left',
        others: [second.number],
      });
      await left(second, []);
      expect((await read()).spec).toEqual(before.spec);
    },
  );

  test('a part whose begin was not heard of, and which another has joined, is found there', async ({
    expect,
  }) => {
    const { asked, read } = await applied(stage, pauses[0].kind, pauses[0].spec);
    const { cluster } = stage.world();
    const before = await read();
    const begin = async (number: number) => {
      const found = await cluster.suspension({ ...asked, number }, patience());
      if (found.kind === 'impossible') throw new Error(found.reason);
      const answer = await cluster.apply(found.begin, 'firebreak/test', patience(), unfenced);
      return { found, answer };
    };
    const { found: first } = await begin(42);
    await begin(43);
    expect(await cluster.apply(first.begin, 'firebreak/test', patience(), unfenced)).toMatchObject({
      kind: 'refused',
    });
    const { found: again, answer } = await begin(42);
    expect(answer).toMatchObject({ kind: 'applied' });
    for (const [number, others] of [
      [42, [43]],
      [43, []],
    ] as const) {
      const ending = await cluster.suspensionEnd({ ...asked, number, end: again.end, now }, patience());
      expect(ending).toMatchObject({ kind: 'ours', others });
      if (ending.kind === 'ours') await cluster.apply(ending.call, 'firebreak/test', patience(), unfenced);
    }
    expect((await read()).spec).toEqual(before.spec);
  });

  test('a part whose time is over, and which nobody ended, does not keep the pause', async ({ expect }) => {
    const { asked, read } = await applied(stage, pauses[0].kind, pauses[0].spec);
    const { cluster } = stage.world();
    const before = await read();
    const send = (call: Call) => cluster.apply(call, 'firebreak/test', patience(), unfenced);
    const parts = [];
    for (const [number, until] of [
      [42, asked.until],
      [43, '2026-03-01T13:20:00.000Z'],
    ] as const) {
      const found = await cluster.suspension({ ...asked, number, until }, patience());
      if (found.kind === 'impossible') throw new Error(found.reason);
      await send(found.begin);
      parts.push({ owner: asked.owner, number, end: found.end });
    }
    const [gone, last] = parts;
    if (gone === undefined || last === undefined) throw new Error('there are two');
    const ending = await cluster.suspensionEnd({ ...last, now: '2026-03-01T13:20:00.000Z' }, patience());
    expect(ending).toMatchObject({ kind: 'ours', others: [] });
    if (ending.kind === 'ours') await send(ending.call);
    expect((await read()).spec).toEqual(before.spec);
    // Whoever had it finds nothing to do.
    expect(await send(gone.end)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
  });

  test.for(pauses)('$kind that somebody has switched meanwhile is left to them', async (each, { expect }) => {
    const { asked, path, read } = await applied(stage, each.kind, each.spec);
    const { cluster } = stage.world();
    const found = await cluster.suspension(asked, patience());
    if (found.kind === 'impossible') throw new Error(found.reason);
    const send = (call: Call) => cluster.apply(call, 'firebreak/test', patience(), unfenced);
    // One that was never begun needs no end.
    expect(await send(found.end)).toMatchObject({ kind: 'applied', result: { alreadyDone: true } });
    await send(found.begin);
    await stage.rest().send(anything, 'PATCH', `${path}?fieldManager=kubectl-edit`, each.touched, merge);
    const theirs = await read();
    const ending = await cluster.suspensionEnd({ ...asked, end: found.end, now }, patience());
    expect(ending).toMatchObject({ kind: 'touched' });
    expect(await send(found.end)).toMatchObject({ kind: 'refused' });
    expect(await cluster.suspension({ ...asked, number: 43 }, patience())).toMatchObject({
      kind: 'impossible',
      reason: expect.stringMatching(/not as that pause left it/),
    });
    expect((await read()).spec).toEqual(theirs.spec);
    const plan = { calls: [found.begin], fieldManager: 'firebreak/test' };
    expect(await cluster.drifted(plan, patience())).toMatchObject([{ by: { manager: 'kubectl-edit' } }]);
  });

  test('one that another makes, or that does not sync by itself, is not paused', async ({ expect }) => {
    const { cluster } = stage.world();
    const manual = await applied(stage, 'Application', {});
    expect(await cluster.suspension(manual.asked, patience())).toMatchObject({
      kind: 'impossible',
      reason: expect.stringMatching(/does not sync by itself/),
    });
    const annotations = { 'argocd.argoproj.io/tracking-id': 'root:argoproj.io/Application:argocd/shop' };
    const child = await applied(stage, 'Application', pauses[0].spec, { annotations });
    expect(await cluster.suspension(child.asked, patience())).toMatchObject({
      reason: expect.stringMatching(/Argo CD \(root\) makes Application .* and would end its pause at once/),
    });
  });
}

/** Before anything that is paused here is over. */
const now = '2026-03-01T12:00:00.000Z';

const seen = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.record(z.string(), z.json()).default({}),
});

/** An object of a GitOps tool in a namespace of its own. */
async function applied(
  stage: Stage,
  kind: Exclude<SourceOwner['kind'], 'HelmRelease'>,
  spec: JsonObject,
  metadata: JsonObject = {},
) {
  await install(stage, customKinds[kind]);
  const { group, version } = customKinds[kind];
  const apiVersion = `${group}/${version}`;
  const object = { apiVersion, kind, metadata: { name: 'shop', ...metadata }, spec };
  const namespace = await stage.namespace();
  const path = `/apis/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s`;
  await stage.rest().send(anything, 'POST', path, object);
  const owner = { kind, namespace, name: 'shop' };
  const asked: PauseAsked = { owner, number: 42, until: '2026-03-01T13:00:00.000Z' };
  const read = async () => {
    const { metadata: own, spec: now } = await stage.rest().send(seen, 'GET', `${path}/shop`);
    return { annotations: own.annotations, spec: now };
  };
  return { asked, path: `${path}/shop`, read };
}
