import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { canonicalJson } from '../../../src/domain/text/json.ts';
import { bindingOf } from '../../../src/stages/evaluate/binding.ts';
import { deploymentFacts } from '../../fixtures/facts.ts';
import {
  deploymentFields,
  identity,
  judge,
  limited,
  resources,
  surge,
  unavailable,
  variables,
} from '../../fixtures/field-cases.ts';
import {
  annotateWith,
  autoscalerOf,
  autoscaleTo,
  fieldsWith,
  labelWith,
  patchOf,
  runningJob,
  setEnvTo,
  setResourcesTo,
} from '../../fixtures/fields.ts';

describe('the rollback', () => {
  const back = (action: Action, facts: Facts) => judge(action, facts).rollbackPlan;
  const long = identity({}, { note: 'two\nlines' });
  const to: Action = {
    verb: 'rollout undo',
    target: { kind: 'Deployment', namespace: 'shop', name: 'web' },
    toRevision: 3,
  };

  it.each<[string, Action, Facts, Action | string]>([
    [
      'labels: old values and absence, overwriting ours',
      labelWith({ tier: 'back', extra: 'x', gone: null }),
      deploymentFacts({}, identity({ tier: 'front', gone: 'g' })),
      labelWith({ tier: 'front', gone: 'g', extra: null }),
    ],
    [
      'an annotation that no command can write',
      annotateWith({ note: 'x' }),
      deploymentFacts({}, long),
      'No command can write what Deployment/web in shop has now; the snapshot of it is stored.',
    ],
    ['variables through the history', setEnvTo({ LEVEL: 'x' }), deploymentFacts(), to],
    [
      'resources through the history',
      setResourcesTo({ limits: { cpu: '1' } }),
      deploymentFacts(limited()),
      to,
    ],
    [
      'variables without a known revision',
      setEnvTo({ LEVEL: 'x' }),
      deploymentFacts({ liveRevision: undefined }),
      'There is no way back: what is live now is not known.',
    ],
    [
      'variables of what is paused',
      setEnvTo({ LEVEL: 'x' }),
      deploymentFacts({ paused: true }),
      'Deployment/web in shop is paused: its history does not have what is live, and a paused rollout cannot be undone.',
    ],
    [
      'variables whose revision the history does not have',
      setEnvTo({ LEVEL: 'x' }),
      deploymentFacts({ revisions: [] }),
      'There is no way back: revision 3 is not in the history of Deployment/web in shop.',
    ],
    [
      'an autoscaler that was there',
      autoscaleTo({ min: 3, max: 9, cpu: 50 }),
      deploymentFacts({}, autoscalerOf()),
      autoscaleTo({ min: 2, max: 6, cpu: 80 }),
    ],
    [
      'an autoscaler that goes to zero, which no command can write',
      autoscaleTo({ min: 3, max: 9 }),
      deploymentFacts({}, autoscalerOf({ min: 0 })),
      'No command can write what HorizontalPodAutoscaler/web has now (0 to 6).',
    ],
    [
      'fields, and zero for what is left out at zero',
      patchOf('Deployment', { [unavailable]: '50%', 'spec.minReadySeconds': 5 }),
      deploymentFacts({}, fieldsWith(deploymentFields)),
      patchOf('Deployment', { [unavailable]: '25%', 'spec.minReadySeconds': 0 }),
    ],
    [
      'a field that was not there',
      patchOf('Job', { 'spec.activeDeadlineSeconds': 60, 'spec.backoffLimit': 9 }),
      runningJob({}, fieldsWith({ 'spec.activeDeadlineSeconds': null, 'spec.backoffLimit': 6 })),
      'Job/web in shop has nothing at spec.activeDeadlineSeconds now, and no action of Firebreak takes a field away.',
    ],
  ])('%s', (_name, action, facts, expected) => {
    const plan = back(action, facts);
    if (typeof expected === 'string') expect(plan).toEqual({ kind: 'none', sentence: expected });
    else expect(plan).toMatchObject({ kind: 'action', action: expected });
  });
});

