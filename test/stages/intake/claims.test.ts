import { describe, expect, test } from 'vitest';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import type { ClaimName } from '../../../src/domain/incidents/claim.ts';
import { claimName } from '../../../src/domain/incidents/claim.ts';
import { standingOfClaim } from '../../../src/stages/intake/claims.ts';
import { cronJobFacts, jobFacts } from '../../fixtures/batch.ts';
import { deploymentFacts, nodeFacts, podFact } from '../../fixtures/facts.ts';

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
      'Pod/web-0 has had 3 restarts, the last BackOff event: 2026-03-01T12:00:00Z.',
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
    ['node-not-ready', 'a node that is ready', nodeFacts({ ready: true }), 'broken', 'The node is ready.'],
    ['node-not-ready', 'a node that is not', nodeFacts({ ready: false }), 'holds', 'The node is not ready.'],
    ['unhealthy', 'a node that is not ready', nodeFacts({ ready: false }), 'holds', 'The node is not ready.'],
    ['unhealthy', 'pods that crash', looping, 'holds', 'Pod/web-1 is in CrashLoopBackOff after 7 restarts.'],
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
