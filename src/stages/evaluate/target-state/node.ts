import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';
import { removes } from '../../../actions/nodes/taints.ts';
import { writtenText } from '../../../actions/written.ts';

type TargetState = DeclarativeSpec['targetState'];

/** What a node looks like afterwards. Not who has to leave it: pods come and go between the approval and the drain. */
export function nodeState(action: ActionOf<'drain' | 'taint'>, { subject }: Facts): TargetState {
  const name = describeTarget(action.target);
  if (action.verb === 'taint') return tainted(action, subject.kind === 'node' ? (subject.taints ?? []) : []);
  const stay = action.ignoreDaemonSets ? ' Those of DaemonSets stay.' : '';
  return {
    sentence: `${name} takes no new pods, and its pods are evicted as their budgets allow.${stay}`,
    fields: { 'spec.unschedulable': true },
  };
}

type Taints = readonly {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
}[];

function tainted(action: ActionOf<'taint'>, before: Taints): TargetState {
  const { target, add, remove } = action;
  const gone = before.filter((taint) => remove.some((each) => removes(each, taint)));
  const field = ({ key, effect }: Taints[number]) => `spec.taints[${key}:${effect}]`;
  const fields = Object.fromEntries([
    ...gone.map((taint) => [field(taint), null]),
    ...add.map((taint) => [field(taint), taint.value ?? '']),
  ]);
  return { sentence: `${describeTarget(target)} ${writtenText(action)}.`, fields };
}
