import { test } from 'vitest';
import { z } from 'zod';
import type { Action, ActionOf } from '../../src/domain/action.ts';
import type { Stage, WorkloadName } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { fieldStage, kinds } from './field-stage.ts';
import { deployment, service } from './manifests.ts';
import { freshName, until } from './rest.ts';

const nodes = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
/** Dry run, execution, repetition and refusal of labels and annotations. */
export function metadataExecutionContract(stage: Stage): void {
  const { settle, once, accepted, pathTo, observe, judged } = fieldStage(stage);

  const labelled = async (
    kind: 'Pod' | 'Node' | WorkloadName['kind'],
  ): Promise<ActionOf<'label'>['target']> => {
    if (kind === 'Node') {
      const { items } = await stage.rest().send(nodes, 'GET', '/api/v1/nodes');
      return { kind, name: items.at(-1)?.metadata.name ?? '' };
    }
    if (kind !== 'Pod') {
      const manifest = kinds.find((each) => each.kind === kind)?.manifest() ?? {};
      return { kind, namespace: await stage.namespace(manifest), name: 'web' };
    }
    const { namespace } = await settle('Deployment', deployment());
    const { pods } = await stage.observe({ kind: 'Deployment', namespace, name: 'web' });
    return { kind, namespace, name: pods[0]?.name ?? '' };
  };

  test.for(['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'Node'] as const)(
    'labels and annotations of a %s: set, replaced, taken away, and refused after somebody else',
    async (kind, { expect }) => {
      const target = await labelled(kind);
      const [key, other] = [freshName('tier'), freshName('note')];
      const change = (verb: 'label' | 'annotate', value: string | undefined): Action => ({
        verb,
        target,
        set: value === undefined ? [] : [{ key, value }],
        remove: value === undefined ? [key] : [],
        overwrite: true,
      });
      for (const verb of ['label', 'annotate'] as const) {
        const field = verb === 'label' ? 'labels' : 'annotations';
        const live = async () => (await stage.facts(change(verb, 'front'))).identity[field];
        expect(await once(change(verb, 'front'))).toMatchObject(accepted);
        expect(await live()).toMatchObject({ [key]: 'front' });
        expect(await once(change(verb, 'back'))).toMatchObject(accepted);
        expect(await live()).toMatchObject({ [key]: 'back' });

        const late = await stage.plan(change(verb, 'late'));
        await stage.patch(pathTo(target), { metadata: { [field]: { [key]: 'somebody', [other]: 'x' } } });
        const refused = await stage.apply(late);
        expect(refused).toMatchObject({
          kind: 'refused',
          reason: expect.stringContaining(`metadata.${field}["${key}"] has another value now`),
        });
        expect(await once(change(verb, undefined))).toMatchObject(accepted);
        expect(await live()).not.toHaveProperty(key);
        await stage.patch(pathTo(target), { metadata: { [field]: { [other]: null } } });
      }
    },
  );

  test('a label that somebody has put back is seen to be back', async ({ expect }) => {
    const target = {
      kind: 'Deployment',
      namespace: await stage.namespace(deployment()),
      name: 'web',
    } as const;
    const action: Action = {
      verb: 'label',
      target,
      set: [{ key: 'tier', value: 'front' }],
      remove: [],
      overwrite: true,
    };
    const plan = await stage.plan(action);
    await stage.apply(plan);
    const { cluster } = stage.world();
    expect(await cluster.observe(target, patience(), plan)).not.toHaveProperty('changed');
    await stage.patch(pathTo(target), { metadata: { labels: { tier: 'back' } } });
    expect(await cluster.observe(target, patience(), plan)).toMatchObject({
      changed: `Deployment web in namespace ${target.namespace} is not as it was written: metadata.labels["tier"] has another value.`,
    });
  });

  test('a pod without the label of its controller runs on alone, and another takes its place', async ({
    expect,
  }) => {
    const namespace = await stage.namespace(deployment(), service('web'), service('other'));
    const owner = { kind: 'Deployment', namespace, name: 'web' } as const;
    const { pods } = await stage.settled(owner);
    const name = pods[0]?.name ?? '';
    const target = { kind: 'Pod', namespace, name } as const;
    const action: Action = {
      verb: 'label',
      target,
      set: [{ key: 'app', value: 'quarantine' }],
      remove: [],
      overwrite: true,
    };
    const facts = await stage.facts(action);
    expect(facts.pickers).toMatchObject([
      { kind: 'ReplicaSet', selector: { matchLabels: { app: 'web' } } },
      { kind: 'Service', name: 'other', selector: { matchLabels: { app: 'other' } } },
      { kind: 'Service', name: 'web', selector: { matchLabels: { app: 'web' } } },
    ]);
    const done = await once(action);
    expect(done).toMatchObject(accepted);
    await judged({ action, facts, ...done }, 'good');
    const after = await until(
      () => stage.settled(owner),
      (seen) => seen.pods.every((pod) => pod.name !== name),
    );
    expect(after.pods).toHaveLength(2);
    expect(await observe(target)).toMatchObject({ uid: pods[0]?.uid, pod: { ready: true, deleting: false } });
    expect((await stage.facts(action)).subject).not.toHaveProperty('controller');

    // With its label it is its controller's again, which has one too many and ends one of them.
    const back: Action = { ...action, set: [{ key: 'app', value: 'web' }] };
    expect(await stage.apply(await stage.plan(back))).toMatchObject({ kind: 'applied' });
    await until(
      () => stage.gather(back),
      (seen) => seen.kind === 'absent' || (seen.kind === 'facts' && 'controller' in seen.facts.subject),
    );
    expect((await stage.settled(owner)).pods).toHaveLength(2);
  });
}
