import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { canonicalJson } from '../../../src/domain/text/json.ts';
import { bindingOf } from '../../../src/stages/evaluate/binding.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import {
  cordonNode,
  defaultPolicy,
  deletePodIn,
  deploymentFacts,
  nodeFacts,
  noon,
  podFact,
  podFacts,
  remediationId,
  restartOf,
  scaleTo,
  setImageTo,
  specId,
  undoOf,
} from '../../fixtures/facts.ts';

function bound(action: Action, facts: Facts, id = specId, now = noon): string {
  return canonicalJson(bindingOf(evaluate({ id, now, action, facts, policy: defaultPolicy }), facts));
}

const image = 'registry.example/web:9';
const container = (live: string) => [{ name: 'web', image: live, init: false, index: 0 }];
const identity = (overrides: Partial<Facts['identity']>): Facts => ({
  ...deploymentFacts(),
  identity: { ...deploymentFacts().identity, ...overrides },
});

describe('an approval still binds after what moves by itself', () => {
  it.each<[string, Action, Facts]>([
    ['ready pods', restartOf(), deploymentFacts({ ready: 1, available: 1 })],
    ['pods', restartOf(), deploymentFacts({ pods: [podFact('web-9')] })],
    ['resourceVersion', restartOf(), identity({ resourceVersion: '2000' })],
    ['generation', restartOf(), identity({ generation: 8 })],
    ['a rollout', scaleTo(5), deploymentFacts({ rollingOut: true, updated: 1 })],
    ['unknown facts', restartOf(), deploymentFacts({}, { unknown: [{ fact: 'leases', reason: 'y' }] })],
    ['images, for a scale', scaleTo(5), deploymentFacts({ containers: container('x:2') })],
  ])('%s', (_name, action, facts) => {
    expect(bound(action, facts)).toBe(bound(action, deploymentFacts()));
  });

  it('ids and times', () => {
    const later = '2026-03-01T13:00:00.000Z';
    expect(bound(restartOf(), deploymentFacts(), remediationId, later)).toBe(
      bound(restartOf(), deploymentFacts()),
    );
  });
});

describe('an approval no longer binds after a change of', () => {
  it.each<[string, Action, Facts, Facts]>([
    ['the object', restartOf(), deploymentFacts(), identity({ uid: 'another' })],
    ['the cluster', restartOf(), deploymentFacts(), { ...deploymentFacts(), cluster: 'other' }],
    ['replicas, for a scale', scaleTo(5), deploymentFacts(), deploymentFacts({ desired: 4 })],
    ['replicas, for a restart', restartOf(), deploymentFacts(), deploymentFacts({ desired: 4 })],
    [
      'images, for a restart',
      restartOf(),
      deploymentFacts(),
      deploymentFacts({ containers: container('x:2') }),
    ],
    ['pause, for a restart', restartOf(), deploymentFacts(), deploymentFacts({ paused: true })],
    [
      'strategy, for a restart',
      restartOf(),
      deploymentFacts(),
      deploymentFacts({ strategy: { type: 'Recreate' } }),
    ],
    [
      'images, for an image',
      setImageTo(image),
      deploymentFacts(),
      deploymentFacts({ containers: container('x:2') }),
    ],
    ['the live revision, for an undo', undoOf(), deploymentFacts(), deploymentFacts({ liveRevision: 4 })],
    ['the pod', deletePodIn(), podFacts(), podFacts({ pod: podFact('web-0', { uid: 'another' }) })],
    ['the node', cordonNode, nodeFacts(), nodeFacts({ unschedulable: true })],
  ])('%s', (_name, action, before, now) => {
    expect(bound(action, now)).not.toBe(bound(action, before));
  });
});

it('an approval in one environment is none for those who approve in another', () => {
  const facts = deploymentFacts();
  const spec = evaluate({ id: specId, now: noon, action: restartOf(), facts, policy: defaultPolicy });
  const approvers = { group: 'payments', source: 'policy.yaml: environments.tills.approvers' };
  const of = (who: DeclarativeSpec['approvers']) =>
    canonicalJson(bindingOf(who === undefined ? spec : { ...spec, approvers: who }, facts));
  expect(of(approvers)).not.toBe(of(undefined));
  expect(of({ ...approvers, group: 'platform' })).not.toBe(of(approvers));
  expect(bindingOf({ ...spec, approvers }, facts)).toMatchObject({ approvers });
  expect(bindingOf(spec, facts)).not.toHaveProperty('approvers');
});

it('several objects are bound to one by one', () => {
  const facts = deploymentFacts();
  const spec = evaluate({ id: specId, now: noon, action: restartOf(), facts, policy: defaultPolicy });
  const target = { kind: 'Deployment' as const, namespace: 'shop', names: ['api', 'web'] };
  const group: DeclarativeSpec['action'] = { verb: 'rollout restart', target };
  expect(() => bindingOf({ ...spec, action: group }, facts)).toThrow('one by one');
});

it('an approval of one action is none of another', () => {
  expect(bound(scaleTo(5), deploymentFacts())).not.toBe(bound(scaleTo(4), deploymentFacts()));
});

it('binds to the words that cards had before they were spelled better', () => {
  expect(bound(scaleTo(1), deploymentFacts())).toContain('Deployment/web in shop has 1 replicas.');
  const limits: Action = { verb: 'autoscale', target: scaleTo(1).target, min: 3, max: 3 };
  expect(bound(limits, deploymentFacts())).toContain('at 3 to 3 replicas');
});
