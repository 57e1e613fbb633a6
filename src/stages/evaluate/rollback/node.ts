import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import type { Taint } from '../../../domain/facts/node.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';
import { removes, sameTaint, taintText } from '../../../actions/nodes/taints.ts';
import { labelValue, taintEffects } from '../../../domain/values.ts';

const none = (sentence: string): RollbackPlan => ({ kind: 'none', sentence });
const unread = none('There is no way back: the taints that are there now are not known.');

/** What one command may name; see `details.taint`. */
const mostTaints = 10;

/** The way back from what is done to a node. */
export function nodeBack(action: ActionOf<'drain' | 'taint'>, { subject }: Facts): RollbackPlan {
  if (subject.kind !== 'node') return unread;
  if (action.verb === 'taint')
    return subject.taints === undefined ? unread : untainted(action, subject.taints);
  const name = describeTarget(action.target);
  if (subject.unschedulable)
    return none(`${name} was cordoned before and stays so; evicted pods do not come back to it.`);
  const sentence = `Uncordon ${name}. The evicted pods do not come back to it; new ones may.`;
  return { kind: 'action', action: { verb: 'uncordon', target: action.target }, sentence };
}

/** The old values of what is replaced and removed, and away with what is new. What pods have left does not come back. */
function untainted(action: ActionOf<'taint'>, taints: readonly Taint[]): RollbackPlan {
  const { target, add } = action;
  const fresh = add.filter((taint) => !taints.some((each) => sameTaint(each, taint)));
  const lost = taints.filter(
    (taint) =>
      add.some((each) => sameTaint(each, taint)) || action.remove.some((each) => removes(each, taint)),
  );
  const back = lost.flatMap(writable).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  if (back.length < lost.length || Math.max(back.length, fresh.length) > mostTaints)
    return none('There is no way back: one command cannot put back what is there now.');
  if (back.length + fresh.length === 0) return none('There is nothing to take back.');
  const remove = fresh.map(({ key, effect }) => ({ key, effect }));
  const overwrite = back.some((taint) => add.some((each) => sameTaint(each, taint)));
  const parts = [
    back.length === 0 ? '' : `put back ${back.map(taintText).join(', ')}`,
    remove.length === 0 ? '' : `remove ${remove.map(taintText).join(', ')}`,
  ].filter((part) => part !== '');
  const went = add.some(({ effect }) => effect === 'NoExecute')
    ? ' Pods that had to go do not come back.'
    : '';
  const sentence = `On ${describeTarget(target)} ${parts.join(' and ')}.${went}`;
  return { kind: 'action', action: { verb: 'taint', target, add: back, remove, overwrite }, sentence };
}

/** A taint as an action may write it; none where it has what a command may not have. */
function writable({ key, value, effect }: Taint): ActionOf<'taint'>['add'] {
  const known = taintEffects.find((each) => each === effect);
  if (known === undefined || !labelValue.safeParse(value ?? '').success) return [];
  return [{ key, ...(value === undefined ? {} : { value }), effect: known }];
}

const idOf = ({ key, effect }: Taint): string => `${key}:${effect}`;
