import { test } from 'vitest';
import type { Target } from '../../src/domain/action.ts';
import type { WarningEvent } from '../../src/domain/incidents/warning-event.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { barePod, daemonSet, deployment, statefulSet } from './manifests.ts';
import { freshName, until } from './rest.ts';

/** What `observe`, `ownerOf` and `diagnose` tell. */
export function sightContract(stage: Stage): void {
  test('an image that cannot be pulled shows in the pods, and the old pods stay', async ({ expect }) => {
    const namespace = await stage.namespace(deployment({ replicas: 3 }));
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    await stage.settled(target);
    const images = [{ container: 'app', image: 'web:bad' }];
    const plan = await stage.plan({ verb: 'set image', target, images });
    await stage.apply(plan);
    const stuck = await until(
      () => stage.observe(target),
      ({ observedGeneration, generation, updated, pods }) =>
        observedGeneration >= generation &&
        updated > 0 &&
        pods.some(({ waiting }) => waiting === 'ImagePullBackOff' || waiting === 'ErrImagePull'),
    );
    expect(stuck).toMatchObject({ desired: 3, ready: 3, updated: 1, total: 4 });
    expect(await stage.workloadFacts({ verb: 'rollout undo', target })).toMatchObject({ rollingOut: true });
    // The kubelet says ErrImagePull and ImagePullBackOff by turns, and the event stays: wait for the container's own turn.
    const waiting = 'container app: waiting: ImagePullBackOff';
    const { text } = await until(
      () => stage.world().cluster.diagnose(target, patience()),
      (diagnosis) => diagnosis.text.includes(waiting) && diagnosis.text.includes('Event'),
    );
    expect(text.length).toBeLessThanOrEqual(2500);
  });

  test('a crash loop shows restarts, the last end, and why in the diagnosis', async ({ expect }) => {
    const namespace = await stage.namespace(deployment({ replicas: 1, image: 'web:crash' }));
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    const seen = await until(
      () => stage.observe(target),
      ({ pods }) => pods.some(({ waiting, restarts }) => waiting === 'CrashLoopBackOff' && restarts > 0),
    );
    expect(seen.pods).toMatchObject([{ ready: false, terminated: 'Error' }]);
    const { text } = await stage.world().cluster.diagnose(target, patience());
    expect(text).toContain(`Pod ${seen.pods[0]?.name}`);
    expect(text).toContain('last ended: Error, exit code 1');
    const pod = { kind: 'Pod', namespace, name: seen.pods[0]?.name ?? '' } as const;
    expect((await stage.world().cluster.diagnose(pod, patience())).text).toContain('last ended: Error');
  });

  test('a watch tells the Warning events of what crash loops, each again under its own uid', async ({
    expect,
  }) => {
    const namespace = await stage.namespace(deployment({ replicas: 1, image: 'web:crash' }));
    const told: WarningEvent[] = [];
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, patience()]);
    const watching = stage.world().cluster.watchWarnings((event) => void told.push(event), signal);
    watching.catch(() => undefined);
    const own = () => told.filter((event) => event.namespace === namespace && event.reason === 'BackOff');
    await until(
      async () => own(),
      (events) => events.some(({ times }) => times > 1),
    );
    const [first, ...more] = own();
    expect(first).toMatchObject({
      about: { kind: 'Pod', namespace },
      message: expect.stringContaining('ack-off'),
    });
    const repeated = more.find(({ uid, times }) => uid === first?.uid && times > 1);
    expect(repeated?.since).toBe(first?.since);
    // Another watch tells what there was already, as after a start or where the place was forgotten.
    const later: WarningEvent[] = [];
    const again = stage.world().cluster.watchWarnings((event) => void later.push(event), signal);
    again.catch(() => undefined);
    await until(
      async () => later,
      (events) => events.some(({ uid }) => uid === first?.uid),
    );
    ending.abort();
    await Promise.allSettled([watching, again]);
  });

  test('a healthy workload has nothing to diagnose', async ({ expect }) => {
    const namespace = await stage.namespace(deployment());
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    await stage.settled(target);
    expect(await stage.world().cluster.diagnose(target, patience())).toEqual({
      text: 'No failing pod and no Warning event.',
    });
  });

  test('what is not there is absent', async ({ expect }) => {
    const namespace = await stage.namespace();
    const { cluster } = stage.world();
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod'] as const) {
      expect(await cluster.observe({ kind, namespace, name: 'web' }, patience()), kind).toMatchObject({
        kind: 'absent',
      });
    }
    expect(await cluster.observe({ kind: 'Node', name: 'nowhere' }, patience())).toMatchObject({
      kind: 'absent',
    });
  });

  test('pods of another owner that the selector matches do not count', async ({ expect }) => {
    const stray = { ...barePod('stray'), metadata: { name: 'stray', labels: { app: 'web', team: 'other' } } };
    const namespace = await stage.namespace(deployment({ replicas: 1 }));
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    await stage.settled(target);
    // It has a label that the ReplicaSet's selector lacks, so that it is not adopted.
    await stage.create(namespace, stray);
    await until(
      () => stage.world().cluster.observe({ kind: 'Pod', namespace, name: 'stray' }, patience()),
      (seen) => seen.kind === 'pod' && seen.pod.ready,
    );
    const { pods } = await stage.observe(target);
    expect(pods.map(({ name }) => name)).not.toContain('stray');
  });

  test.for([
    { kind: 'Deployment', manifest: deployment() },
    { kind: 'StatefulSet', manifest: statefulSet() },
    { kind: 'DaemonSet', manifest: daemonSet() },
  ] as const)('the owner of a pod is its $kind', async ({ kind, manifest }, { expect }) => {
    const namespace = await stage.namespace(manifest);
    const target = { kind, namespace, name: 'web' };
    const { pods } = await until(
      () => stage.settled(target),
      ({ desired }) => desired > 0,
    );
    const { cluster } = stage.world();
    expect(await cluster.ownerOf({ kind: 'Pod', namespace, name: pods[0]?.name ?? '' }, patience())).toEqual(
      target,
    );
  });

  test('a bare pod and a pod that is gone have no owner', async ({ expect }) => {
    const namespace = await stage.namespace(barePod('lonely'));
    const { cluster } = stage.world();
    expect(await cluster.ownerOf({ kind: 'Pod', namespace, name: 'lonely' }, patience())).toBeUndefined();
    expect(await cluster.ownerOf({ kind: 'Pod', namespace, name: 'gone' }, patience())).toBeUndefined();
  });

  test.for([
    { kind: 'Deployment', manifest: deployment(), of: (pod: string) => pod.replace(/.{5}$/, 'zzzzz') },
    { kind: 'Deployment', manifest: deployment(), of: () => 'web-5d4b7f9c6d-x2x9k' },
    { kind: 'StatefulSet', manifest: statefulSet(), of: () => 'web-77' },
    { kind: 'DaemonSet', manifest: daemonSet(), of: () => 'web-x2x9k' },
  ] as const)(
    'a pod that is gone was of its $kind, by its name',
    async ({ kind, manifest, of }, { expect }) => {
      const namespace = await stage.namespace(manifest);
      const target = { kind, namespace, name: 'web' };
      const { pods } = await until(
        () => stage.settled(target),
        ({ desired }) => desired > 0,
      );
      const { cluster } = stage.world();
      const name = of(pods[0]?.name ?? '');
      expect(await cluster.ownerOf({ kind: 'Pod', namespace, name }, patience())).toEqual({ was: target });
      for (const other of ['webby-5d4b7f9c6d-x2x9k', 'web', 'web-front'])
        expect(await cluster.ownerOf({ kind: 'Pod', namespace, name: other }, patience())).toBeUndefined();
    },
  );

  test('what may have been meant by a name: the same one first, then what is nearly the same', async ({
    expect,
  }) => {
    const name = freshName('till');
    const namespace = await stage.namespace(
      deployment({ name }),
      statefulSet({ name: `${name}-db` }),
      deployment({ name: 'web' }),
    );
    const { cluster } = stage.world();
    const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
    const meant = (wanted: Target) => cluster.resembling(wanted, kinds, patience());
    const at = (kind: 'Deployment' | 'StatefulSet', place: string, called: string) => ({
      kind,
      namespace: place,
      name: called,
    });
    const [own, database] = [at('Deployment', namespace, name), at('StatefulSet', namespace, `${name}-db`)];
    expect(await meant(own)).toEqual([own, database]);
    // Another kind, another namespace, a letter too many, a part of the name.
    expect(await meant(at('StatefulSet', namespace, name))).toEqual([own, database]);
    expect(await meant(at('Deployment', 'default', name))).toEqual([own]);
    expect(await meant(at('Deployment', namespace, `${name}x`))).toEqual([own, database]);
    expect(await meant(at('Deployment', namespace, 'till'))).toEqual([own, database]);
    // Nearly the same, and elsewhere: who names no namespace means none.
    expect(await meant(at('Deployment', 'default', `${name}x`))).toContainEqual(own);
    expect(await meant(at('Deployment', namespace, 'nothing-of-the-kind'))).toEqual([]);
    expect(await meant(at('Deployment', 'no-such-namespace', 'nothing-of-the-kind'))).toEqual([]);
  });

  test('the server can be reached', async ({ expect }) => {
    expect(await stage.world().cluster.checkReachable(patience())).toEqual({ kind: 'reachable' });
  });
}
