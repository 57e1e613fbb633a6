import { expect, test } from 'vitest';
import type { Api } from '../../../src/adapters/kubernetes/client/api.ts';
import { anyObject } from '../../../src/adapters/kubernetes/client/objects.ts';
import { createReader } from '../../../src/adapters/kubernetes/client/read.ts';
import { readOperator } from '../../../src/adapters/kubernetes/facts/owners/operator.ts';
import { createUnknowns } from '../../../src/adapters/kubernetes/facts/unknowns.ts';

const { signal } = new AbortController();

interface Above {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

const uidOf = ({ kind, name }: Above) => `uid of ${kind}/${name}`;

function owned(own: Above, above: Above | undefined) {
  const ownerReferences = above === undefined ? [] : [{ ...above, uid: uidOf(above), controller: true }];
  return { metadata: { name: own.name, uid: uidOf(own), resourceVersion: '1', ownerReferences } };
}

/** Who controls a Deployment that stands under these, the nearest first. */
async function operatorUnder(...chain: readonly Above[]) {
  const objects = new Map(chain.map((each, index) => [each.name, owned(each, chain[index + 1])]));
  const api: Api = async ({ resource }) => ({
    kind: 'ok',
    status: 200,
    body: objects.get(resource.name ?? ''),
    warnings: [],
  });
  const object = owned({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'otel' }, chain[0]);
  const unknowns = createUnknowns(signal);
  return readOperator(createReader(api, signal), unknowns, 'shop', anyObject.parse(object));
}

const collector = { apiVersion: 'opentelemetry.io/v1beta1', kind: 'OpenTelemetryCollector', name: 'main' };
const cronJob = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'report' };
const job = { apiVersion: 'batch/v1', kind: 'Job', name: 'report-1' };
const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-a' };
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

test.each<[string, readonly Above[], Above | undefined]>([
  ['nothing', [], undefined],
  ['an object of an operator', [collector], collector],
  ['one behind a ReplicaSet and its Deployment', [set, deployment, collector], collector],
  ['one behind a Job of a CronJob', [job, cronJob, collector], collector],
  ['a CronJob of nobody', [job, cronJob], undefined],
  [
    "an installed kind of the community's own groups",
    [{ apiVersion: 'app.k8s.io/v1beta1', kind: 'Application', name: 'shop' }],
    { apiVersion: 'app.k8s.io/v1beta1', kind: 'Application', name: 'shop' },
  ],
  [
    'a Deployment of another group than apps',
    [{ apiVersion: 'example.com/v1', kind: 'Deployment', name: 'shop' }],
    { apiVersion: 'example.com/v1', kind: 'Deployment', name: 'shop' },
  ],
  [
    'a built-in object that no controller of Kubernetes owns things by',
    [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'cluster' }],
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'cluster' },
  ],
  ["the kubelet's own pods", [{ apiVersion: 'v1', kind: 'Node', name: 'worker-1' }], undefined],
  ['a ReplicationController', [{ apiVersion: 'v1', kind: 'ReplicationController', name: 'old' }], undefined],
])('controlled by %s', async (_name, chain, owner) => {
  expect(await operatorUnder(...chain)).toEqual(owner);
});
