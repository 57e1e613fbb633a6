import { test } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { Stage } from './cluster-world.ts';
import {
  convertedKind,
  customKinds,
  install,
  knativeRoute,
  removeKind,
  revision,
  routedTo,
  scaledObject,
  tlsRoute,
  verticalAutoscaler,
  virtualService,
} from './custom-kinds.ts';
import { autoscaler, container, deployment, service } from './manifests.ts';
import { until } from './rest.ts';

const restart = (namespace: string): Action => ({
  verb: 'rollout restart',
  target: { kind: 'Deployment', namespace, name: 'web' },
});

/** What `gather` tells of kinds that others have installed. */
export function customFactsContract(stage: Stage): void {
  test('hosts of TLSRoutes, VirtualServices of any namespace, and Knative Routes', async ({ expect }) => {
    const { TLSRoute, VirtualService, KnativeRoute } = customKinds;
    await Promise.all([TLSRoute, VirtualService, KnativeRoute].map((each) => install(stage, each)));
    const labels = { app: 'web', 'serving.knative.dev/revision': 'web-00001' };
    const namespace = await stage.namespace(
      deployment({ spec: { template: { metadata: { labels }, spec: { containers: [container()] } } } }),
      service('web'),
      tlsRoute('web', 'tls.example'),
      virtualService('web', 'mesh.example', 'web'),
      virtualService('other', 'other.example', 'other'),
      knativeRoute('web'),
    );
    const route = `/apis/serving.knative.dev/v1/namespaces/${namespace}/routes/web`;
    await stage.patch(`${route}/status`, routedTo('web-00001', 'https://knative.example'));
    const edge = await stage.namespace(
      virtualService('gate', 'gate.example', `web.${namespace}.svc.cluster.local`),
    );
    const { neighbourhood, unknown } = await stage.facts(restart(namespace));
    expect(unknown).toEqual([]);
    expect(neighbourhood?.hosts).toEqual([
      { host: 'knative.example', service: 'web', source: 'KnativeRoute/web' },
      { host: 'tls.example', service: 'web', source: 'TLSRoute/web' },
      { host: 'gate.example', service: 'web', source: `VirtualService/gate in ${edge}` },
      { host: 'mesh.example', service: 'web', source: 'VirtualService/web' },
    ]);
  });

  test('definitions whose objects a webhook behind the pods converts', async ({ expect }) => {
    const namespace = await stage.namespace(deployment(), service('web'));
    const name = await convertedKind(stage, namespace);
    const { neighbourhood, unknown } = await stage.facts(restart(namespace));
    await removeKind(stage, name);
    expect(unknown).toEqual([]);
    expect(neighbourhood?.dependencies).toEqual([
      { source: `CustomResourceDefinition/${name}`, service: 'web', failurePolicy: 'Fail' },
    ]);
  });

  test('the operator behind a Deployment, and behind its pods', async ({ expect }) => {
    await install(stage, customKinds.Revision);
    const namespace = await stage.namespace(revision('web-00001'));
    const above = await stage.raw(`/apis/serving.knative.dev/v1/namespaces/${namespace}/revisions/web-00001`);
    const owner = { apiVersion: 'serving.knative.dev/v1', kind: 'Revision', name: 'web-00001' };
    const ownerReferences = [{ ...owner, uid: above.metadata.uid, controller: true }];
    await stage.create(namespace, deployment({ metadata: { ownerReferences } }));
    const target = { kind: 'Deployment', namespace, name: 'web' } as const;
    const { pods } = await stage.settled(target);
    expect(await stage.facts({ verb: 'rollout pause', target })).toMatchObject({ owner, unknown: [] });
    const pod = { kind: 'Pod', namespace, name: pods[0]?.name ?? '' } as const;
    expect(await stage.facts({ verb: 'delete pod', target: pod })).toMatchObject({ owner, unknown: [] });
  });

  test('autoscalers: what they want, whether KEDA is paused, what sets the requests', async ({ expect }) => {
    const { ScaledObject, VerticalPodAutoscaler } = customKinds;
    await Promise.all([ScaledObject, VerticalPodAutoscaler].map((each) => install(stage, each)));
    const namespace = await stage.namespace(
      deployment({ replicas: 3 }),
      autoscaler('web', { minReplicas: 2, maxReplicas: 6 }),
      scaledObject('web', { 'autoscaling.keda.sh/paused': 'true' }),
      scaledObject('other'),
      verticalAutoscaler('web', 'Initial'),
      verticalAutoscaler('other', 'Auto'),
    );
    const action = restart(namespace);
    await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
    const facts = await until(
      () => stage.facts(action),
      ({ autoscaler: horizontal }) =>
        horizontal?.current === 3 &&
        horizontal.conditions?.some(({ type }) => type === 'ScalingActive') === true,
    );
    expect(facts).toMatchObject({
      scaledObject: { name: 'web', paused: true },
      verticalAutoscaler: { name: 'web', mode: 'Initial' },
      unknown: [],
    });
  });
}
