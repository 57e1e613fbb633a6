import { expect, it } from 'vitest';
import { kindOf } from '../../../src/actions/action-kinds.ts';
import { stoppedBy } from '../../../src/adapters/kubernetes/facts/placement/stopped.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import { deploymentFacts, podFact, restartOf, scaleTo, statefulSetFacts } from '../../fixtures/facts.ts';

const up = (name: string) => podFact(name);
const down = (name: string, more: Partial<PodFact> = {}) => podFact(name, { ready: false, ...more });
const numbered = ['web-9', 'web-10', 'web-11'].map(up);
const ordinals = { first: 9, inOrder: true };

it.each<[string, Action, Facts, string[]]>([
  [
    'of a StatefulSet those with the highest ordinals',
    scaleTo(1, 'StatefulSet'),
    statefulSetFacts({ pods: numbered, ordinals }),
    ['web-10', 'web-11'],
  ],
  [
    'none that is on its way out already',
    scaleTo(2, 'StatefulSet'),
    statefulSetFacts({ pods: [up('web-9'), up('web-10'), down('web-11', { deleting: true })], ordinals }),
    [],
  ],
  [
    'of a Deployment those that are not ready',
    scaleTo(2),
    deploymentFacts({ pods: [up('web-a'), down('web-b'), down('web-c')] }),
    ['web-b', 'web-c'],
  ],
  [
    'of a Deployment any, where more go than are not ready',
    scaleTo(1),
    deploymentFacts({ pods: [up('web-a'), up('web-b'), down('web-c')] }),
    ['web-a', 'web-b', 'web-c'],
  ],
  ['where there are to be more', scaleTo(5), deploymentFacts({ pods: numbered }), []],
  ['where they are replaced', restartOf(), deploymentFacts({ pods: numbered }), []],
])('which pods may go: %s', (_name, action, facts, names) => {
  const effect = kindOf(action.verb).effect({ action, facts });
  const { subject } = facts;
  if (action.target.kind === 'Node') throw new Error('not of a node');
  expect(stoppedBy({ target: action.target, subject, effect }).map(({ name }) => name)).toEqual(names);
});
