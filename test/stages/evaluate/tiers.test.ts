import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  barePodFacts,
  cordonNode,
  defaultPolicy,
  deletePodIn,
  deploymentFacts,
  inNamespace,
  nodeFacts,
  noon,
  pauseIn,
  podFact,
  podFacts,
  restartOf,
  resumeIn,
  scaleTo,
  setImageTo,
  specId,
  statefulSetFacts,
  uncordonNode,
  undoOf,
} from '../../fixtures/facts.ts';

const judge = (action: Action, facts: Facts): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });

const prod = (facts: Facts): Facts => inNamespace('prod', facts);
const rolling = (maxUnavailable: number) =>
  ({ type: 'RollingUpdate', maxUnavailable, maxSurge: 1, partition: 0 }) as const;
const unknown = [{ fact: 'pod disruption budgets', reason: 'forbidden' }];

/** name, action, facts, tier, score, a sentence that must be among the counted lines. */
type Case = [string, Action, Facts, Tier, number, string];

const cases: Case[] = [
  [
    'restart of a healthy Deployment',
    restartOf(),
    deploymentFacts(),
    'auto',
    8,
    'A restart has no inverse: the old pods are gone, the template was the same.',
  ],
  [
    'restart with one pod of three unavailable',
    restartOf(),
    deploymentFacts({ strategy: rolling(1) }),
    'auto',
    10,
    '2 of 3 ready pods left at the worst moment.',
  ],
  [
    'restart of 24 replicas: breadth alone needs a person',
    restartOf(),
    deploymentFacts({ desired: 24 }),
    'human',
    11,
    '24 pods are replaced.',
  ],
  [
    'restart in production',
    restartOf('Deployment', 'prod'),
    prod(deploymentFacts()),
    'human',
    12,
    'prod is a production namespace: the sum counts 1.5 times.',
  ],
  [
    'restart of a single replica with surge',
    restartOf(),
    deploymentFacts({ desired: 1 }),
    'human',
    21,
    'Deployment/web has a single replica: nothing else serves if the new pod does not.',
  ],
  [
    'restart of a single replica in production',
    restartOf('Deployment', 'prod'),
    prod(deploymentFacts({ desired: 1 })),
    'human',
    32,
    'Deployment/web has a single replica: nothing else serves if the new pod does not.',
  ],
  [
    'restart of a single replica without surge',
    restartOf(),
    deploymentFacts({ desired: 1, strategy: rolling(1) }),
    'human',
    41,
    '0 of 1 ready pod left at the worst moment: an outage.',
  ],
  [
    'restart with Recreate',
    restartOf(),
    deploymentFacts({ strategy: { type: 'Recreate' } }),
    'human',
    42,
    'Recreate stops all pods before new ones start: 0 of 3 ready pods left at the worst moment: an outage.',
  ],
  [
    'restart with Recreate in production',
    restartOf('Deployment', 'prod'),
    prod(deploymentFacts({ strategy: { type: 'Recreate' } })),
    'dual',
    63,
    'Recreate stops all pods before new ones start: 0 of 3 ready pods left at the worst moment: an outage.',
  ],
  [
    'restart of what is down already',
    restartOf(),
    deploymentFacts({ ready: 0, available: 0, strategy: { type: 'Recreate' } }),
    'auto',
    8,
    'A restart has no inverse: the old pods are gone, the template was the same.',
  ],
  [
    'a degraded Deployment loses no ready pod to a rolling restart',
    restartOf(),
    deploymentFacts({ ready: 1, available: 1, strategy: rolling(2) }),
    'auto',
    8,
    '3 pods are replaced.',
  ],
  [
    'restart of a StatefulSet',
    restartOf('StatefulSet'),
    statefulSetFacts(),
    'human',
    27,
    'StatefulSet/web keeps data: 1 volume claim for each pod.',
  ],
  [
    'restart of a StatefulSet in production',
    restartOf('StatefulSet', 'prod'),
    prod(statefulSetFacts()),
    'human',
    41,
    'StatefulSet/web keeps data: 1 volume claim for each pod.',
  ],
  [
    'restart of a StatefulSet without volumes',
    restartOf('StatefulSet'),
    statefulSetFacts({ claimTemplates: 0 }),
    'human',
    17,
    'StatefulSet/web is stateful: its pods have identities and are replaced in order.',
  ],
  [
    'restart of a single stateful replica in production',
    restartOf('StatefulSet', 'prod'),
    prod(statefulSetFacts({ desired: 1 })),
    'dual',
    62,
    '0 of 1 ready pod left at the worst moment: an outage.',
  ],
  [
    'restart while a rollout runs',
    restartOf(),
    deploymentFacts({ rollingOut: true, updated: 1 }),
    'human',
    11,
    'A rollout of Deployment/web is running: 1 of 3 pods are of the new revision.',
  ],
  [
    'restart before the controller has seen the last change',
    restartOf(),
    deploymentFacts({ observedGeneration: 6 }),
    'human',
    11,
    'A rollout of Deployment/web is running: 3 of 3 pods are of the new revision.',
  ],
  [
    'restart with an unknown fact',
    restartOf(),
    deploymentFacts({}, { unknown }),
    'human',
    11,
    'Not known: pod disruption budgets (forbidden).',
  ],
  [
    'restart with an unknown fact in production',
    restartOf('Deployment', 'prod'),
    prod(deploymentFacts({}, { unknown })),
    'dual',
    51,
    'Not known: pod disruption budgets (forbidden).',
  ],
  [
    'restart at the limit of the autoscaler',
    restartOf(),
    deploymentFacts({}, { autoscaler: { name: 'web', min: 1, max: 3 } }),
    'human',
    11,
    'Deployment/web is at the limit of its autoscaler (3 replicas): it may be under load.',
  ],
  [
    'restart under GitOps is not undone by it',
    restartOf(),
    deploymentFacts({}, { gitOps: { manager: 'argo-cd', name: 'shop' } }),
    'auto',
    8,
    '3 pods are replaced.',
  ],
  ['scale up', scaleTo(5), deploymentFacts(), 'auto', 5, '2 pods are started or stopped.'],
  [
    'scale up in production',
    scaleTo(5, 'Deployment', 'prod'),
    prod(deploymentFacts()),
    'human',
    11,
    'Nothing in the production namespace prod changes without a person.',
  ],
  [
    'scale to sixteen times as many',
    scaleTo(48),
    deploymentFacts(),
    'human',
    22,
    'Scaling from 3 to 48 replicas takes room from others on the same nodes.',
  ],
  [
    'scale down by one',
    scaleTo(2),
    deploymentFacts(),
    'auto',
    9,
    '2 of 3 ready pods left at the worst moment.',
  ],
  [
    'scale down to one',
    scaleTo(1),
    deploymentFacts(),
    'human',
    18,
    '1 of 3 ready pods left at the worst moment.',
  ],
  [
    'scale to zero',
    scaleTo(0),
    deploymentFacts(),
    'human',
    42,
    '0 of 3 ready pods left at the worst moment: an outage.',
  ],
  [
    'scale against an autoscaler',
    scaleTo(5),
    deploymentFacts({}, { autoscaler: { name: 'web', min: 1, max: 4 } }),
    'human',
    11,
    'HorizontalPodAutoscaler/web (1 to 4) will move 5 back within its limits in seconds.',
  ],
  [
    'scale within the limits of an autoscaler',
    scaleTo(4),
    deploymentFacts({}, { autoscaler: { name: 'web', min: 1, max: 4 } }),
    'human',
    11,
    'HorizontalPodAutoscaler/web (1 to 4) may move 4 at its next look.',
  ],
  [
    'scale to zero under an autoscaler',
    scaleTo(0),
    deploymentFacts({ desired: 1, ready: 0 }, { autoscaler: { name: 'web', min: 1, max: 4 } }),
    'human',
    11,
    'Scaling to zero switches HorizontalPodAutoscaler/web off until somebody scales up.',
  ],
  [
    'scale of what Argo CD owns',
    scaleTo(5),
    deploymentFacts({}, { gitOps: { manager: 'argo-cd', name: 'shop' } }),
    'human',
    11,
    'Argo CD (shop) owns this object: its next sync may undo the change.',
  ],
  [
    'set image',
    setImageTo('registry.example/web:1.2'),
    deploymentFacts(),
    'human',
    11,
    'It changes which code Deployment/web runs.',
  ],
  ['undo', undoOf(), deploymentFacts(), 'human', 11, 'It changes which code Deployment/web runs.'],
  ['pause', pauseIn(), deploymentFacts(), 'auto', 2, 'Resume Deployment/web in shop again.'],
  [
    'pause of a running rollout',
    pauseIn(),
    deploymentFacts({ rollingOut: true, updated: 1 }),
    'auto',
    2,
    'Resume Deployment/web in shop again.',
  ],
  ['resume', resumeIn(), deploymentFacts({ paused: true }), 'auto', 2, 'Pause Deployment/web in shop again.'],
  [
    'resume of a change that waited',
    resumeIn(),
    deploymentFacts({ paused: true, updated: 0, strategy: rolling(1) }),
    'auto',
    10,
    '2 of 3 ready pods left at the worst moment.',
  ],
  [
    'delete one pod of three',
    deletePodIn(),
    podFacts(),
    'auto',
    9,
    '2 of 3 ready pods left at the worst moment.',
  ],
  [
    'delete the only ready pod',
    deletePodIn(),
    podFacts({ controller: { kind: 'ReplicaSet', name: 'web-c', desired: 1, ready: 1 } }),
    'human',
    41,
    '0 of 1 ready pod left at the worst moment: an outage.',
  ],
  [
    'delete a crash-looping pod beside healthy ones',
    deletePodIn(),
    podFacts({ pod: podFact('web-0', { ready: false, waiting: 'CrashLoopBackOff' }) }),
    'auto',
    7,
    'A deleted pod does not come back; its controller starts another.',
  ],
  [
    'delete a pod whose neighbours are not known',
    deletePodIn(),
    podFacts({ controller: { kind: 'Operator', name: 'web' } }),
    'human',
    21,
    'It is not known how many other pods of Operator/web are ready.',
  ],
  [
    'delete a pod of a StatefulSet',
    deletePodIn(),
    podFacts({ controller: { kind: 'StatefulSet', name: 'web', desired: 3, ready: 3 } }),
    'human',
    26,
    'The pod belongs to StatefulSet/web: it keeps its identity, and its volumes are attached again.',
  ],
  [
    'cordon one node of three',
    cordonNode,
    nodeFacts(),
    'human',
    15,
    '2 other nodes can still take pods; the 10 pods on this one stay.',
  ],
  [
    'cordon a node that is not ready',
    cordonNode,
    nodeFacts({ ready: false }),
    'auto',
    3,
    'Node/worker-1 is not ready and takes no pods anyway; 2 other nodes can.',
  ],
  [
    'cordon a control plane node',
    cordonNode,
    nodeFacts({ controlPlane: true }),
    'dual',
    68,
    'Node/worker-1 runs the control plane of the cluster.',
  ],
  ['uncordon', uncordonNode, nodeFacts({ unschedulable: true }), 'auto', 3, 'Cordon Node/worker-1 again.'],
];

