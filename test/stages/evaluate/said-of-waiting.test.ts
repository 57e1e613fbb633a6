import { expect, it } from 'vitest';
import type { Dependents } from '../../../src/domain/facts/dependents.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import {
  cordonNode,
  deploymentFacts,
  inNamespace,
  podFact,
  restartOf,
  scaleTo,
  statefulSetFacts,
} from '../../fixtures/facts.ts';
import { evicting, housing, node, web } from '../../fixtures/nodes.ts';
import { beside, deleted, restarted, type Said, said, scaled } from '../../fixtures/said.ts';

const changed = (at: string, more: object = {}): Partial<Dependents> => ({
  lastChange: { manager: 'kubectl-edit', field: 'spec.template', at, ...more },
});
const silent = { name: 'worker-1', reported: false, since: '2026-03-01T11:48:00.000Z' };
const unheard = (pods: string[]) => ({ tried: 1, placed: 1, silent: [{ node: silent, pods }] });
const held = { name: 'data', nodes: ['worker-1'] };
const ending = (name: string, due: string, finalizers?: string[]) =>
  podFact(name, {
    ready: false,
    deleting: true,
    termination: {
      since: '2026-03-01T11:50:00.000Z',
      due,
      ...(finalizers === undefined ? {} : { finalizers }),
    },
  });
const late = '2026-03-01T11:59:00.000Z';
const unread = { unknown: [{ fact: 'autoscaler', reason: 'forbidden' }] } satisfies Partial<Facts>;
const unreadNodes = { unknown: [{ fact: 'other nodes', reason: 'forbidden' }] } satisfies Partial<Facts>;

