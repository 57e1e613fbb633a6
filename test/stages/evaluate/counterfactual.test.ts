import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import type { Situation } from '../../../src/stages/evaluate/what-if/situation.ts';
import { situations } from '../../fixtures/arbitrary.ts';
import {
  barePodFacts,
  cordonNode,
  defaultPolicy,
  deletePodIn,
  deploymentFacts,
  inNamespace,
  nodeFacts,
  noon,
  podFacts,
  restartOf,
  scaleTo,
  setImageTo,
  specId,
  statefulSetFacts,
} from '../../fixtures/facts.ts';

const policy = defaultPolicy;
const judge = (action: Action, facts: Facts): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy });
const textOf = (action: Action, facts: Facts): string =>
  counterfactualText(counterfactuals(judge(action, facts), { action, facts, policy }));

const prod = (facts: Facts): Facts => inNamespace('prod', facts);
const recreate = { strategy: { type: 'Recreate' } } as const;
const unknown = [{ fact: 'namespace labels', reason: 'forbidden' }] satisfies Facts['unknown'];
const argo = { gitOps: { manager: 'argo-cd', name: 'shop' } } as const;
const restart = restartOf();
const inProduction = restartOf('Deployment', 'prod');

const cases: [string, Action, Facts, string][] = [
  ['what runs by itself needs no excuse', restart, deploymentFacts(), ''],
  [
    'a single replica',
    restart,
    deploymentFacts({ desired: 1 }),
    'Would be auto if: 2 ready replicas instead of 1.',
  ],
  [
    'Recreate',
    restart,
    deploymentFacts(recreate),
    'Would be auto if: a rolling update that starts new pods first instead of Recreate.',
  ],
  [
    'Recreate in production: either helps',
    inProduction,
    prod(deploymentFacts(recreate)),
    'Would be human if: a rolling update that starts new pods first instead of Recreate; or outside production.',
  ],
  ['production alone', inProduction, prod(deploymentFacts()), 'Would be auto if: outside production.'],
  [
    'a single replica in production: only both at once help',
    inProduction,
    prod(deploymentFacts({ desired: 1 })),
    'Would be auto if: 2 ready replicas instead of 1 and outside production.',
  ],
  [
    'a rollout that runs',
    restart,
    deploymentFacts({ rollingOut: true, updated: 1 }),
    'Would be auto if: no rollout running.',
  ],
  [
    'a fact that could not be read',
    restart,
    deploymentFacts({}, { unknown }),
    'Would be auto if: known and harmless: namespace labels.',
  ],
  ['GitOps', scaleTo(5), deploymentFacts({}, argo), 'Would be auto if: not managed by Argo CD (shop).'],
  [
    'an autoscaler at its limit',
    restart,
    deploymentFacts({}, { autoscaler: { name: 'web', min: 1, max: 3 } }),
    'Would be auto if: HorizontalPodAutoscaler/web not at its limit.',
  ],
  [
    'paused: the block has a way out',
    restart,
    deploymentFacts({ paused: true }),
    'Would be auto if: not paused.',
  ],
  [
    'zero in production: the block has a place',
    scaleTo(0, 'Deployment', 'prod'),
    prod(deploymentFacts()),
    'Would be human if: outside production.',
  ],
  ['new code is a decision whatever the facts', setImageTo('x:2'), deploymentFacts(), ''],
  ['volumes are there whatever the facts', restartOf('StatefulSet'), statefulSetFacts(), ''],
  [
    'the only ready pod',
    deletePodIn(),
    podFacts({ controller: { kind: 'ReplicaSet', name: 'web-c', desired: 1, ready: 1 } }),
    'Would be auto if: 3 ready replicas instead of 1.',
  ],
  ['a bare pod stays blocked', deletePodIn(), barePodFacts(), ''],
  ['a node', cordonNode, nodeFacts(), 'Would be auto if: 4 other nodes that take pods instead of 2.'],
  [
    'the last node',
    cordonNode,
    nodeFacts({ otherSchedulableNodes: 0 }),
    'Would be human if: 1 other node that takes pods instead of 0.',
  ],
];

describe('counterfactuals', () => {
  it.each(cases)('%s', (_name, action, facts, text) => {
    expect(textOf(action, facts)).toBe(text);
  });

  it('give the same bytes for the same input and leave it as it was', () => {
    fc.assert(
      fc.property(situations, ({ action, facts }) => {
        const kept = structuredClone(facts);
        const text = textOf(action, facts);
        expect(facts).toEqual(kept);
        expect(textOf(structuredClone(action), kept)).toBe(text);
      }),
    );
  });

  it('say nothing when the policy by now judges the facts differently', () => {
    const facts = prod(deploymentFacts());
    const spec = judge(inProduction, facts);
    const changed = { ...policy, namespaces: { ...policy.namespaces, production: [] } };
    expect(counterfactuals(spec, { action: inProduction, facts, policy: changed })).toEqual([]);
  });

  it('are told tier by tier, each with its own ways', () => {
    const one = (tier: 'auto' | 'human', ...says: readonly string[]) => ({
      tier,
      changes: says.map((say) => ({ say, change: (all: readonly Situation[]) => all })),
    });
    expect(counterfactualText([])).toBe('');
    expect(counterfactualText([one('auto', 'a'), one('human', 'b', 'c'), one('auto', 'd')])).toBe(
      'Would be auto if: a; or d. Would be human if: b and c.',
    );
  });
});
