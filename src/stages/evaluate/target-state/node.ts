import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';
import { removes } from '../../../domain/taints.ts';

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

function tainted({ target, add, remove }: ActionOf<'taint'>, before: Taints): TargetState {
  const gone = before.filter((taint) => remove.some((each) => removes(each, taint)));
  const field = ({ key, effect }: Taints[number]) => `spec.taints[${key}:${effect}]`;
  const fields = Object.fromEntries([
    ...gone.map((taint) => [field(taint), null]),
    ...add.map((taint) => [field(taint), taint.value ?? '']),
  ]);
  const name = ({ key, effect }: { key: string; effect?: string | undefined }) =>
    `${key}${effect === undefined ? '' : `:${effect}`}`;
  const parts = [
    add.length === 0 ? '' : `has the taint ${add.map(name).join(', ')}`,
    remove.length === 0 ? '' : `has no taint ${remove.map(name).join(', ')}`,
  ].filter((part) => part !== '');
  return { sentence: `${describeTarget(target)} ${parts.join(' and ')}.`, fields };
}
