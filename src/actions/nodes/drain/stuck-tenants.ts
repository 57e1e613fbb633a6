import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import type { NodePod } from '../../../domain/facts/node.ts';
import { isOverdue } from '../../../domain/facts/termination.ts';
import { finalizersText } from '../../being-deleted.ts';
import { nothingFollows } from '../../no-effect.ts';
import { minutesSince } from '../../sentence.ts';
import { nodeOf } from '../../subject.ts';
import { endingIn, podName } from '../displaced.ts';
import { departure } from './departure.ts';

/** Pods of the node that should be gone and are not: the drain waits for them like for the others, and nothing moves them. */
export function stuckTenants({ action, facts }: Case<'drain'>): readonly Consequence[] {
  const { tenants = [] } = nodeOf({ facts }) ?? {};
  const { gatheredAt } = facts;
  const stuck = endingIn(departure(action), tenants).filter(
    ({ termination }) => termination !== undefined && isOverdue(termination, gatheredAt),
  );
  if (stuck.length === 0) return nothingFollows;
  const told = stuck.slice(0, 3).map((pod) => stateOf(pod, gatheredAt));
  const rest = stuck.length > 3 ? ` and ${stuck.length - 3} more` : '';
  const sentence = `${told.join(', ')}${rest}: the drain does not end before ${stuck.length === 1 ? 'it is' : 'they are'} gone.`;
  return [{ rule: 'stuck-pods', asks: 'human', sentence, field: 'pods' }];
}

function stateOf(pod: NodePod, at: string): string {
  const { since = at, finalizers = [] } = pod.termination ?? {};
  const held = finalizers.length === 0 ? '' : `, held by ${finalizersText(finalizers)}`;
  return `${podName(pod)} has been Terminating for ${minutesSince(since, at)}${held}`;
}
