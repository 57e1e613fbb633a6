import { expect, test } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { WorkloadSubject } from '../../src/domain/facts/facts.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { unfenced } from '../support/unfenced.ts';
import type { Stage, WorkloadName } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { daemonSet, deployment, statefulSet } from './manifests.ts';
import { until } from './rest.ts';

const kinds: { kind: WorkloadName['kind']; manifest: JsonObject }[] = [
  { kind: 'Deployment', manifest: deployment() },
  { kind: 'StatefulSet', manifest: statefulSet() },
  { kind: 'DaemonSet', manifest: daemonSet() },
];

/** A pod of the bad image; one of the good image that has been made a moment ago is not ready either, and goes. */
const lacksImage = ({
  ready,
  waiting = '',
}: {
  readonly ready: boolean;
  readonly waiting?: string | undefined;
}) => !ready && waiting.includes('ImagePull');

/** What an undo knows of revisions, and how a StatefulSet that waits for a broken pod comes to a new template. */
export function undoContract(stage: Stage): void {
  const settle = async (kind: WorkloadName['kind'], manifest: JsonObject): Promise<WorkloadName> => {
    const target = { kind, namespace: await stage.namespace(manifest), name: 'web' };
    await until(
      () => stage.settled(target),
      ({ desired }) => desired > 0,
    );
    return target;
  };
  const execute = async (action: Action) => stage.apply(await stage.plan(action));
  const image = (target: WorkloadName, tag: string): Action => ({
    verb: 'set image',
    target,
    images: [{ container: 'app', image: `web:${tag}` }],
  });

  test.for([
    ['an undo', (target: WorkloadName): Action => ({ verb: 'rollout undo', target }), 'web:1'],
    ['another image', (target: WorkloadName): Action => image(target, '3'), 'web:3'],
  ] as const)(
    '%s of an OrderedReady StatefulSet with a broken pod reaches no pod, and all once that one is deleted',
    async ([_name, cure, tag], { expect }) => {
      const target = await settle('StatefulSet', statefulSet({ replicas: 2 }));
      await execute(image(target, 'bad'));
      const stuck = await until(
        () => stage.workloadFacts(cure(target)),
        ({ pods, liveRevision }) => liveRevision === 2 && pods.some(lacksImage),
      );
      expect(stuck).toMatchObject({ heldUpBy: { pods: 1, firstOrdinal: 0 } });
      const broken = stuck.pods.find(lacksImage);
      const plan = await stage.plan(cure(target));
      expect(plan.calls).toMatchObject([
        {},
        { kind: 'delete', ref: { name: broken?.name }, uid: broken?.uid },
      ]);
      const [write, deletion] = plan.calls;
      if (write === undefined || deletion === undefined) throw new Error('expected two calls');
      const { cluster } = stage.world();
      expect(await cluster.dryRun(plan, patience())).toMatchObject({ kind: 'accepted' });

      expect(await cluster.apply(write, plan.fieldManager, patience(), unfenced)).toMatchObject({
        kind: 'applied',
      });
      const held = await until(
        () => stage.observe(target),
        ({ generation, observedGeneration }) => observedGeneration >= generation,
      );
      expect(held.pods.find(({ name }) => name === broken?.name)).toMatchObject({
        uid: broken?.uid,
        ready: false,
      });
      const deleted = await until(
        () => cluster.apply(deletion, plan.fieldManager, patience(), unfenced),
        ({ kind }) => kind !== 'blocked',
      );
      expect(deleted).toMatchObject({ kind: 'applied', result: { alreadyDone: false } });
      expect(await stage.settled(target)).toMatchObject({ images: { app: tag } });
      expect(await cluster.apply(deletion, plan.fieldManager, patience(), unfenced)).toMatchObject({
        kind: 'applied',
        result: { alreadyDone: true },
      });
    },
  );

  test('an OrderedReady StatefulSet with a broken pod starts no other', async ({ expect }) => {
    const target = await settle('StatefulSet', statefulSet({ replicas: 2 }));
    if (target.kind !== 'StatefulSet') throw new Error('not a StatefulSet');
    await execute(image(target, 'bad'));
    const more = { verb: 'scale', target: { ...target, kind: target.kind }, replicas: 4 } as const;
    const stuck = await until(
      () => stage.workloadFacts(more),
      ({ pods }) => pods.some(lacksImage),
    );
    expect(stuck).toMatchObject({ ordinals: { first: 0, inOrder: true } });
    await execute(more);
    const held = await until(
      () => stage.observe(target),
      ({ generation, observedGeneration }) => observedGeneration >= generation,
    );
    expect(held.pods.map(({ name }) => name).toSorted()).toEqual(['web-0', 'web-1']);
  });

  test('a pod that is ready by now is not deleted', async ({ expect }) => {
    const target = await settle('StatefulSet', statefulSet({ replicas: 1 }));
    const [pod] = (await stage.observe(target)).pods;
    const ref = { apiVersion: 'v1', resource: 'pods', namespace: target.namespace, name: 'web-0' } as const;
    const uid = pod?.uid ?? '';
    const after = {
      apiVersion: 'apps/v1',
      resource: 'statefulsets',
      namespace: target.namespace,
      name: 'web',
    } as const;
    const sentence = 'Delete Pod/web-0.';
    const answer = await stage
      .world()
      .cluster.apply(
        { kind: 'delete', ref, uid, recognise: { kind: 'gone', uid }, sentence, unlessReady: { after } },
        'firebreak/r',
        patience(),
        unfenced,
      );
    expect(answer).toMatchObject({
      kind: 'applied',
      result: { alreadyDone: true, sentence: expect.stringContaining('is ready by now and was not deleted') },
    });
    expect((await stage.observe(target)).pods).toMatchObject([{ uid, deleting: false }]);
  });

  test.for(kinds)(
    'what an undo of a $kind is told of its revisions',
    async ({ kind, manifest }, { expect }) => {
      const target = await settle(kind, manifest);
      const undo: Action = { verb: 'rollout undo', target };
      await execute(image(target, '2'));
      await stage.settled(target);
      const forth = await stage.workloadFacts(undo);
      expect(forth.revisions).toMatchObject([
        {
          revision: 1,
          alike: 1,
          change: { containers: [{ name: 'app', image: { from: 'web:2', to: 'web:1' } }] },
        },
        { revision: 2, alike: 2, asLive: true },
      ]);
      for (const each of forth.revisions) expect(each.createdAt).toMatch(/^\d{4}-.*Z$/);
      expect(forth.oldestPod).toMatch(/^\d{4}-.*Z$/);

      await execute({ verb: 'rollout restart', target });
      await stage.settled(target);
      const restarted = await stage.workloadFacts(undo);
      expect(restarted.revisions).toMatchObject([
        { revision: 1, alike: 1 },
        { revision: 2, alike: 2, asLive: true, change: { containers: [], fields: [], restart: true } },
        { revision: 3, alike: 2, asLive: true },
      ]);
      await expect(stage.plan(undo)).rejects.toThrow(
        `differs from what ${kind}/web runs only by the annotation of a restart`,
      );

      await execute({ ...undo, toRevision: 1 });
      await stage.settled(target);
      const back = await stage.workloadFacts(undo);
      expect(back.liveRevision).toBe(4);
      if (kind === 'Deployment') expect(back.revisions.at(-1)).toMatchObject({ revision: 4, earlier: [1] });
      expect(back.liveSince).toMatch(/^\d{4}-.*Z$/);
      await namesWhatComesBack(target, back);
    },
  );

  /** Live is revision 4, which is 1 come back; 2 and 3 ran web:2. */
  async function namesWhatComesBack(
    target: WorkloadName,
    { revisions }: Pick<WorkloadSubject, 'revisions'>,
  ): Promise<void> {
    const told = async (action: Action) => {
      const { returning, oldestPod } = await stage.workloadFacts(action);
      expect(oldestPod).toMatch(/^\d{4}-.*Z$/);
      return returning;
    };
    const ran2 = revisions.map(({ revision }) => revision).filter((each) => each === 2 || each === 3);
    const inAll = (as: 'content' | 'images') =>
      ran2.map((revision) => ({ revision, as, containers: ['app'] }));
    expect(await told(image(target, '2'))).toEqual(inAll('content'));
    expect(await told(image(target, '3'))).toBeUndefined();
    const set = [{ name: 'COLOUR', value: 'red' }];
    expect(await told({ verb: 'set env', target, set, remove: [] })).toBeUndefined();
    await execute({ verb: 'set env', target, set, remove: [] });
    await stage.settled(target);
    expect(await told(image(target, '2'))).toEqual(inAll('images'));
    const removed = await told({ verb: 'set env', target, set: [], remove: ['COLOUR'] });
    expect(removed).toContainEqual({ revision: 4, as: 'content', containers: [] });
  }
}