describe('tiers', () => {
  it.each(cases)('%s', (_name, action, facts, tier, score, sentence) => {
    const spec = judge(action, facts);
    const counted = spec.lineItems.filter((item) => item.counted).map((item) => item.sentence);
    expect({ tier: spec.tier, score: spec.score }).toEqual({ tier, score });
    expect(counted).toContain(sentence);
  });
});

describe('blocks', () => {
  const onDelete = { type: 'OnDelete' } as const;
  const blocked: [string, Action, Facts, string][] = [
    [
      'anything in a protected namespace',
      restartOf('Deployment', 'kube-system'),
      inNamespace('kube-system', deploymentFacts()),
      'The namespace kube-system is protected.',
    ],
    [
      'zero in production',
      scaleTo(0, 'Deployment', 'prod'),
      prod(deploymentFacts()),
      'Deployment/web is in the production namespace prod and may not be scaled to zero.',
    ],
    [
      'the last node',
      cordonNode,
      nodeFacts({ otherSchedulableNodes: 0 }),
      'Node/worker-1 is the last node that can take pods.',
    ],
    ['a cordoned node', cordonNode, nodeFacts({ unschedulable: true }), 'Node/worker-1 is already cordoned.'],
    ['uncordon of a free node', uncordonNode, nodeFacts(), 'Node/worker-1 is not cordoned.'],
    [
      'restart while paused',
      restartOf(),
      deploymentFacts({ paused: true }),
      'Deployment/web is paused: a restart would do nothing. Resume it first.',
    ],
    [
      'restart with OnDelete',
      restartOf('DaemonSet'),
      deploymentFacts({ strategy: onDelete }),
      'DaemonSet/web replaces pods only when they are deleted (OnDelete): a restart would do nothing.',
    ],
    [
      'restart behind the partition',
      restartOf('StatefulSet'),
      statefulSetFacts({ strategy: { type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: 3 } }),
      'StatefulSet/web updates pods from ordinal 3 on and has 3: a restart would do nothing.',
    ],
    [
      'restart of nothing',
      restartOf(),
      deploymentFacts({ desired: 0 }),
      'Deployment/web has no replicas: there is nothing to restart.',
    ],
    [
      'undo while paused',
      undoOf(),
      deploymentFacts({ paused: true }),
      'Deployment/web is paused and cannot be undone. Resume it first.',
    ],
    [
      'undo without a previous revision',
      undoOf(),
      deploymentFacts({ liveRevision: 1, revisions: [{ revision: 1, source: 'ReplicaSet/web-a' }] }),
      'Deployment/web cannot be undone: there is no revision before 1, the live one.',
    ],
    [
      'undo to a revision that is not there',
      undoOf('Deployment', 9),
      deploymentFacts(),
      'Deployment/web cannot be undone: there is no revision 9 in its history (it has 1, 2, 3).',
    ],
    [
      'undo to the live revision',
      undoOf('Deployment', 3),
      deploymentFacts(),
      'Deployment/web cannot be undone: revision 3 is the live one.',
    ],
    ['pause twice', pauseIn(), deploymentFacts({ paused: true }), 'Deployment/web is already paused.'],
    ['resume what runs', resumeIn(), deploymentFacts(), 'Deployment/web is not paused.'],
    ['scale to what is live', scaleTo(3), deploymentFacts(), 'Deployment/web already has 3 replicas.'],
    [
      'scale with another number expected',
      { ...scaleTo(5), currentReplicas: 2 },
      deploymentFacts(),
      'Expected Deployment/web to have 2 replicas, it has 3.',
    ],
    [
      'image of an unknown container',
      setImageTo('x:1', 'sidecar'),
      deploymentFacts(),
      'Deployment/web has no container sidecar; it has migrate, web.',
    ],
    [
      'image that runs already',
      setImageTo('registry.example/web:1.1'),
      deploymentFacts(),
      'Deployment/web already runs registry.example/web:1.1.',
    ],
    [
      'one container named twice',
      {
        ...setImageTo('x:1'),
        images: [
          { container: 'web', image: 'x:1' },
          { container: 'web', image: 'x:2' },
        ],
      },
      deploymentFacts(),
      'The container web is named twice.',
    ],
    ['bare pod', deletePodIn(), barePodFacts(), 'Pod/web-0 has no controller: nothing would bring it back.'],
    [
      'static pod',
      deletePodIn(),
      podFacts({ mirror: true }),
      'Pod/web-0 mirrors a static pod: deleting it restarts nothing, the kubelet of its node runs it.',
    ],
    [
      'pod on its way out',
      deletePodIn(),
      podFacts({ pod: podFact('web-0', { deleting: true }) }),
      'Pod/web-0 is being deleted already.',
    ],
    [
      'facts of something else',
      restartOf(),
      nodeFacts(),
      'The facts of Deployment/web in shop are those of a node.',
    ],
    [
      'facts from another namespace',
      restartOf(),
      inNamespace('other', deploymentFacts()),
      'The facts of Deployment/web in shop are from the namespace other.',
    ],
  ];

  it.each(blocked)('%s', (_name, action, facts, sentence) => {
    const spec = judge(action, facts);
    expect(spec).toMatchObject({ tier: 'blocked', score: 100, blockedReason: sentence });
    expect(spec.lineItems.filter((item) => item.counted).every((item) => item.term === 'block')).toBe(true);
  });

  it('gives no reason where nothing blocks', () => {
    expect(judge(restartOf(), deploymentFacts()).blockedReason).toBeNull();
  });
});
