import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../src/actions/action-kinds.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Observation } from '../../../src/domain/verdict.ts';
import { judge } from '../../../src/stages/verify/judge.ts';
import { deploymentFacts, noon, podFact, podFacts } from '../../fixtures/facts.ts';
import {
  autoscalerFacts,
  autoscalerOf,
  autoscaleTo,
  labelPod,
  labelWith,
  patchOf,
  setEnvTo,
  setResourcesTo,
} from '../../fixtures/fields.ts';
import { seen, uid, wrote } from '../../fixtures/observation.ts';

type Seen = Extract<Observation, { kind: 'autoscaler' }>;
const look = (action: Action, facts: Facts, observation: Observation): string => {
  const sample = judge({ action, facts, results: wrote(8), observation });
  return `${sample.grade}: ${sample.sentence}`;
};

const made = autoscaleTo({ min: 2, max: 5 });
const there = deploymentFacts({}, autoscalerOf());
const working = { active: true, reason: 'ValidMetricFound' };
const autoscaler = (overrides: Partial<Seen> = {}): Observation => ({
  kind: 'autoscaler',
  at: noon,
  uid: 'uid-of-hpa',
  ...{ min: 2, max: 5, current: 3, desired: 3 },
  scaling: working,
  ...overrides,
});
const name = 'HorizontalPodAutoscaler/web in shop';

describe('an autoscaler', () => {
  it.each<[string, Action, Facts, Observation, string]>([
    [
      'made and working',
      made,
      deploymentFacts(),
      autoscaler(),
      `good: ${name} keeps 2 to 5 replicas and has 3.`,
    ],
    [
      'changed and working: what was not asked for stays',
      autoscaleTo({ max: 9 }),
      there,
      autoscaler({ max: 9 }),
      `good: ${name} keeps 2 to 9 replicas and has 3.`,
    ],
    [
      'not looked at by its controller yet',
      made,
      deploymentFacts(),
      { kind: 'autoscaler', at: noon, uid: 'x', min: 2, max: 5, current: 0, desired: 0 },
      `pending: ${name} has not looked yet.`,
    ],
    [
      'replicas outside its limits',
      made,
      deploymentFacts(),
      autoscaler({ current: 8 }),
      `pending: ${name} keeps 2 to 5; there are 8 now.`,
    ],
    [
      'without metrics, which proves nothing',
      made,
      deploymentFacts(),
      autoscaler({ scaling: { active: false, reason: 'FailedGetResourceMetric' } }),
      `pending: ${name} cannot work out how many replicas there should be (FailedGetResourceMetric).`,
    ],
    [
      'whose minimum alone was changed back',
      made,
      deploymentFacts(),
      autoscaler({ min: 1 }),
      `bad: ${name} keeps 1 to 5 instead of 2 to 5: somebody has changed it back.`,
    ],
    [
      'changed back',
      made,
      deploymentFacts(),
      autoscaler({ max: 4 }),
      `bad: ${name} keeps 2 to 4 instead of 2 to 5: somebody has changed it back.`,
    ],
    [
      'of another percentage',
      autoscaleTo({ max: 6, cpu: 50 }),
      there,
      autoscaler({ max: 6, changed: 'The percentage is back.' }),
      'bad: The percentage is back.',
    ],
    ['gone', made, deploymentFacts(), { kind: 'absent', at: noon }, `bad: ${name} is gone.`],
    [
      'deleted and made again',
      autoscaleTo({ max: 9 }),
      there,
      autoscaler({ uid: 'another', max: 9 }),
      `bad: ${name} is another object now: it was deleted and made again.`,
    ],
    [
      'looked at as something else',
      made,
      deploymentFacts(),
      seen(),
      `error: ${name} was looked at as a workload; nothing can be said of it.`,
    ],
  ])('%s', (_name, action, facts, observation, expected) => {
    expect(look(action, facts, observation)).toBe(expected);
  });

  it('is looked at by its own name', () => {
    const facts = deploymentFacts({}, autoscalerOf({ name: 'web-hpa' }));
    const target = { kind: 'HorizontalPodAutoscaler', namespace: 'shop' };
    expect(kindOf(made.verb).observed({ action: made, facts })).toEqual({ ...target, name: 'web-hpa' });
    expect(kindOf(made.verb).observed({ action: made, facts: deploymentFacts() })).toEqual({
      ...target,
      name: 'web',
    });
  });
});

describe('single fields', () => {
  const changed = 'Deployment web in namespace shop is not as it was written.';
  const pod: Observation = { kind: 'pod', at: noon, uid, pod: podFact('web-0', { uid }) };
  it.each<[string, Action, Facts, Observation, string]>([
    [
      'a label stays, while a rollout goes on',
      labelWith({ tier: 'x' }),
      deploymentFacts(),
      seen({ updated: 1, observedGeneration: 7 }),
      'good: Deployment/web in shop has the label tier=x.',
    ],
    ['a label put back', labelWith({ tier: 'x' }), deploymentFacts(), seen({ changed }), `bad: ${changed}`],
    [
      'a label of a pod',
      labelPod({ app: 'x' }),
      podFacts(),
      pod,
      'good: Pod/web-0 in shop has the label app=x.',
    ],
    [
      'variables roll out',
      setEnvTo({ LEVEL: 'x' }),
      deploymentFacts(),
      seen(),
      'good: Deployment/web in shop: all 3 pods are ready and of the new revision, none has restarted.',
    ],
    [
      'variables are rolling out',
      setEnvTo({ LEVEL: 'x' }),
      deploymentFacts(),
      seen({ updated: 1 }),
      'pending: Deployment/web in shop: 1 of 3 pods updated.',
    ],
    ['variables put back', setEnvTo({ LEVEL: 'x' }), deploymentFacts(), seen({ changed }), `bad: ${changed}`],
    [
      'larger pods that find no node',
      setResourcesTo({ requests: { cpu: '9' } }),
      deploymentFacts(),
      seen({ progressDeadlineExceeded: true }),
      'bad: The rollout of Deployment/web in shop has exceeded its progress deadline.',
    ],
    [
      'a field of a Deployment',
      patchOf('Deployment', { 'spec.minReadySeconds': 5 }),
      deploymentFacts(),
      seen(),
      'good: Deployment/web in shop: all 3 pods are ready and of the new revision, none has restarted.',
    ],
    [
      'a limit of an autoscaler',
      patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 5 }),
      autoscalerFacts(),
      autoscaler({ uid }),
      'good: HorizontalPodAutoscaler/web in shop has spec.maxReplicas 5.',
    ],
  ])('%s', (_name, action, facts, observation, expected) => {
    expect(look(action, facts, observation)).toBe(expected);
  });
});
