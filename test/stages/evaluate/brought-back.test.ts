import { describe, expect, it } from 'vitest';
import type { RevisionRecord } from '../../../src/domain/circumstances.ts';
import type { Facts, WorkloadSubject } from '../../../src/domain/facts/facts.ts';
import type { Returning, Revision } from '../../../src/domain/facts/revision.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
import { deploymentFacts, noon, defaultPolicy as policy, setImageTo, specId } from '../../fixtures/facts.ts';
import { saidBy } from '../../fixtures/history.ts';

const judge = (facts: Facts, revisions: RevisionRecord[]) =>
  evaluate({
    id: specId,
    now: noon,
    action: setImageTo('registry.example/web:2'),
    facts,
    policy,
    circumstances: { local: [], revisions },
  });

const at = (time: string) => `2026-03-01T${time}:00Z`;
const revision = (number: number, born: string, more: Partial<Revision> = {}): Revision => ({
  revision: number,
  source: `ReplicaSet web-${number}`,
  createdAt: born,
  alike: number,
  ...more,
});

/** Each was live for hours. */
const calm = (second: Partial<Revision> = {}) => [
  revision(1, at('02:00')),
  revision(2, at('06:00'), second),
  revision(3, at('11:00')),
];
const facts = (revisions: Revision[], returning: Returning[], rest: Partial<WorkloadSubject> = {}) =>
  deploymentFacts({ revisions, liveRevision: 3, returning, ...rest });
const back = (number: number, as: Returning['as'] = 'content'): Returning => ({
  ...{ revision: number, as },
  containers: ['web'],
});

const failed: RevisionRecord = {
  ...{ remediation: 41, target: 'test/shop/Deployment/web', source: 'ReplicaSet web-2' },
  ...{ became: 'not verified', at: at('11:30') },
};
const why = 'was left as failing: remediation 41 brought it and was not verified.';

describe('an image that brings back what was left as failing', () => {
  it.each<[string, Facts, RevisionRecord[], Tier, string | undefined]>([
    ['nothing comes back', deploymentFacts(), [failed], 'human', undefined],
    ['one that nothing speaks against', facts(calm(), [back(2)]), [], 'human', undefined],
    [
      'its very content, by a verdict',
      facts(calm(), [back(2)]),
      [failed],
      'dual',
      `Revision 2, which had just this content, ${why}`,
    ],
    [
      'its very content, by an undo of ours',
      facts(calm(), [back(2)]),
      [{ ...failed, became: 'undone' }],
      'dual',
      'Revision 2, which had just this content, was left as failing: remediation 41 went back from it 30 min ago.',
    ],
    [
      'its very content, by an undo of kubectl',
      facts([revision(2, at('11:00')), revision(3, at('06:00'), { earlier: [1] })], [back(2)]),
      [],
      'dual',
      'Revision 2, which had just this content, was left as failing: the template from before it came back as revision 3.',
    ],
    [
      'its very content, with pods that are not ready',
      facts(calm({ pods: { desired: 1, ready: 0 } }), [back(2)]),
      [],
      'dual',
      'Revision 2, which had just this content, was left as failing: its pod is not ready.',
    ],
    [
      'its very content, with a rollout that never ended',
      facts(calm(), [back(2)], { oldestPod: at('05:00') }),
      [],
      'dual',
      'Revision 2, which had just this content, was left as failing: its rollout never ended, pods from before it still run.',
    ],
    [
      'its images',
      facts(calm(), [back(2, 'images')]),
      [failed],
      'dual',
      `Revision 2, which ran just these images, ${why}`,
    ],
    [
      'its images, with which another revision was proven',
      facts(calm(), [back(1, 'images'), back(2, 'images')]),
      [failed],
      'human',
      `Revision 2, which ran just these images, ${why}`,
    ],
    [
      'its images, but the very content of one that is sound',
      facts(calm(), [back(1), back(2, 'images')]),
      [failed],
      'human',
      undefined,
    ],
    [
      'one of its images',
      facts(calm(), [back(2, 'some images')]),
      [failed],
      'human',
      `Revision 2, which ran the same image in web, ${why}`,
    ],
    [
      'what was live for a moment only',
      facts([revision(1, at('02:00')), revision(2, at('10:58')), revision(3, at('11:00'))], [back(2)]),
      [],
      'human',
      'Revision 2, which had just this content, was live for 2 min only: whether its pods were ever ready is not known.',
    ],
  ])('%s', (_name, seen, records, tier, sentence) => {
    const spec = judge(seen, records);
    expect(saidBy(spec, 'failing-revision')).toEqual(sentence === undefined ? [] : [sentence]);
    expect(spec.tier).toBe(tier);
  });
});
