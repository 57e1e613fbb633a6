import { describe, expect, it } from 'vitest';
import { undoRevision } from '../../src/actions/rollout/undo/revision.ts';
import type { WorkloadSubject } from '../../src/domain/facts/facts.ts';
import { deploymentFacts, undoOf } from '../fixtures/facts.ts';

function workload(live: number | undefined, numbers: readonly number[]): WorkloadSubject {
  const revisions = numbers.map((revision) => ({ revision, source: `ReplicaSet/web-${revision}` }));
  const { subject } = deploymentFacts({ revisions, liveRevision: live });
  if (subject.kind !== 'workload') throw new Error('expected a workload');
  return subject;
}

describe('undoRevision', () => {
  it.each<[string, number | undefined, number | undefined, number[], number | string]>([
    ['the one before the live one', undefined, 3, [1, 2, 3], 2],
    ['in whatever order they come', undefined, 3, [2, 3, 1], 2],
    ['over a gap', undefined, 7, [2, 7, 5], 5],
    ['the live one need not be listed', undefined, 3, [1, 2], 2],
    ['the one that is named', 1, 3, [1, 2, 3], 1],
    ['the first revision', undefined, 1, [1], 'there is no revision before 1, the live one'],
    ['no history', 2, 3, [], 'there is no revision 2 in its history (it is empty)'],
    ['not in history', 9, 3, [3, 1], 'there is no revision 9 in its history (it has 1, 3)'],
    ['the live one', 3, 3, [1, 2, 3], 'revision 3 is the live one'],
    ['live one unknown', undefined, undefined, [1, 2], 'its live revision is not known'],
  ])('%s', (_name, asked, live, numbers, expected) => {
    const found = undoRevision(undoOf('Deployment', asked), workload(live, numbers));
    expect(found.kind === 'revision' ? found.revision.revision : found.reason).toBe(expected);
  });
});
