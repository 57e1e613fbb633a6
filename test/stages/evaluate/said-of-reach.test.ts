import { expect, it } from 'vitest';
import type { Dependents } from '../../../src/domain/facts/dependents.ts';
import { deleteJob, jobFacts, suspendJob } from '../../fixtures/batch.ts';
import {
  cordonNode,
  nodeFacts,
  nodePod,
  podFact,
  restartOf,
  scaleTo,
  statefulSetFacts,
} from '../../fixtures/facts.ts';
import { bare, daemon, drain, housing, orphan, scratch, web } from '../../fixtures/nodes.ts';
import {
  beside,
  deleted,
  drained,
  type Given,
  restarted,
  rolling,
  type Said,
  said,
  scaled,
} from '../../fixtures/said.ts';

const service = (ready: number, own: number, name = 'web') => ({ name, ready, own });
const host = (name: string, of = 'web', source = `Ingress/${name}`) => ({ host: name, service: of, source });
const asks = (source: string, failurePolicy: 'Fail' | 'Ignore' = 'Fail') => ({
  source,
  service: 'web',
  failurePolicy,
});
const leaving = (more: Partial<Dependents>): Given =>
  beside(scaled(0), { services: [service(3, 3)], ...more });
const half = (more: Partial<Dependents>): Given =>
  beside(restarted(rolling(1)), { services: [service(3, 3)], ...more });
const silent = { name: 'worker-1', reported: false, since: '2026-03-01T11:48:00.000Z' };

