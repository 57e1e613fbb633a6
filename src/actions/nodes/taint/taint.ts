import { describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Effect } from '../../../domain/effect.ts';
import type { Taint } from '../../../domain/facts/node.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';
import type { ActionKind } from '../../action-kind.ts';
import type { Guarded } from '../../guarded.ts';
import { good, gradeSame } from '../../measurement.ts';
import { nodeOf } from '../../subject.ts';
import { writtenText } from '../../written.ts';
import { displaced, endedIn } from '../displaced.ts';
import { emptyingEffect } from '../effect.ts';
import { type Emptying, gradeEmptied } from '../grade.ts';
import { evicting, isHard, removes, removesHard } from '../taints.ts';
import { calls } from './calls.ts';
import { taintCommand } from './command.ts';
import { forcedDeletion, outOfService } from './out-of-service.ts';
import { precondition } from './precondition.ts';
import { rollback } from './rollback.ts';

type TaintCase = Case<'taint'>;

/** Sets and removes taints of a node; under a new NoExecute taint pods have to leave. */
export const taint: ActionKind<'taint'> = {
  command: taintCommand,
  needs: ({ add }) => {
    const taints = evicting(add);
    return taints.length === 0 ? {} : { nodePods: { by: 'taints', taints } };
  },
  writes: () => [['spec', 'taints']],
  precondition,
  effect,
  targetState,
  rollback,
  lasting: nothingLasts('A node is not made from a manifest: a taint has no lasting form here.'),
  constraints: () => [],
  binding,
  calls,
  verification: ({ target, add }) =>
    evicting(add).length > 0
      ? `${describeTarget(target)} has what was written, the pods that do not tolerate it are gone and ready elsewhere`
      : `${describeTarget(target)} still has what was written`,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(measurement, (seen) => {
      const { action } = measurement;
      if (seen.kind === 'node' && evicting(action.add).length > 0)
        return gradeEmptied(measurement, seen, { going, closed: false });
      return good(`${describeTarget(action.target)} ${writtenText(action)}.`);
    }),
};

const going: Emptying['going'] = (pods) => displaced({ by: 'taints', taints: [] }, pods);
const ended: Emptying['going'] = (pods) => endedIn({ by: 'taints', taints: [] }, pods);

function effect(judged: TaintCase): Effect {
  const { add, remove } = judged.action;
  return emptyingEffect(judged, {
    node: {
      closes: add.some(isHard),
      opens: removesHard(remove),
      evicts: false,
      field: 'spec.taints',
    },
    ...(evicting(add).length > 0 ? { going, ended } : { going: undefined }),
    becomes: 'taken off the node',
    consequences: forcedDeletion(judged),
    forced: add.some(({ key }) => key === outOfService),
  });
}

function targetState(judged: TaintCase): DeclarativeSpec['targetState'] {
  const { action } = judged;
  const before = nodeOf(judged)?.taints ?? [];
  const gone = before.filter((each) => action.remove.some((removal) => removes(removal, each)));
  const fields = Object.fromEntries([
    ...gone.map((each) => [fieldOf(each), null]),
    ...action.add.map((each) => [fieldOf(each), each.value ?? '']),
  ]);
  return { sentence: `${describeTarget(action.target)} ${writtenText(action)}.`, fields };
}

const fieldOf = ({ key, effect }: Pick<Taint, 'key' | 'effect'>): string => `spec.taints[${key}:${effect}]`;

/** The taints that controllers set come and go with the state of the node. */
function binding(judged: TaintCase): Guarded {
  const node = nodeOf(judged);
  if (node === undefined) return {};
  const own = (node.taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/'));
  return { taints: own.map(({ key, value = '', effect }) => `${key}=${value}:${effect}`).toSorted() };
}
