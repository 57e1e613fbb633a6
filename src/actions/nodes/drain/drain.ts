import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { NodePod } from '../../../domain/facts/node.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import {
  bad,
  type Grading,
  gradeSame,
  type Measurement,
  type ObservationOf,
  unlike,
} from '../../measurement.ts';
import { noRollback } from '../../rollback.ts';
import { nodeOf } from '../../subject.ts';
import { unschedulableOf } from '../binding.ts';
import { displaced, endedIn, endingIn } from '../displaced.ts';
import { emptyingEffect } from '../effect.ts';
import { gradeEmptied } from '../grade.ts';
import { nodeUnknown } from '../rollback.ts';
import { calls } from './calls.ts';
import { drainCommand } from './command.ts';
import { departure } from './departure.ts';
import { precondition } from './precondition.ts';
import { stuckTenants } from './stuck-tenants.ts';

/** Closes a node and evicts the pods that can go elsewhere. */
export const drain: ActionKind<'drain'> = {
  command: drainCommand,
  needs: (action) => ({ nodePods: departure(action) }),
  writes: () => [['spec', 'unschedulable']],
  precondition,
  effect: (judged) =>
    emptyingEffect(judged, {
      node: { closes: true, opens: false, evicts: true, field: 'spec.unschedulable' },
      going: goingIn(judged.action),
      ended: (tenants) => endedIn(departure(judged.action), tenants),
      becomes: 'evicted',
      consequences: stuckTenants(judged),
    }),
  /** Not who has to leave it: pods come and go between the approval and the drain. */
  targetState: ({ action: { target, ignoreDaemonSets } }) => {
    const stay = ignoreDaemonSets ? ' Those of DaemonSets stay.' : '';
    return {
      sentence: `${describeTarget(target)} takes no new pods, and its pods are evicted as their budgets allow.${stay}`,
      fields: { 'spec.unschedulable': true },
    };
  },
  rollback,
  lasting: nothingLasts('A node is not made from a manifest: a drain has no lasting form.'),
  constraints: () => [],
  binding: unschedulableOf,
  calls,
  verification: ({ target }) =>
    `no pod is left on ${describeTarget(target)} that could go elsewhere, and those that went are ready again`,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(measurement, (seen) =>
      seen.kind === 'node'
        ? gradeDrained(measurement, seen)
        : unlike(describeTarget(measurement.action.target), seen),
    ),
};

const goingIn =
  (action: ActionOf<'drain'>) =>
  (tenants: readonly NodePod[]): readonly NodePod[] =>
    displaced(departure(action), tenants);

function rollback(judged: Case<'drain'>): RollbackPlan {
  const { target } = judged.action;
  const node = nodeOf(judged);
  const name = describeTarget(target);
  if (node === undefined) return nodeUnknown;
  if (node.unschedulable)
    return noRollback(`${name} was cordoned before and stays so; evicted pods do not come back to it.`);
  const sentence = `Uncordon ${name}. The evicted pods do not come back to it; new ones may.`;
  return { kind: 'action', action: { verb: 'uncordon', target }, sentence };
}

function gradeDrained(measurement: Measurement<'drain'>, seen: ObservationOf<'node'>): Grading {
  if (!seen.unschedulable)
    return bad(`${describeTarget(measurement.action.target)} takes new pods: somebody has uncordoned it.`);
  const { action } = measurement;
  const ending = (tenants: readonly NodePod[]) => endingIn(departure(action), tenants);
  return gradeEmptied(measurement, seen, { going: goingIn(action), ending, closed: true });
}
