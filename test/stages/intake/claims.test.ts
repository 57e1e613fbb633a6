import { describe, expect, test } from 'vitest';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import type { ClaimName } from '../../../src/domain/incidents/claim.ts';
import { claimName } from '../../../src/domain/incidents/claim.ts';
import { claimText, standingOfAnswer, standingOfClaim } from '../../../src/stages/intake/claims.ts';
import { cronJobFacts, jobFacts } from '../../fixtures/batch.ts';
import { deploymentFacts, nodeFacts, podFact, podFacts } from '../../fixtures/facts.ts';
import { autoscalerFacts } from '../../fixtures/fields.ts';

const web = (pods: readonly Partial<PodFact>[], live = {}, frame: Partial<Facts> = {}): Facts =>
  deploymentFacts({ pods: pods.map((pod, i) => podFact(`web-${i}`, pod)), ...live }, frame);
const healthy = web([{}, {}, {}]);
const looping = web([{}, { ready: false, restarts: 7, waiting: 'CrashLoopBackOff' }]);
const at = (iso: string) => ({ warnings: [{ reason: 'BackOff', count: 9, last: iso }] });
const unread = { unknown: [{ fact: 'pods', reason: 'forbidden' }] } as const;

describe('a claim', () => {
  test.each<[ClaimName, string, Facts, 'holds' | 'broken' | 'unknown', string]>([
    ['crash-looping', 'healthy pods', healthy, 'broken', 'No pod of it is crash looping.'],
    [
      'crash-looping',
      'a pod that waits',
      looping,
      'holds',
      'Pod/web-1 is in CrashLoopBackOff after 7 restarts.',
    ],
    [
      'crash-looping',
      'an init container that waits',
      web([{ ready: false, waiting: 'Init:CrashLoopBackOff' }]),
      'holds',
      'Pod/web-0 is in Init:CrashLoopBackOff after 0 restarts.',
    ],
    [
      'crash-looping',
      'between two starts: not ready, with its last end',
      web([{ ready: false, restarts: 1, terminated: 'OOMKilled' }]),
      'holds',
      'Pod/web-0 is not ready after 1 restart, the last end: OOMKilled.',
    ],
    [
      'crash-looping',
      'ready for a moment, with a fresh event',
      web([{ restarts: 3 }], {}, { gatheredAt: '2026-03-01T12:09:59Z', ...at('2026-03-01T12:00:00Z') }),
      'holds',
      'Pod/web-0 has had 3 restarts, the last BackOff event: 2026-03-01 12:00 UTC.',
    ],
    [
      'crash-looping',
      'restarts of long ago',
      web([{ restarts: 3 }], {}, { gatheredAt: '2026-03-01T12:10:01Z', ...at('2026-03-01T12:00:00Z') }),
      'broken',
      'No pod of it is crash looping.',
    ],
    [
      'crash-looping',
      'a pod on its way out',
      web([{ deleting: true, waiting: 'CrashLoopBackOff' }]),
      'broken',
      'No pod of it is crash looping.',
    ],
    [
      'crash-looping',
      'pods not read',
      web([], {}, { unknown: [...unread.unknown] }),
      'unknown',
      'Its pods could not be read: forbidden',
    ],
    [
      'crash-looping',
      'a pod itself',
      podFacts({ pod: podFact('web-0', { waiting: 'CrashLoopBackOff', restarts: 2 }) }),
      'holds',
      'Pod/web-0 is in CrashLoopBackOff after 2 restarts.',
    ],
    [
      'crash-looping',
      'a pod of a Job',
      jobFacts({ pods: [podFact('import-a', { waiting: 'CrashLoopBackOff', restarts: 2 })] }),
      'holds',
      'Pod/import-a is in CrashLoopBackOff after 2 restarts.',
    ],
    [
      'crash-looping',
      'a second container that waits',
      web([
        {
          restarts: 4,
          containers: [
            { name: 'web', role: 'main', restarts: 0 },
            { name: 'proxy', role: 'sidecar', restarts: 4, waiting: 'CrashLoopBackOff' },
          ],
        },
      ]),
      'holds',
      'Pod/web-0 is in CrashLoopBackOff after 4 restarts.',
    ],
    [
      'crash-looping',
      'services not read',
      web([{}], {}, { unknown: [{ fact: 'services', reason: 'forbidden' }] }),
      'broken',
      'No pod of it is crash looping.',
    ],
    ['crash-looping', 'a node', nodeFacts(), 'broken', 'The claim crash-looping is not about a node.'],
    ['not-enough-ready', 'all ready', web([], { desired: 4, ready: 4 }), 'broken', '4 of 4 pods are ready.'],
    ['not-enough-ready', 'one missing', web([], { desired: 4, ready: 3 }), 'holds', '3 of 4 pods are ready.'],
    [
      'rollout-stuck',
      'a rollout under way',
      web([], { desired: 4, ready: 4, updated: 1, rollingOut: true }),
      'holds',
      '1 of 4 pods are of the new revision, 4 are ready.',
    ],
    [
      'rollout-stuck',
      'a rollout that finished',
      web([], { desired: 4, ready: 4, updated: 4, rollingOut: false }),
      'broken',
      '4 of 4 pods are of the new revision, 4 are ready.',
    ],
    [
      'image-not-pulled',
      'an image that is not there',
      web([{ waiting: 'ImagePullBackOff' }]),
      'holds',
      'Pod/web-0 is in ImagePullBackOff.',
    ],
    ['image-not-pulled', 'images that are there', healthy, 'broken', 'No pod of it waits for an image.'],
    ['job-failed', 'a Job that failed', jobFacts({ ended: 'Failed' }), 'holds', 'The Job has ended: Failed.'],
    [
      'job-failed',
      'a Job that is complete',
      jobFacts({ ended: 'Complete' }),
      'broken',
      'The Job has ended: Complete.',
    ],
    [
      'job-failed',
      'the last Job to end',
      cronJobFacts({
        recent: [{ name: 'c' }, { name: 'b', ended: 'Complete' }, { name: 'a', ended: 'Failed' }],
      }),
      'broken',
      'Its last Job to end, b: Complete.',
    ],
    [
      'job-failed',
      'a CronJob whose Jobs were not read',
      cronJobFacts({ recent: undefined }),
      'unknown',
      'Its latest Jobs could not be read.',
    ],
    ['node-not-ready', 'a node that is ready', nodeFacts({ ready: true }), 'broken', 'The node is ready.'],
    ['node-not-ready', 'a node that is not', nodeFacts({ ready: false }), 'holds', 'The node is not ready.'],
    ['unhealthy', 'a node that is not ready', nodeFacts({ ready: false }), 'holds', 'The node is not ready.'],
    ['unhealthy', 'pods that crash', looping, 'holds', 'Pod/web-1 is in CrashLoopBackOff after 7 restarts.'],
    [
      'crash-looping',
      'a fresh event at the last moment',
      web([{ restarts: 3 }], {}, { gatheredAt: '2026-03-01T12:10:00Z', ...at('2026-03-01T12:00:00Z') }),
      'holds',
      'Pod/web-0 has had 3 restarts, the last BackOff event: 2026-03-01 12:00 UTC.',
    ],
    [
      'crash-looping',
      'an event of pods that have not been restarted',
      web([{}], {}, { gatheredAt: '2026-03-01T12:00:01Z', ...at('2026-03-01T12:00:00Z') }),
      'broken',
      'No pod of it is crash looping.',
    ],
    [
      'crash-looping',
      'another event',
      web(
        [{ restarts: 3 }],
        {},
        {
          gatheredAt: '2026-03-01T12:00:01Z',
          warnings: [{ reason: 'Unhealthy', count: 9, last: '2026-03-01T12:00:00Z' }],
        },
      ),
      'broken',
      'No pod of it is crash looping.',
    ],
    [
      'crash-looping',
      'not ready after its first start',
      web([{ ready: false, terminated: 'OOMKilled' }]),
      'broken',
      'No pod of it is crash looping.',
    ],
    [
      'crash-looping',
      'restarted, and not ready for another reason',
      web([{ ready: false, restarts: 1, terminated: 'OOMKilled', waiting: 'ContainerCreating' }]),
      'broken',
      'No pod of it is crash looping.',
    ],
    [
      'crash-looping',
      'restarted, and nobody knows how it ended',
      web([{ ready: false, restarts: 1 }]),
      'broken',
      'No pod of it is crash looping.',
    ],
    [
      'crash-looping',
      'restarted, and ready again',
      web([{ restarts: 1, terminated: 'OOMKilled' }]),
      'broken',
      'No pod of it is crash looping.',
    ],
    ['not-enough-ready', 'a pod', podFacts({ pod: podFact('web-0') }), 'broken', 'The pod is ready.'],
    [
      'not-enough-ready',
      'a pod that is not',
      podFacts({ pod: podFact('web-0', { ready: false }) }),
      'holds',
      'The pod is not ready.',
    ],
    ['not-enough-ready', 'a node', nodeFacts(), 'broken', 'The claim not-enough-ready is not about a node.'],
    [
      'rollout-stuck',
      'old pods left',
      web([], { desired: 4, ready: 4, updated: 3, rollingOut: false }),
      'holds',
      '3 of 4 pods are of the new revision, 4 are ready.',
    ],
    [
      'rollout-stuck',
      'a new pod that is not ready',
      web([], { desired: 4, ready: 3, updated: 4, rollingOut: false }),
      'holds',
      '4 of 4 pods are of the new revision, 3 are ready.',
    ],
    ['rollout-stuck', 'a node', nodeFacts(), 'broken', 'The claim rollout-stuck is not about a node.'],
    [
      'image-not-pulled',
      'an image of an init container that cannot be had',
      web([{ waiting: 'Init:ErrImageNeverPull' }]),
      'holds',
      'Pod/web-0 is in Init:ErrImageNeverPull.',
    ],
    [
      'image-not-pulled',
      'a name that is none',
      web([{ waiting: 'InvalidImageName' }]),
      'holds',
      'Pod/web-0 is in InvalidImageName.',
    ],
    ['image-not-pulled', 'pods that crash', looping, 'broken', 'No pod of it waits for an image.'],
    ['job-failed', 'a Job that goes on', jobFacts({ failed: 0 }), 'broken', '0 of its pods have failed.'],
    ['job-failed', 'a Job with a failed pod', jobFacts({ failed: 1 }), 'holds', '1 of its pods have failed.'],
    [
      'job-failed',
      'the last Job to end, which failed',
      cronJobFacts({
        recent: [
          { name: 'b', ended: 'Failed' },
          { name: 'a', ended: 'Complete' },
        ],
      }),
      'holds',
      'Its last Job to end, b: Failed.',
    ],
    [
      'job-failed',
      'Jobs that go on',
      cronJobFacts({ recent: [{ name: 'b' }] }),
      'broken',
      'None of its latest Jobs has ended.',
    ],
    ['job-failed', 'pods', healthy, 'broken', 'The claim job-failed is not about a workload.'],
    ['node-not-ready', 'pods', healthy, 'broken', 'The claim node-not-ready is not about a workload.'],
    [
      'at-maximum',
      'an autoscaler that wants as many as it may',
      autoscalerFacts({ max: 10, desired: 10 }),
      'holds',
      'It wants 10 replicas of at most 10.',
    ],
    [
      'at-maximum',
      'an autoscaler that wants fewer',
      autoscalerFacts({ max: 10, desired: 9 }),
      'broken',
      'It wants 9 replicas of at most 10.',
    ],
    [
      'at-maximum',
      'pods whose autoscaler can add no more',
      web([], { desired: 10 }, { autoscaler: { name: 'web', min: 1, max: 10 } }),
      'holds',
      'It wants 10 replicas of at most 10.',
    ],
    [
      'at-maximum',
      'pods whose autoscaler can add one',
      web([], { desired: 9 }, { autoscaler: { name: 'web', min: 1, max: 10 } }),
      'broken',
      'It wants 9 replicas of at most 10.',
    ],
    [
      'at-maximum',
      'a pod',
      podFacts({}, { autoscaler: { name: 'web', min: 1, max: 10 } }),
      'broken',
      'The claim at-maximum is not about a pod.',
    ],
    [
      'at-maximum',
      'pods of no autoscaler',
      healthy,
      'broken',
      'The claim at-maximum is not about a workload.',
    ],
    [
      'crash-looping',
      'an autoscaler',
      autoscalerFacts({}),
      'broken',
      'The claim crash-looping is not about a HorizontalPodAutoscaler.',
    ],
    [
      'unhealthy',
      'an autoscaler at its maximum',
      autoscalerFacts({ max: 10, desired: 10 }),
      'holds',
      'It wants 10 replicas of at most 10.',
    ],
    [
      'unhealthy',
      'pods not read, and nothing else wrong',
      web([], { desired: 4, ready: 4, updated: 4, rollingOut: false }, { unknown: [...unread.unknown] }),
      'unknown',
      'Its pods could not be read: forbidden',
    ],
    [
      'unhealthy',
      'pods not read, and one missing',
      web([], { desired: 4, ready: 3 }, { unknown: [...unread.unknown] }),
      'holds',
      '3 of 4 pods are ready.',
    ],
    ['none', 'healthy pods', healthy, 'holds', 'The alert is believed; the playbook checks nothing.'],
  ])('%s: %s', (claim, _name, facts, kind, sentence) => {
    expect(standingOfClaim(claim, facts)).toEqual({ kind, sentence });
  });

  test('nothing is wrong with a healthy workload, and everything looked at is named', () => {
    const found = standingOfClaim(
      'unhealthy',
      web([{}, {}, {}, {}], { desired: 4, ready: 4, updated: 4, rollingOut: false }),
    );
    expect(found).toEqual({
      kind: 'broken',
      sentence:
        'No pod of it is crash looping. No pod of it waits for an image. 4 of 4 pods are ready. 4 of 4 pods are of the new revision, 4 are ready.',
    });
  });

  test.each(claimName.options.filter((name) => name !== 'none'))(
    '%s never holds where pods could not be read',
    (name) => {
      const blind = web(
        [],
        { desired: 4, ready: 4, updated: 4, rollingOut: false },
        { unknown: [...unread.unknown] },
      );
      expect(standingOfClaim(name, blind).kind).not.toBe('holds');
    },
  );
});

test.each<[boolean | string, 'holds' | 'broken', string]>([
  [true, 'holds', 'It is so: ready < 3.'],
  [false, 'broken', 'Not true of it: ready < 3.'],
  ['there is no ready', 'broken', 'ready < 3 cannot be answered (there is no ready).'],
])('an expression that is answered with %s', (answer, kind, sentence) => {
  expect(standingOfAnswer('ready < 3', answer)).toEqual({ kind, sentence });
});

test.each<[Parameters<typeof claimText>[0], string]>([
  ['unhealthy', 'something is wrong with it'],
  ['crash-looping', 'a pod of it is crash looping'],
  ['image-not-pulled', 'an image of it cannot be pulled'],
  ['not-enough-ready', 'fewer of its pods are ready than are wanted'],
  ['rollout-stuck', 'its rollout does not finish'],
  ['job-failed', 'it has failed'],
  ['node-not-ready', 'it is not ready'],
  ['at-maximum', 'it is at its maximum'],
  ['none', 'something is wrong with it'],
  [{ when: 'ready < 3', because: 'too few are ready' }, 'too few are ready'],
])('the alert says by %j that %s', (claim, says) => {
  expect(claimText(claim)).toBe(says);
});
