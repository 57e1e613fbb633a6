import { expect, it } from 'vitest';
import type { RevisionRecord } from '../../../src/domain/circumstances.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Returning, Revision } from '../../../src/domain/facts/revision.ts';
import { cronJobFacts, runCronJob } from '../../fixtures/batch.ts';
import {
  cordonNode,
  deletePodIn,
  deploymentFacts,
  nodeFacts,
  podFacts,
  restartOf,
  scaleTo,
  setImageTo,
  uncordonNode,
  undoOf,
} from '../../fixtures/facts.ts';
import { type Given, type Said, said } from '../../fixtures/said.ts';

const restarted = (
  rest: Partial<Facts> = {},
  workload: Parameters<typeof deploymentFacts>[0] = {},
): Given => ({
  action: restartOf(),
  facts: deploymentFacts(workload, rest),
});
const scaled = (to: number, rest: Partial<Facts> = {}, desired = 3): Given => ({
  action: scaleTo(to),
  facts: deploymentFacts({ desired }, rest),
});

const at = (time: string) => `2026-03-01T${time}:00Z`;
const revision = (number: number, born: string, more: Partial<Revision> = {}): Revision => ({
  ...{ revision: number, source: `ReplicaSet web-${number}`, createdAt: born, alike: number },
  ...more,
});
const { createdAt: _createdAt, ...ageless } = revision(1, at('02:00'));
const shortly = (second = '10:57') => [
  revision(1, at('02:00')),
  revision(2, at(second)),
  revision(3, at('11:00')),
];
const back = (number: number, as: Returning['as'] = 'content', containers = ['web']): Returning => ({
  ...{ revision: number, as, containers },
});
const returned = (
  revisions: Revision[],
  returning: Returning[],
  records: Partial<RevisionRecord>[] = [],
): Given => ({
  action: setImageTo('registry.example/web:2'),
  facts: deploymentFacts({ revisions, liveRevision: 3, returning }),
  circumstances: { revisions: records.map((each) => ({ ...failed, ...each })) },
});
const undone = (revisions: Revision[], records: Partial<RevisionRecord>[] = []): Given => ({
  action: undoOf('Deployment', 2),
  facts: deploymentFacts({ revisions, liveRevision: 3 }),
  circumstances: { revisions: records.map((each) => ({ ...failed, ...each })) },
});
const failed: RevisionRecord = {
  ...{ remediation: 41, target: 'test/shop/Deployment/web', source: 'ReplicaSet web-2' },
  ...{ became: 'not verified', at: at('11:30') },
};
const unread: Partial<RevisionRecord> = { became: 'not known', source: 'none' };

const warned = (given: Given, count = 2, last = at('11:55')): Given => ({
  ...given,
  facts: {
    ...given.facts,
    warnings: [
      { reason: 'FailedScheduling', count, last },
      { reason: 'BackOff', count: 9, last },
    ],
  },
});
const withoutNeighbours = (given: Given): Given => {
  const { neighbourhood: _neighbourhood, ...facts } = given.facts;
  return { ...given, facts };
};
const cordoned: Given = { action: cordonNode, facts: nodeFacts() };

