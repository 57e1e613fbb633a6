import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Taint } from '../../../domain/facts/node.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';
import { labelValue, taintEffects } from '../../../domain/values.ts';
import { noRollback } from '../../rollback.ts';
import { nodeOf } from '../../subject.ts';
import { nodeUnknown } from '../rollback.ts';
import { evicting, removes, sameTaint, taintText } from '../taints.ts';

type Added = ActionOf<'taint'>['add'];
type Removed = ActionOf<'taint'>['remove'];

/** What one command may name; see `details.taint`. */
const mostTaints = 10;

/** The old values of what is replaced and removed, and away with what is new. What pods have left does not come back. */
export function rollback(judged: Case<'taint'>): RollbackPlan {
  const taints = nodeOf(judged)?.taints;
  if (taints === undefined) return nodeUnknown;
  const { target, add } = judged.action;
  const fresh = add.filter((taint) => !taints.some((each) => sameTaint(each, taint)));
  const lost = lostOf(judged.action, taints);
  const back = lost.flatMap(writable).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  if (back.length < lost.length || Math.max(back.length, fresh.length) > mostTaints)
    return noRollback('There is no way back: one command cannot put back what is there now.');
  if (back.length + fresh.length === 0) return noRollback('There is nothing to take back.');
  const remove = fresh.map(({ key, effect }) => ({ key, effect }));
  const overwrite = back.some((taint) => add.some((each) => sameTaint(each, taint)));
  const sentence = sentenceOf(judged.action, back, remove);
  return { kind: 'action', action: { verb: 'taint', target, add: back, remove, overwrite }, sentence };
}

/** What is there now and will not be as it is. */
function lostOf({ add, remove }: ActionOf<'taint'>, taints: readonly Taint[]): readonly Taint[] {
  return taints.filter(
    (taint) => add.some((each) => sameTaint(each, taint)) || remove.some((each) => removes(each, taint)),
  );
}

function sentenceOf({ target, add }: ActionOf<'taint'>, back: Added, remove: Removed): string {
  const parts = [
    back.length === 0 ? '' : `put back ${back.map(taintText).join(', ')}`,
    remove.length === 0 ? '' : `remove ${remove.map(taintText).join(', ')}`,
  ].filter((part) => part !== '');
  const went = evicting(add).length > 0 ? ' Pods that had to go do not come back.' : '';
  return `On ${describeTarget(target)} ${parts.join(' and ')}.${went}`;
}

/** A taint as an action may write it; none where it has what a command may not have. */
function writable({ key, value, effect }: Taint): Added {
  const known = taintEffects.find((each) => each === effect);
  if (known === undefined || !labelValue.safeParse(value ?? '').success) return [];
  return [{ key, ...(value === undefined ? {} : { value }), effect: known }];
}

const idOf = ({ key, effect }: Taint): string => `${key}:${effect}`;