const rows: readonly Said[] = [
  [
    'just now',
    'recent-change',
    beside(restarted(), changed('2026-03-01T11:58:00.000Z')),
    [
      'floor 11: kubectl-edit changed spec.template 2 min ago: somebody else is at work here. [Deployment/web in shop: metadata.managedFields]',
    ],
  ],
  ['long ago', 'recent-change', beside(restarted(), changed('2026-03-01T08:00:00.000Z')), []],
  [
    'a rollout',
    'running-rollout',
    restarted({ rollingOut: true, updated: 1 }),
    [
      'floor 11: A rollout of Deployment/web is running: 1 of 3 pods is of the new revision. [Deployment/web in shop: status.updatedReplicas]',
    ],
  ],
  [
    'a rollout of two',
    'running-rollout',
    restarted({ rollingOut: true, updated: 2 }),
    [
      'floor 11: A rollout of Deployment/web is running: 2 of 3 pods are of the new revision. [Deployment/web in shop: status.updatedReplicas]',
    ],
  ],
  [
    'one that is not begun',
    'running-rollout',
    restarted({ observedGeneration: 6 }),
    [
      'floor 11: A rollout of Deployment/web has been asked for, and its controller has not begun it. [Deployment/web in shop: status.observedGeneration]',
    ],
  ],
  [
    'one container',
    'ready-proof',
    restarted({ unproven: ['web'] }),
    [
      'floor 11: Nothing checks whether the container web is ready (no readinessProbe, minReadySeconds 0): Ready says no more than that it was started. [Deployment/web in shop: spec.template.spec.containers]',
    ],
  ],
  [
    'two containers',
    'ready-proof',
    restarted({ unproven: ['web', 'log'] }),
    [
      'floor 11: Nothing checks whether the containers web, log are ready (no readinessProbe, minReadySeconds 0): Ready says no more than that they were started. [Deployment/web in shop: spec.template.spec.containers]',
    ],
  ],
  ['another container', 'ready-proof', restarted({ unproven: ['log'] }), []],
  [
    'a node that tells nothing',
    'unready-node',
    restarted({ strategy: { type: 'Recreate' } }, { places: unheard(['web-0']) }),
    [
      'floor 51: Node/worker-1 has not reported for 12 minutes: nobody confirms that a pod has ended there. Pod/web-0 would stay Terminating until the node is back or its Node object is deleted. [Deployment/web in shop: pods: spec.nodeName]',
      'floor 51: Once the machine is surely off, the taint node.kubernetes.io/out-of-service=nodeshutdown:NoExecute on worker-1 ends them, and so does deleting its Node object. Firebreak deletes nothing by force (--force --grace-period=0): on a machine that still runs, the old pod would go on beside the new one. [Deployment/web in shop: pods: spec.nodeName]',
      'floor 51: The rollout of Deployment/web waits for Node/worker-1 and does not come to its end before that. [Deployment/web in shop: pods: spec.nodeName]',
    ],
  ],
  [
    'a node that tells nothing, and fewer pods',
    'unready-node',
    scaled(1, {}, { places: unheard(['web-0', 'web-1']) }),
    [
      'floor 51: Node/worker-1 has not reported for 12 minutes: nobody confirms that a pod has ended there. Pod/web-0 and Pod/web-1 would stay Terminating until the node is back or its Node object is deleted. [Deployment/web in shop: pods: spec.nodeName]',
      'floor 51: Once the machine is surely off, the taint node.kubernetes.io/out-of-service=nodeshutdown:NoExecute on worker-1 ends them, and so does deleting its Node object. Firebreak deletes nothing by force (--force --grace-period=0): on a machine that still runs, the old pod would go on beside the new one. [Deployment/web in shop: pods: spec.nodeName]',
    ],
  ],
  [
    'a node that tells nothing, and fewer of a StatefulSet',
    'unready-node',
    { action: scaleTo(1, 'StatefulSet'), facts: statefulSetFacts({}, { places: unheard(['web-2']) }) },
    [
      'floor 51: Node/worker-1 has not reported for 12 minutes: nobody confirms that a pod has ended there. Pod/web-2 would stay Terminating until the node is back or its Node object is deleted. [StatefulSet/web in shop: pods: spec.nodeName]',
      'floor 51: The volumes of Pod/web-2 stay attached to Node/worker-1 until then. [StatefulSet/web in shop: pods: spec.nodeName]',
      'floor 51: Once the machine is surely off, the taint node.kubernetes.io/out-of-service=nodeshutdown:NoExecute on worker-1 ends them, and so does deleting its Node object. Firebreak deletes nothing by force (--force --grace-period=0): on a machine that still runs, the old pod would go on beside the new one. [StatefulSet/web in shop: pods: spec.nodeName]',
      'floor 51: The change of StatefulSet/web to fewer replicas waits for Node/worker-1 and does not come to its end before that, and no other pod of it is started, replaced or taken away. [StatefulSet/web in shop: pods: spec.nodeName]',
    ],
  ],
  [
    'the same, of which others go on',
    'unready-node',
    {
      action: scaleTo(1, 'StatefulSet'),
      facts: statefulSetFacts(
        { claimTemplates: 0, ordinals: { first: 0, inOrder: false } },
        { places: unheard(['web-2']) },
      ),
    },
    [
      'floor 51: Node/worker-1 has not reported for 12 minutes: nobody confirms that a pod has ended there. Pod/web-2 would stay Terminating until the node is back or its Node object is deleted. [StatefulSet/web in shop: pods: spec.nodeName]',
      'floor 51: Once the machine is surely off, the taint node.kubernetes.io/out-of-service=nodeshutdown:NoExecute on worker-1 ends them, and so does deleting its Node object. Firebreak deletes nothing by force (--force --grace-period=0): on a machine that still runs, the old pod would go on beside the new one. [StatefulSet/web in shop: pods: spec.nodeName]',
      'floor 51: The change of StatefulSet/web to fewer replicas waits for Node/worker-1 and does not come to its end before that. [StatefulSet/web in shop: pods: spec.nodeName]',
    ],
  ],
  [
    'a volume in use',
    'single-writer-volume',
    restarted({}, { places: { tried: 1, placed: 1, claims: [held] } }),
    [
      'floor 11: PersistentVolumeClaim/data is ReadWriteOnce and in use on worker-1: a new pod on another node waits for it for ever, while the old pod stays until the new one is ready and keeps it in use. Set the strategy of Deployment/web to Recreate, or scale it to 0 and back instead. [PersistentVolumeClaim/data: spec.accessModes]',
    ],
  ],
  [
    'a volume in use of a StatefulSet',
    'single-writer-volume',
    {
      action: restartOf('StatefulSet'),
      facts: statefulSetFacts({}, { places: { tried: 1, placed: 1, claims: [{ ...held, never: true }] } }),
    },
    [
      'block 100: PersistentVolumeClaim/data is ReadWriteOnce and in use on worker-1: a new pod can only come to another node, where it waits for it for ever, while other pods keep it in use. Scale StatefulSet/web to 0 and back instead. [PersistentVolumeClaim/data: spec.accessModes]',
    ],
  ],
  [
    'a volume in use, and a pod that is deleted',
    'single-writer-volume',
    deleted({}, { places: { tried: 1, placed: 1, claims: [{ ...held, never: true }] } }),
    [
      'floor 11: PersistentVolumeClaim/data is ReadWriteOnce and in use on worker-1: a new pod can only come to another node, where it waits for it and does not start. A volume for each pod, or one of ReadWriteMany, is what Pod/web-0 would need. [PersistentVolumeClaim/data: spec.accessModes]',
    ],
  ],
  [
    'three that should be gone',
    'stuck-pods',
    restarted({ pods: ['a', 'b', 'c'].map((name) => ending(name, late)) }),
    [
      'floor 11: Pod/a has been Terminating for 10 minutes, Pod/b has been Terminating for 10 minutes, Pod/c has been Terminating for 10 minutes: what comes after waits for that, or runs beside it. [Deployment/web in shop: pods: metadata.deletionTimestamp]',
    ],
  ],
  [
    'four that should be gone',
    'stuck-pods',
    restarted({ pods: ['a', 'b', 'c', 'd'].map((name) => ending(name, late)) }),
    [
      'floor 11: Pod/a has been Terminating for 10 minutes, Pod/b has been Terminating for 10 minutes, Pod/c has been Terminating for 10 minutes and 1 more: what comes after waits for that, or runs beside it. [Deployment/web in shop: pods: metadata.deletionTimestamp]',
    ],
  ],
  [
    'one that is held, and one with time',
    'stuck-pods',
    restarted({
      pods: [
        ending('a', '2026-03-01T12:00:00.000Z', ['example.com/hold']),
        ending('b', '2026-03-01T12:00:00.000Z'),
      ],
    }),
    [
      'floor 11: Pod/a has been Terminating for 10 minutes, held by the finalizer example.com/hold: what comes after waits for that, or runs beside it. [Deployment/web in shop: pods: metadata.deletionTimestamp]',
    ],
  ],
  [
    'what was not read',
    'unknown-facts',
    restarted({}, unread),
    ['floor 11: Not known: autoscaler (forbidden). [Deployment/web in shop: autoscaler]'],
  ],
  [
    'what was not read in production',
    'unknown-facts',
    {
      action: restartOf('Deployment', 'production'),
      facts: inNamespace('production', deploymentFacts({}, unread)),
    },
    ['floor 51: Not known: autoscaler (forbidden). [Deployment/web in production: autoscaler]'],
  ],
  [
    'what was not read of a node whose pods go',
    'unknown-facts',
    { action: evicting, facts: { ...housing([web]), ...unreadNodes } },
    ['floor 51: Not known: other nodes (forbidden). [Node/worker-1: other nodes]'],
  ],
  [
    'what was not read of a node whose pods stay',
    'unknown-facts',
    { action: cordonNode, facts: { ...node(), ...unreadNodes } },
    ['floor 11: Not known: other nodes (forbidden). [Node/worker-1: other nodes]'],
  ],
];

it.each(rows)('%s: %s', (_name, rule, given, lines) => {
  expect(said(given, rule)).toEqual(lines);
});
