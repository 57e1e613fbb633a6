import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { dependents, deploymentFacts, statefulSetFacts } from '../../fixtures/facts.ts';
import { deploymentFields, judge, limited, unavailable, variables } from '../../fixtures/field-cases.ts';
import {
  autoscalerFacts,
  autoscalerOf,
  autoscaleTo,
  fieldsWith,
  nightlyCronJob,
  patchOf,
  runningJob,
  setEnvTo,
  setResourcesTo,
} from '../../fixtures/fields.ts';

const blank = { limits: { cpu: '0' }, requests: { cpu: '0' } } as const;
const partition = 'spec.updateStrategy.rollingUpdate.partition';
const rolling = (held: number) =>
  ({ type: 'RollingUpdate', maxUnavailable: 1, maxSurge: 0, partition: held }) as const;
const retained = (whenScaled: 'Delete' | 'Retain') => ({
  neighbourhood: dependents({ retention: { whenScaled, whenDeleted: 'Retain' } }),
});

const quota = (podsLeft: number, resource = 'pods') =>
  dependents({ quotas: [{ name: 'team', resource, used: '3', hard: '4', podsLeft }] });

/** name, action, facts, tier, score, a sentence among the counted lines. */
type Case = [string, Action, Facts, Tier, number, string];

const cases: Case[] = [
  [
    'a variable: how code runs is a person’s decision',
    setEnvTo({ LEVEL: 'debug' }),
    deploymentFacts(variables(['LEVEL'])),
    'human',
    11,
    'It changes how the code of Deployment/web runs.',
  ],
  [
    'a variable of a single replica without surge',
    setEnvTo({ LEVEL: 'debug' }),
    deploymentFacts({ desired: 1, strategy: { type: 'Recreate' } }),
    'human',
    41,
    'Recreate stops all pods before new ones start: 0 of 1 ready pod left at the worst moment: an outage.',
  ],
  [
    'a higher limit of a healthy Deployment',
    setResourcesTo({ limits: { memory: '256Mi' } }),
    deploymentFacts(limited()),
    'auto',
    4,
    '3 pods are replaced.',
  ],
  [
    'a lower limit',
    setResourcesTo({ limits: { memory: '96Mi' } }),
    deploymentFacts(limited()),
    'human',
    11,
    'web: memory limit from 128Mi to 96Mi; it is killed or evicted if it uses more, and what it uses is not read.',
  ],
  [
    'a limit where there was none',
    setResourcesTo({ limits: { cpu: '1' } }, ['migrate']),
    deploymentFacts(limited()),
    'human',
    11,
    'migrate: cpu limit from none to 1; it is slowed down if it uses more, and what it uses is not read.',
  ],
  ['no limit any more', setResourcesTo(blank), deploymentFacts(limited()), 'auto', 4, '3 pods are replaced.'],
  [
    'a higher request',
    setResourcesTo({ requests: { cpu: '200m' } }),
    deploymentFacts(limited()),
    'human',
    11,
    'web: cpu request from 100m to 200m; whether a node has room for it is not read.',
  ],
  [
    // One starts first, and each of the three is half as large again in new ones.
    'larger pods than a quota has room for',
    setResourcesTo({ requests: { cpu: '200m' } }),
    deploymentFacts(limited(), { neighbourhood: quota(2, 'requests.cpu') }),
    'human',
    11,
    'ResourceQuota/team has room for 2 more pods (requests.cpu: 3 of 4), 3 are needed.',
  ],
  [
    'larger pods that a spent budget is not asked about',
    setResourcesTo({ limits: { memory: '256Mi' } }),
    deploymentFacts(limited(), {
      neighbourhood: dependents({ budgets: [{ name: 'web', healthy: 3, desired: 3, allowed: 0 }] }),
    }),
    'human',
    11,
    'PodDisruptionBudget/web is spent (3 healthy, 3 wanted), and this action does not ask it.',
  ],
  [
    'an autoscaler around what is live',
    autoscaleTo({ min: 3, max: 6 }),
    deploymentFacts(limited()),
    'auto',
    6,
    'No action of Firebreak deletes an autoscaler: kubectl delete hpa web -n shop does, and leaves the replicas as they are then.',
  ],
  [
    'an autoscaler that may leave a single replica',
    autoscaleTo({ max: 6 }),
    deploymentFacts(limited()),
    'human',
    11,
    'With little load the autoscaler leaves a single replica of Deployment/web: nothing else serves if it fails.',
  ],
  [
    'an autoscaler below what is live takes pods away at once',
    autoscaleTo({ min: 2, max: 2 }),
    deploymentFacts({ ...limited(), desired: 4 }),
    'human',
    14,
    '2 of 4 ready pods left at the worst moment.',
  ],
  [
    'an autoscaler above what is live starts pods at once',
    autoscaleTo({ min: 12, max: 20 }),
    deploymentFacts(limited()),
    'human',
    14,
    'The autoscaler moves Deployment/web from 3 to 12 replicas at once.',
  ],
  [
    'an autoscaler over nothing',
    autoscaleTo({ min: 2, max: 6 }),
    deploymentFacts({ ...limited(), desired: 0 }),
    'human',
    11,
    'Deployment/web has no replicas: an autoscaler does nothing there.',
  ],
  [
    'an autoscaler by a request that is not there',
    autoscaleTo({ min: 3, max: 6 }),
    deploymentFacts(limited({ limits: { cpu: '0', memory: '1Gi' }, requests: { cpu: '0', memory: '1Gi' } })),
    'human',
    11,
    'web of Deployment/web requests no processor time: the autoscaler has nothing to work out 80 % of.',
  ],
  [
    'an autoscaler that deletes claims at once',
    autoscaleTo({ min: 2, max: 2 }, 'StatefulSet'),
    statefulSetFacts(limited(), retained('Delete')),
    'dual',
    61,
    'Scaling from 3 to 2 deletes 1 volume claim (whenScaled: Delete): scaling back does not bring the data back.',
  ],
  [
    'an autoscaler that deletes claims whenever it goes lower',
    autoscaleTo({ min: 2, max: 6 }, 'StatefulSet'),
    statefulSetFacts(limited(), retained('Delete')),
    'dual',
    60,
    'Each time the autoscaler goes lower than 3, down to 2, volume claims are deleted (whenScaled: Delete).',
  ],
  [
    'a higher limit of an autoscaler',
    autoscaleTo({ max: 9 }),
    deploymentFacts(limited(), autoscalerOf()),
    'auto',
    2,
    'Rollback: Put HorizontalPodAutoscaler/web back to 2 to 6 replicas; those that it has moved stay until it looks again.',
  ],
  [
    'an autoscaler that Flux applies',
    autoscaleTo({ max: 9 }),
    deploymentFacts(limited(), autoscalerOf({ gitOps: { manager: 'flux', name: 'shop' } })),
    'human',
    11,
    'Flux (shop) owns the autoscaler: its next sync may undo the change.',
  ],
  [
    'fewer pods that an update may take away',
    patchOf('Deployment', { [unavailable]: '10%' }),
    deploymentFacts({}, fieldsWith(deploymentFields)),
    'auto',
    2,
    `${unavailable} 10% instead of 25%: an update takes away no more than that many pods at once.`,
  ],
  [
    'more pods that an update may take away',
    patchOf('Deployment', { [unavailable]: '50%' }),
    deploymentFacts({}, fieldsWith(deploymentFields)),
    'human',
    11,
    `${unavailable} 50% instead of 25%: an update may take that many pods of Deployment/web away at once.`,
  ],
  [
    'a field that waits, so that nothing moves',
    patchOf('StatefulSet', { [partition]: 0 }),
    statefulSetFacts({ strategy: rolling(3) }, fieldsWith({ [partition]: 3 })),
    'human',
    11,
    `${partition} 0 instead of 3: pods from ordinal 0 on get the newest revision at once.`,
  ],
  [
    // Three wait for the newest revision; two of them are let go.
    'a lower partition lets waiting pods go',
    patchOf('StatefulSet', { [partition]: 1 }),
    statefulSetFacts({ strategy: rolling(3), updated: 0 }, fieldsWith({ [partition]: 3 })),
    'human',
    27,
    '2 pods are replaced.',
  ],
  [
    'a shorter history',
    patchOf('Deployment', { 'spec.revisionHistoryLimit': 2 }),
    deploymentFacts({}, fieldsWith(deploymentFields)),
    'human',
    11,
    'spec.revisionHistoryLimit 2 instead of 10: older revisions are deleted at once, and nothing leads back to them.',
  ],
  [
    'runs that replace each other',
    patchOf('CronJob', { 'spec.concurrencyPolicy': 'Replace' }),
    nightlyCronJob({}, fieldsWith({ 'spec.concurrencyPolicy': 'Allow' })),
    'human',
    11,
    'spec.concurrencyPolicy Replace instead of Allow: a run that takes longer than the schedule is ended by the next one.',
  ],
  [
    'a deadline below the controller’s look',
    patchOf('CronJob', { 'spec.startingDeadlineSeconds': 5 }),
    nightlyCronJob({}, fieldsWith({ 'spec.startingDeadlineSeconds': null })),
    'human',
    11,
    'spec.startingDeadlineSeconds 5: the controller looks every 10 s: below that no run may ever start.',
  ],
  [
    'fewer pods of a Job',
    patchOf('Job', { 'spec.parallelism': 1 }),
    runningJob({}, fieldsWith({ 'spec.parallelism': 2 })),
    'human',
    11,
    'spec.parallelism 1 instead of 2: 1 of 2 active pods is stopped.',
  ],
  [
    'more failures that a Job may have',
    patchOf('Job', { 'spec.backoffLimit': 9 }),
    runningJob({}, fieldsWith({ 'spec.backoffLimit': 6 })),
    'auto',
    2,
    'spec.backoffLimit 9 instead of 6: it fails after 9 failed pods, 1 so far.',
  ],
  [
    'an autoscaler whose most is lowered below what there is',
    patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 2 }),
    autoscalerFacts(),
    'human',
    12,
    '2 of 4 replicas of Deployment/web are left.',
  ],
  [
    'an autoscaler that may grow further',
    patchOf('HorizontalPodAutoscaler', { 'spec.maxReplicas': 9 }),
    autoscalerFacts(),
    'auto',
    2,
    'spec.maxReplicas 9 instead of 6: Deployment/web may grow to that under load.',
  ],
];

describe('judged', () => {
  it.each(cases)('%s', (_name, action, facts, tier, score, sentence) => {
    const spec = judge(action, facts);
    const told = spec.lineItems.map((item) => item.sentence);
    expect(told).toContain(sentence);
    expect({ tier: spec.tier, score: spec.score }).toEqual({ tier, score });
  });
});