const rows: readonly Said[] = [
  [
    'its content, too short',
    'failing-revision',
    returned(shortly(), [back(2)]),
    [
      'floor 11: Revision 2, which had just this content, was live for 3 min only: whether its pods were ever ready is not known. [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],
  ...[returned(shortly('10:50'), [back(2)], [unread]), undone(shortly('10:50'), [unread])].map(
    (given): Said => [
      `what another version has written of it: ${given.action.verb}`,
      'failing-revision',
      given,
      [
        'floor 11: Not known: what remediation 41 came to for its revisions; another version of Firebreak has written it. [Deployment/web in shop: remediation 41]',
      ],
    ],
  ),
  ['its content, long enough', 'failing-revision', returned(shortly('10:50'), [back(2)]), []],
  [
    'its content, twice, and once long enough',
    'failing-revision',
    returned(shortly(), [back(1), back(2)]),
    [],
  ],
  ['its images, too short', 'failing-revision', returned(shortly(), [back(2, 'images')]), []],
  [
    'the same image in two containers',
    'failing-revision',
    returned(shortly(), [back(2, 'some images', ['web', 'log'])], [{}]),
    [
      'floor 11: Revision 2, which ran the same image in web, log, was left as failing: remediation 41 brought it and was not verified. [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],
  [
    'one that is gone',
    'failing-revision',
    returned(shortly(), [back(9), back(2, 'images')], [{}]),
    [
      'floor 51: Revision 2, which ran just these images, was left as failing: remediation 41 brought it and was not verified. [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],
  [
    'one of another target',
    'failing-revision',
    returned(shortly('06:00'), [back(2)], [{ target: 'test/shop/Deployment/api' }]),
    [],
  ],
  [
    'an undo to what failed',
    'failing-revision',
    undone(shortly('06:00'), [{}]),
    [
      'floor 51: Revision 2 was left as failing: remediation 41 brought it and was not verified. Revision 1 was live for 4 h: kubectl rollout undo deployment/web --to-revision=1 -n shop [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],
  [
    'an undo to what failed, where another has ready pods',
    'failing-revision',
    undone(
      [{ ...ageless, pods: { desired: 1, ready: 1 } }, revision(2, at('02:01')), revision(3, at('11:00'))],
      [{}],
    ),
    [
      'floor 51: Revision 2 was left as failing: remediation 41 brought it and was not verified. Revision 1 has ready pods: kubectl rollout undo deployment/web --to-revision=1 -n shop [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],
  [
    'an undo to what failed, and another that was short',
    'failing-revision',
    undone([revision(1, at('02:00')), revision(2, at('02:01')), revision(3, at('11:00'))], [{}]),
    [
      'floor 51: Revision 2 was left as failing: remediation 41 brought it and was not verified. Nothing speaks against revision 1: kubectl rollout undo deployment/web --to-revision=1 -n shop [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],
  [
    'an undo to what failed, and no other',
    'failing-revision',
    undone(shortly('06:00').slice(1), [{}]),
    [
      'floor 51: Revision 2 was left as failing: remediation 41 brought it and was not verified. No other revision of its history is known to be any better. [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],
  [
    'an undo to what was short',
    'failing-revision',
    undone(shortly()),
    [
      'floor 11: Revision 2 was live for 3 min only: whether its pods were ever ready is not known. Revision 1 was live for 9 h: kubectl rollout undo deployment/web --to-revision=1 -n shop [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],
  [
    'an undo to what was short, and no other',
    'failing-revision',
    undone(shortly().slice(1)),
    [
      'floor 11: Revision 2 was live for 3 min only: whether its pods were ever ready is not known. [Deployment/web in shop: revision 2 (ReplicaSet web-2)]',
    ],
  ],

  [
    'a restart',
    'failing-starts',
    warned(restarted()),
    [
      'floor 11: New pods may not start: FailedScheduling (2 times, 5 min ago). [Deployment/web in shop: events]',
    ],
  ],
  [
    'a scale to more',
    'failing-starts',
    warned(scaled(4), 1, at('12:00')),
    ['floor 11: New pods may not start: FailedScheduling (once, just now). [Deployment/web in shop: events]'],
  ],
  ['a scale to fewer', 'failing-starts', warned(scaled(2)), []],
  [
    'the deletion of a pod',
    'failing-starts',
    warned({ action: deletePodIn(), facts: podFacts() }),
    ['floor 11: New pods may not start: FailedScheduling (2 times, 5 min ago). [Pod/web-0 in shop: events]'],
  ],
  [
    'a run',
    'failing-starts',
    warned({ action: runCronJob(), facts: cronJobFacts() }),
    [
      'floor 11: New pods may not start: FailedScheduling (2 times, 5 min ago). [CronJob/report in shop: events]',
    ],
  ],

  [
    'nothing known around a restart',
    'unknown-effect',
    withoutNeighbours(restarted()),
    [
      'floor 99: Not known: what depends on it, and who wrote it last. It is judged as the worst that it could be. [Deployment/web in shop: neighbourhood]',
    ],
  ],
  [
    'nothing known around a scale to more',
    'unknown-effect',
    withoutNeighbours(scaled(4)),
    [
      'floor 99: Not known: what depends on it, and who wrote it last. It is judged as the worst that it could be. [Deployment/web in shop: neighbourhood]',
    ],
  ],
  [
    'nothing known around a cordon',
    'unknown-effect',
    withoutNeighbours(cordoned),
    [
      'floor 99: Not known: what depends on it, and who wrote it last. It is judged as the worst that it could be. [Node/worker-1: neighbourhood]',
    ],
  ],
  [
    'nothing known around an uncordon',
    'unknown-effect',
    withoutNeighbours({
      ...cordoned,
      action: uncordonNode,
      facts: nodeFacts({ unschedulable: true }),
    }),
    [
      'floor 11: Not known: what depends on it, and who wrote it last. It is judged as the worst that it could be. [Node/worker-1: neighbourhood]',
    ],
  ],
  ['all known', 'unknown-effect', restarted(), []],
];

it.each(rows)('%s: %s', (_name, rule, given, lines) => {
  expect(said(given, rule)).toEqual(lines);
});
