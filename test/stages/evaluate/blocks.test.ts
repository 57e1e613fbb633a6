import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
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

it('of two images one that runs already is no reason to refuse the other', () => {
  const images = [
    { container: 'web', image: 'registry.example/web:1.1' },
    { container: 'migrate', image: 'migrate:2' },
  ];
  const action = { ...setImageTo('web:2'), images };
  expect(judge(action, deploymentFacts()).blockedReason).toBeNull();
});

describe('blocks', () => {
  const onDelete = { type: 'OnDelete' } as const;
  const blocked: [string, Action, Facts, string][] = [
    [
      'what is no image, whoever asked for it',
      setImageTo('UPPER/IMG:::x'),
      deploymentFacts(),
      '"UPPER/IMG:::x" is not an image such as registry.example/app:1.2.',
    ],
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

  it('says by which rule, and where that was read', () => {
    const named = blocked.map(([_name, action, facts]) =>
      judge(action, facts)
        .lineItems.filter(({ term }) => term === 'block')
        .map(({ rule, source }) => `${rule}: ${source}`)
        .join('; '),
    );
    expect([...new Set(named)].toSorted()).toEqual([
      'images-possible: Deployment/web in shop: spec.template.spec.containers',
      'known-subject: facts',
      'node-schedulable: Node/worker-1: spec.unschedulable',
      'pause-possible: Deployment/web in shop: spec.paused',
      'pod-replaceable: Pod/web-0 in shop: metadata.annotations',
      'pod-replaceable: Pod/web-0 in shop: metadata.deletionTimestamp',
      'pod-replaceable: Pod/web-0 in shop: metadata.ownerReferences',
      'protected-namespace: built in: protected namespaces',
      'restart-possible: DaemonSet/web in shop: spec.updateStrategy',
      'restart-possible: Deployment/web in shop: spec.paused',
      'restart-possible: Deployment/web in shop: spec.replicas',
      'restart-possible: StatefulSet/web in shop: spec.updateStrategy',
      'scale-possible: Deployment/web in shop: spec.replicas',
      'undo-possible: Deployment/web in shop: revision history',
      'undo-possible: Deployment/web in shop: spec.paused',
      'zero-in-production: policy: namespaces.production',
    ]);
  });

  it('gives no reason where nothing blocks', () => {
    expect(judge(restartOf(), deploymentFacts()).blockedReason).toBeNull();
  });
});
