import { expect, it } from 'vitest';
import type { Dependents } from '../../../src/domain/facts/dependents.ts';
import { cronJobFacts, runCronJob, suspendCronJob } from '../../fixtures/batch.ts';
import { cordonNode, nodeFacts, nodePod } from '../../fixtures/facts.ts';
import { autoscalerFacts, patchOf } from '../../fixtures/fields.ts';
import { evicting, housing, pair, web } from '../../fixtures/nodes.ts';
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

const fewer = (max: number): Given => ({
  action: patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': max }),
  facts: autoscalerFacts({ min: 1, max: 10, current: 6, desired: 6 }),
});
const stays = (name: string, reason: string) => nodePod(name, { noPlace: reason });
const service = (ready: number, own: number, name = 'web') => ({ name, ready, own });
const leaving = (more: Partial<Dependents>): Given =>
  beside(scaled(0), { services: [service(3, 3)], ...more });

const rows: readonly Said[] = [
  [
    'a lower limit',
    'fewer-replicas',
    fewer(3),
    [
      'availability 12: 3 of 6 replicas of Deployment/web are left. [HorizontalPodAutoscaler/web in shop: spec.maxReplicas]',
    ],
  ],
  ['a limit as low as what there is', 'fewer-replicas', fewer(6), []],
  [
    'a limit of one',
    'fewer-replicas',
    fewer(1),
    [
      'availability 20: 1 of 6 replicas of Deployment/web are left. [HorizontalPodAutoscaler/web in shop: spec.maxReplicas]',
    ],
  ],
  [
    'more replicas',
    'growth',
    scaled(5),
    [
      'availability 2.9: Scaling from 3 to 5 replicas takes room from others on the same nodes. [Deployment/web in shop: spec.replicas]',
    ],
  ],
  [
    'a leader',
    'lease-holder',
    beside(restarted(), { leases: [{ name: 'main', pod: 'web-0' }] }),
    [
      'availability 15: Pod/web-0 holds Lease/main: when it goes, nobody leads until another takes over. [Lease/main: spec.holderIdentity]',
    ],
  ],
  [
    'pods without a place',
    'no-place',
    drained(housing([stays('a', 'no room'), stays('b', 'no room'), stays('c', 'a taint'), web])),
    [
      'availability 40: 3 pods would find no place on another node: Pod/c in shop (a taint), Pod/a in shop and Pod/b in shop (no room). [Nodes: status.allocatable]',
      'floor 51: 3 pods would find no place on another node: Pod/c in shop (a taint), Pod/a in shop and Pod/b in shop (no room). [Nodes: status.allocatable]',
    ],
  ],
  [
    'pods without a place for four reasons',
    'no-place',
    drained(housing(['a', 'b', 'c', 'd'].map((name) => stays(name, `reason ${name}`)))),
    [
      'availability 40: 4 pods would find no place on another node: Pod/a in shop (reason a), Pod/b in shop (reason b), Pod/c in shop (reason c) and others for 1 more reason. [Nodes: status.allocatable]',
      'floor 51: 4 pods would find no place on another node: Pod/a in shop (reason a), Pod/b in shop (reason b), Pod/c in shop (reason c) and others for 1 more reason. [Nodes: status.allocatable]',
    ],
  ],
  [
    'a third',
    'ready-pods',
    restarted(rolling(1)),
    ['availability 8: 2 of 3 ready pods left at the worst moment. [Deployment/web in shop: spec.strategy]'],
  ],
  [
    'all of them',
    'ready-pods',
    scaled(0),
    [
      'availability 40: 0 of 3 ready pods left at the worst moment: an outage. [Deployment/web in shop: spec.replicas]',
    ],
  ],
  [
    'all but one',
    'ready-pods',
    scaled(1),
    ['availability 16: 1 of 3 ready pods left at the worst moment. [Deployment/web in shop: spec.replicas]'],
  ],
  [
    'all, of what is recreated',
    'ready-pods',
    restarted({ strategy: { type: 'Recreate' } }),
    [
      'availability 40: Recreate stops all pods before new ones start: 0 of 3 ready pods left at the worst moment: an outage. [Deployment/web in shop: spec.strategy.type]',
    ],
  ],
  [
    'none, where none is ready',
    'ready-pods',
    restarted({ ready: 0, available: 0, ...rolling(1) }),
    [
      'availability 2: No pod of Deployment/web is ready now: there is nothing left to lose. [Deployment/web in shop: spec.strategy]',
    ],
  ],
  [
    'one of three',
    'ready-pods',
    deleted(),
    [
      'availability 8: 2 of 3 ready pods left at the worst moment. [Pod/web-0 in shop: status.conditions[Ready]]',
    ],
  ],
  [
    'one of nobody knows how many',
    'ready-pods',
    deleted({ controller: { kind: 'StatefulSet', name: 'db' } }),
    [
      'availability 40: It is not known how many other pods of StatefulSet/db are ready. [StatefulSet/db: status.readyReplicas]',
      'floor 11: It is not known how many other pods of StatefulSet/db are ready. [StatefulSet/db: status.readyReplicas]',
    ],
  ],
  [
    'a schedule',
    'runs-stop',
    { action: suspendCronJob(), facts: cronJobFacts() },
    [
      'availability 8: No more runs at "0 2 * * *" until somebody resumes it. [CronJob/report in shop: spec.schedule]',
    ],
  ],
  [
    'a Service of a run',
    'selected-by-service',
    beside({ action: runCronJob(), facts: cronJobFacts() }, { services: [service(1, 0)] }),
    [
      'availability 20: Service/web selects the pods that are started: while they are ready it sends them requests. [Service/web: spec.selector]',
    ],
  ],
  [
    'no endpoint left',
    'service-endpoints',
    leaving({}),
    [
      'availability 45: Service/web would have 0 of 3 ready endpoints left: its callers get errors. [Service/web: EndpointSlices]',
    ],
  ],
  ['one endpoint left', 'service-endpoints', beside(scaled(0), { services: [service(4, 3)] }), []],
  ['no endpoint before', 'service-endpoints', beside(scaled(0), { services: [service(0, 0)] }), []],
  [
    'one replica',
    'single-replica',
    restarted({ desired: 1 }),
    [
      'availability 20: Deployment/web has a single replica: nothing else serves if the new pod does not. [Deployment/web in shop: spec.replicas]',
    ],
  ],
  ['one replica that is not ready', 'single-replica', restarted({ desired: 1, ready: 0, available: 0 }), []],
  ['two replicas', 'single-replica', restarted({ desired: 2 }), []],
  [
    'a node that has all of one',
    'sole-workloads',
    beside(
      { action: cordonNode, facts: nodeFacts() },
      { soleWorkloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', pods: 2 }] },
    ),
    [
      'breadth 2: 1 workload has all its ready pods on this node: Deployment/web in shop. [Pods: spec.nodeName]',
    ],
  ],
  [
    'a node that has all of two',
    'sole-workloads',
    beside(
      { action: cordonNode, facts: nodeFacts() },
      {
        soleWorkloads: ['api', 'web'].map((name) => ({
          kind: 'Deployment',
          namespace: 'shop',
          name,
          pods: 2,
        })),
      },
    ),
    [
      'breadth 3.2: 2 workloads have all their ready pods on this node: Deployment/api in shop and Deployment/web in shop. [Pods: spec.nodeName]',
    ],
  ],
  [
    'a drain that takes all',
    'sole-workloads',
    drained(housing(pair, 2)),
    [
      'availability 40: 1 workload has no ready pod left until another is ready elsewhere: Deployment/web in shop. [Pods: spec.nodeName]',
    ],
  ],
  [
    'a drain that takes a third',
    'sole-workloads',
    drained(housing([web], 3)),
    [
      'availability 8: Deployment/web in shop has 2 of 3 ready pods left at the worst moment. [Pods: spec.nodeName]',
    ],
  ],
  [
    'a taint that takes all',
    'sole-workloads',
    { action: evicting, facts: housing(pair, 2) },
    [
      'availability 45: 1 workload has no ready pod left until another is ready elsewhere: Deployment/web in shop. [Pods: spec.nodeName]',
    ],
  ],
  [
    'a drain that takes all of two',
    'sole-workloads',
    drained(housing([...pair, nodePod('api-0', { owner: 'Deployment/api' })], 1)),
    [
      'availability 40: 2 workloads have no ready pod left until another is ready elsewhere: Deployment/api in shop and Deployment/web in shop. [Pods: spec.nodeName]',
    ],
  ],
  [
    'a cordon',
    'spare-capacity',
    { action: cordonNode, facts: nodeFacts() },
    [
      'availability 10: 2 other nodes can still take pods; the 10 pods on this one stay. [Node/worker-1: spec.unschedulable]',
    ],
  ],
  [
    'a cordon of one that is not ready',
    'spare-capacity',
    { action: cordonNode, facts: nodeFacts({ ready: false }) },
    [
      'availability 2: Node/worker-1 is not ready and takes no pods anyway; 2 other nodes can. [Node/worker-1: spec.unschedulable]',
    ],
  ],
  [
    'a drain of one that is cordoned',
    'spare-capacity',
    drained(housing([web], 3, { unschedulable: true })),
    [
      'availability 2: Node/worker-1 is cordoned and takes no pods anyway; 5 other nodes can. [Node/worker-1: spec.unschedulable]',
    ],
  ],
  [
    'a drain',
    'spare-capacity',
    drained(housing([web], 3, { otherSchedulableNodes: 1 })),
    [
      'availability 15: 1 other node can still take pods; 1 of the 10 pods on this one must go there. [Node/worker-1: spec.unschedulable]',
    ],
  ],
];

it.each(rows)('%s: %s', (_name, rule, given, lines) => {
  expect(said(given, rule)).toEqual(lines);
});