const rows: readonly Said[] = [
  [
    'a restart',
    'affected-pods',
    restarted(),
    ['breadth 2: 3 pods are replaced. [Deployment/web in shop: spec.replicas]'],
  ],
  [
    'one pod',
    'affected-pods',
    deleted(),
    ['breadth 1: 1 pod is replaced. [Pod/web-0 in shop: metadata.uid]'],
  ],
  [
    'a scale after another',
    'affected-pods',
    {
      ...scaled(6),
      circumstances: {
        history: {
          at: '2026-03-01T12:00:00.000Z',
          objects: { 'test/shop/Deployment/web': { actions: [], count: 0, replicas: 1 } },
        },
      },
    },
    [
      'breadth 2.6: 3 pods are started or stopped, 5 within the hour. [Deployment/web in shop: spec.replicas]',
    ],
  ],
  [
    'a name outside',
    'user-facing',
    half({ hosts: [host('shop.example'), host('other.example', 'api')] }),
    [
      'breadth 4: Users outside see it: 1 entry point (shop.example) with fewer endpoints behind. [Ingress/shop.example]',
    ],
  ],
  [
    'four names outside',
    'user-facing',
    half({ hosts: ['d', 'c', 'b', 'a'].map((name) => host(`${name}.example`)) }),
    [
      'breadth 9.3: Users outside see it: 4 entry points (a.example, b.example, c.example and 1 more) with fewer endpoints behind. [Ingress/a.example]',
    ],
  ],
  [
    'a Service that is exposed',
    'user-facing',
    half({ services: [{ ...service(3, 3), exposed: 'NodePort' }] }),
    [
      'breadth 4: Users outside see it: 1 entry point (Service/web) with fewer endpoints behind. [Service/web: spec.type]',
    ],
  ],
  [
    'names outside that lose nothing',
    'user-facing',
    beside(restarted(), { services: [service(3, 3)], hosts: [host('shop.example')] }),
    [],
  ],

  [
    'claims that go',
    'deleted-claims',
    beside(
      { action: scaleTo(1, 'StatefulSet'), facts: statefulSetFacts() },
      { retention: { whenScaled: 'Delete', whenDeleted: 'Retain' } },
    ),
    [
      'data 60: Scaling from 3 to 1 deletes 2 volume claims (whenScaled: Delete): scaling back does not bring the data back. [StatefulSet/web in shop: spec.persistentVolumeClaimRetentionPolicy]',
    ],
  ],
  [
    'claims that stay',
    'deleted-claims',
    beside(
      { action: scaleTo(1, 'StatefulSet'), facts: statefulSetFacts() },
      { retention: { whenScaled: 'Retain', whenDeleted: 'Delete' } },
    ),
    [],
  ],
  [
    'bare pods',
    'lost-with-pods',
    { action: { ...drain, force: true }, facts: housing([bare, orphan, daemon, web]) },
    [
      'irreversibility 40: Nothing brings Pod/agent-y in shop and Pod/lonely in shop back: no controller is behind them. [Pods: metadata.ownerReferences]',
    ],
  ],
  [
    'one bare pod',
    'lost-with-pods',
    { action: { ...drain, force: true }, facts: housing([bare]) },
    [
      'irreversibility 40: Nothing brings Pod/lonely in shop back: no controller is behind it. [Pods: metadata.ownerReferences]',
    ],
  ],
  [
    'scratch data',
    'lost-with-pods',
    { action: { ...drain, deleteEmptyDirData: true }, facts: housing([scratch]) },
    ['data 15: What is in the emptyDir volumes of Pod/cache-0 in shop is deleted. [Pods: spec.volumes]'],
  ],
  [
    'volumes, and files of the node',
    'lost-with-pods',
    drained(
      housing([nodePod('db-0', { traits: ['claim'] }), nodePod('log-0', { traits: ['hostPath'] })], 10, {
        zone: 'eu-1a',
      }),
    ),
    [
      'data 25: The volumes of Pod/db-0 in shop are detached and attached elsewhere; one that is local to the node or to its zone is not. The node is in the zone eu-1a. [Pods: spec.volumes]',
      'data 10: Pod/log-0 in shop read or write files of the node (hostPath), which stay behind. [Pods: spec.volumes]',
    ],
  ],
  [
    'volumes where nobody says that it ended',
    'lost-with-pods',
    drained(housing([nodePod('db-0', { traits: ['claim'] })], 10, { ready: false })),
    [
      'data 25: The volumes of Pod/db-0 in shop are detached and attached elsewhere only when their pods are known to have ended. [Pods: spec.volumes]',
    ],
  ],
  [
    'a Job',
    'lost-work',
    { action: deleteJob(), facts: jobFacts() },
    [
      'data 25: 1 running pod is stopped and not started again: the Job ends half done (1 of 2 completed). [Job/import in shop: status.active]',
    ],
  ],
  [
    'a Job that goes on later',
    'lost-work',
    { action: suspendJob(), facts: jobFacts() },
    [
      'data 15: 1 running pod is stopped: what it has not saved is lost and done again on resuming. [Job/import in shop: status.active]',
    ],
  ],
  [
    'a StatefulSet',
    'stored-data',
    { action: restartOf('StatefulSet'), facts: statefulSetFacts() },
    [
      'data 25: StatefulSet/web keeps data: 1 volume claim for each pod. [StatefulSet/web in shop: spec.volumeClaimTemplates]',
    ],
  ],
  [
    'a StatefulSet without data',
    'stored-data',
    { action: restartOf('StatefulSet'), facts: statefulSetFacts({ claimTemplates: 0 }) },
    [
      'data 15: StatefulSet/web is stateful: its pods have identities and are replaced in order. [StatefulSet/web in shop: kind]',
    ],
  ],
  [
    'a pod of a StatefulSet',
    'stored-data',
    deleted({ controller: { kind: 'StatefulSet', name: 'db', desired: 3, ready: 3 } }),
    [
      'data 25: The pod belongs to StatefulSet/db: it keeps its identity, and its volumes are attached again. [Pod/web-0 in shop: metadata.ownerReferences]',
    ],
  ],
  [
    'a pod of a StatefulSet that nobody hears from',
    'stored-data',
    deleted({
      controller: { kind: 'StatefulSet', name: 'db', desired: 3, ready: 3 },
      pod: podFact('web-0', { ready: false, node: 'worker-1' }),
      unreadyNode: silent,
    }),
    [
      'data 25: The pod belongs to StatefulSet/db: it keeps its identity, and its volumes stay attached until it is known to have ended. [Pod/web-0 in shop: metadata.ownerReferences]',
    ],
  ],

  [
    'a cordon of the control plane',
    'control-plane',
    { action: cordonNode, facts: nodeFacts({ controlPlane: true }) },
    [
      'controlPlane 45: Node/worker-1 runs the control plane of the cluster. [Node/worker-1: metadata.labels]',
    ],
  ],
  [
    'an uncordon of it',
    'control-plane',
    {
      action: { verb: 'uncordon', target: { kind: 'Node', name: 'worker-1' } },
      facts: nodeFacts({ controlPlane: true, unschedulable: true }),
    },
    [
      'controlPlane 10: Node/worker-1 runs the control plane of the cluster. [Node/worker-1: metadata.labels]',
    ],
  ],
  [
    'a webhook that may be left out',
    'served-by-pods',
    leaving({ dependencies: [asks('MutatingWebhookConfiguration/x', 'Ignore')] }),
    [
      'controlPlane 12: The pods serve MutatingWebhookConfiguration/x (failurePolicy Ignore): what it checks may go unchecked meanwhile. [MutatingWebhookConfiguration/x]',
    ],
  ],
  [
    'a webhook that may not',
    'served-by-pods',
    leaving({ dependencies: [asks('MutatingWebhookConfiguration/x')] }),
    [
      'block 100: The pods serve MutatingWebhookConfiguration/x (failurePolicy Fail): with 0 of 3 ready endpoints left, the API server refuses what it checks. [MutatingWebhookConfiguration/x]',
    ],
  ],
  [
    'a conversion',
    'served-by-pods',
    leaving({ dependencies: [asks('CustomResourceDefinition/x')] }),
    [
      'block 100: The pods convert CustomResourceDefinition/x: with 0 of 3 ready endpoints left, its objects cannot be read or written but in the version that is stored. [CustomResourceDefinition/x]',
    ],
  ],
  [
    'an API',
    'served-by-pods',
    leaving({ dependencies: [asks('APIService/x', 'Ignore')] }),
    ['controlPlane 60: APIService/x would not be served by any pod. [APIService/x]'],
  ],
  [
    'a webhook that has some left',
    'served-by-pods',
    half({ dependencies: [asks('MutatingWebhookConfiguration/x')] }),
    [
      'controlPlane 30: The API server depends on these pods (MutatingWebhookConfiguration/x): 2 of 3 ready endpoints are left. [MutatingWebhookConfiguration/x]',
    ],
  ],
  [
    'a webhook that has one left',
    'served-by-pods',
    beside(restarted({ desired: 2, ...rolling(1) }), {
      services: [service(2, 2)],
      dependencies: [asks('MutatingWebhookConfiguration/x')],
    }),
    [
      'controlPlane 30: The API server depends on these pods (MutatingWebhookConfiguration/x): 1 of 2 ready endpoints is left. [MutatingWebhookConfiguration/x]',
    ],
  ],
  [
    'a webhook that has none',
    'served-by-pods',
    beside(restarted(), { dependencies: [asks('MutatingWebhookConfiguration/x')] }),
    [
      'controlPlane 30: The API server depends on these pods (MutatingWebhookConfiguration/x): no endpoint is ready now. [MutatingWebhookConfiguration/x]',
    ],
  ],
  [
    'critical for the cluster',
    'system-priority',
    beside(restarted(), { priorityClass: 'system-cluster-critical' }),
    [
      'controlPlane 35: The pods have the priority system-cluster-critical: the cluster depends on them. [Deployment/web in shop: spec.priorityClassName]',
    ],
  ],
  [
    'critical for its node',
    'system-priority',
    beside(restarted(), { priorityClass: 'system-node-critical' }),
    [
      'controlPlane 35: The pods have the priority system-node-critical: its node depends on them. [Deployment/web in shop: spec.priorityClassName]',
    ],
  ],
  ['a priority of its own', 'system-priority', beside(restarted(), { priorityClass: 'high' }), []],
  [
    'no way back',
    'rollback',
    restarted(),
    [
      'irreversibility 6: A restart cannot be taken back: it leaves the template as it was, and the old pods are gone. [Deployment/web in shop: rollback plan]',
    ],
  ],
  [
    'a way back',
    'rollback',
    scaled(5),
    [
      'irreversibility 2: Rollback: Scale Deployment/web in shop back to 3, which is live now. [Deployment/web in shop: rollback plan]',
    ],
  ],
];

it.each(rows)('%s: %s', (_name, rule, given, lines) => {
  expect(said(given, rule)).toEqual(lines);
});