describe('an approval', () => {
  const bound = (action: Action, facts: Facts) => canonicalJson(bindingOf(judge(action, facts), facts));

  it.each<[string, Action, Facts, Facts]>([
    [
      'the label, but not another',
      labelWith({ tier: 'x' }),
      deploymentFacts({}, identity({ tier: 'a' })),
      deploymentFacts({}, identity({ tier: 'a', other: 'b' })),
    ],
    [
      'the autoscaler, but not how many there are within its limits',
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, autoscalerOf()),
      deploymentFacts({ desired: 4 }, autoscalerOf()),
    ],
    [
      'the field, but not another',
      patchOf('Deployment', { 'spec.minReadySeconds': 5 }),
      deploymentFacts({}, fieldsWith(deploymentFields)),
      deploymentFacts({}, fieldsWith({ ...deploymentFields, [surge]: 1 })),
    ],
  ])('binds to %s', (_name, action, facts, later) => {
    expect(bound(action, later)).toBe(bound(action, facts));
  });

  it.each<[string, Action, Facts, Facts]>([
    [
      'the label',
      labelWith({ tier: 'x' }),
      deploymentFacts({}, identity({ tier: 'a' })),
      deploymentFacts({}, identity({ tier: 'b' })),
    ],
    [
      'the names of variables',
      setEnvTo({ LEVEL: 'x' }),
      deploymentFacts(variables(['LEVEL'])),
      deploymentFacts(variables([])),
    ],
    [
      'the revision that leads back',
      setEnvTo({ LEVEL: 'x' }),
      deploymentFacts(),
      deploymentFacts({ liveRevision: 2 }),
    ],
    [
      'a live limit',
      setResourcesTo({ limits: { cpu: '1' } }),
      deploymentFacts(limited()),
      deploymentFacts(limited({ ...resources, limits: { cpu: '600m', memory: '128Mi' } })),
    ],
    [
      'an autoscaler that somebody else has made',
      autoscaleTo({ max: 9 }),
      deploymentFacts(),
      deploymentFacts({}, autoscalerOf()),
    ],
    [
      'how many there are outside the limits',
      autoscaleTo({ min: 5, max: 9 }),
      deploymentFacts(),
      deploymentFacts({ desired: 4 }),
    ],
    [
      'the field',
      patchOf('Deployment', { 'spec.minReadySeconds': 5 }),
      deploymentFacts({}, fieldsWith(deploymentFields)),
      deploymentFacts({}, fieldsWith({ ...deploymentFields, 'spec.minReadySeconds': 1 })),
    ],
  ])('no longer binds after a change of %s', (_name, action, facts, later) => {
    expect(bound(action, later)).not.toBe(bound(action, facts));
  });
});

describe('what it looks like afterwards', () => {
  it.each<[Action, Facts, string, Record<string, unknown>]>([
    [
      labelWith({ tier: 'front', old: null }),
      deploymentFacts(),
      'Deployment/web in shop has the label tier=front and has no label old.',
      { 'metadata.labels["tier"]': 'front', 'metadata.labels["old"]': null },
    ],
    [
      setEnvTo({ LEVEL: 'debug', OLD: null }, ['migrate']),
      deploymentFacts(),
      'In Deployment/web in shop migrate runs with LEVEL set and OLD removed.',
      {
        'spec.template.spec.initContainers[migrate].env[LEVEL]': 'debug',
        'spec.template.spec.initContainers[migrate].env[OLD]': null,
      },
    ],
    [
      setResourcesTo({ limits: { cpu: '1.5' }, requests: { memory: '0' } }),
      deploymentFacts(limited()),
      'In Deployment/web in shop web has a cpu limit of 1500m, a memory request of 0.',
      {
        'spec.template.spec.containers[web].resources.limits.cpu': '1500m',
        'spec.template.spec.containers[web].resources.requests.memory': '0',
      },
    ],
    [
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, autoscalerOf()),
      'HorizontalPodAutoscaler/web keeps Deployment/web in shop at 2 to 9 replicas, aiming at 80 % of the requested processor time.',
      { 'spec.minReplicas': 2, 'spec.maxReplicas': 9, 'spec.metrics[cpu].averageUtilization': 80 },
    ],
    [
      patchOf('Deployment', { 'spec.minReadySeconds': 5 }),
      deploymentFacts(),
      'Deployment/web in shop has spec.minReadySeconds 5.',
      { 'spec.minReadySeconds': 5 },
    ],
  ])('%s', (action, facts, sentence, fields) => {
    expect(judge(action, facts).targetState).toEqual({ sentence, fields });
  });
});
