import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Stage } from '../contract/cluster-world.ts';
import {
  convertedKind,
  customKinds,
  install,
  removeKind,
  revision,
  scaledObject,
  verticalAutoscaler,
  virtualService,
} from '../contract/custom-kinds.ts';
import { deployment, lease } from '../contract/manifests.ts';
import { until } from '../contract/rest.ts';
import { kubectl } from './oracle.ts';

type Prepare = (namespace: string) => Promise<void>;

/** What is done to a namespace that objects alone do not do. */
export interface Preparations {
  readonly webhookBehind: Prepare;
  readonly conversionBehind: Prepare;
  readonly appliedByTerraform: Prepare;
  readonly madeByOperator: Prepare;
  readonly leaderIn: Prepare;
  readonly somebodyElse: Prepare;
  readonly pausedByKeda: Prepare;
  readonly resized: Prepare;
  readonly meshed: Prepare;
  /** Takes away what was made outside the namespaces. */
  undo(): Promise<void>;
}

const three = (metadata: JsonObject = {}) => deployment({ replicas: 3, metadata });

export function createPreparations(stage: Stage): Preparations {
  const webhookConfigurations: string[] = [];
  const kinds: string[] = [];
  return {
    async webhookBehind(namespace) {
      const name = `policy-${namespace}`;
      webhookConfigurations.push(name);
      await kubectl(['apply', '-f', '-'], JSON.stringify(webhookFor(name, namespace)));
    },
    async conversionBehind(namespace) {
      kinds.push(await convertedKind(stage, namespace));
    },
    async appliedByTerraform(namespace) {
      const manager = ['--server-side', '--field-manager=Terraform'];
      await kubectl(['apply', ...manager, '-n', namespace, '-f', '-'], JSON.stringify(three()));
    },
    async madeByOperator(namespace) {
      await install(stage, customKinds.Revision);
      await stage.create(namespace, revision('web-00001'));
      const path = `/apis/serving.knative.dev/v1/namespaces/${namespace}/revisions/web-00001`;
      const { uid } = (await stage.raw(path)).metadata;
      const owner = { apiVersion: 'serving.knative.dev/v1', kind: 'Revision', name: 'web-00001' };
      await stage.create(namespace, three({ ownerReferences: [{ ...owner, uid, controller: true }] }));
    },
    async leaderIn(namespace) {
      const { pods } = await stage.settled({ kind: 'Deployment', namespace, name: 'web' });
      await stage.create(namespace, lease('web', pods[0]?.name ?? ''));
    },
    somebodyElse,
    async pausedByKeda(namespace) {
      await install(stage, customKinds.ScaledObject);
      const annotations = { 'autoscaling.keda.sh/paused-replicas': '2' };
      await stage.create(namespace, scaledObject('web', annotations));
    },
    async resized(namespace) {
      await install(stage, customKinds.VerticalPodAutoscaler);
      await stage.create(namespace, verticalAutoscaler('web', 'Recreate'));
    },
    async meshed(namespace) {
      await install(stage, customKinds.VirtualService);
      await stage.create(
        namespace,
        virtualService('web', 'mesh.example', `web.${namespace}.svc.cluster.local`),
      );
    },
    async undo() {
      if (webhookConfigurations.length > 0)
        await kubectl(['delete', 'validatingwebhookconfiguration', ...webhookConfigurations]);
      await Promise.all(kinds.map((name) => removeKind(stage, name)));
    },
  };
}

/** Without rules it is asked about nothing, so that no other test feels it. */
const webhookFor = (name: string, namespace: string) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name },
  webhooks: [
    {
      name: 'policy.firebreak.example',
      clientConfig: { service: { namespace, name: 'web' } },
      failurePolicy: 'Fail',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
});

/** Times in managedFields are whole seconds: a change in the second of the creation cannot be told from it. */
async function somebodyElse(namespace: string): Promise<void> {
  const created = Date.now();
  await until(
    async () => Date.now(),
    (now) => now > created + 2000,
  );
  const patch = JSON.stringify({ spec: { template: { metadata: { annotations: { by: 'hand' } } } } });
  await kubectl(['patch', 'deployment/web', '-n', namespace, '--patch', patch]);
}
