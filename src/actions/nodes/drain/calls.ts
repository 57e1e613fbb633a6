import type { NodeBudget, NodePod } from '../../../domain/facts/node.ts';
import type { UnreadyNode } from '../../../domain/facts/unready-node.ts';
import type { Call } from '../../../domain/plan.ts';
import { type Draft, type DraftInput, refOf, send, withNode } from '../../draft.ts';
import { cordonCall } from '../cordon/calls.ts';
import { allowanceOf, covers, has, leaving, podName, spends } from '../displaced.ts';
import { isStartedElsewhere, unconfirming } from '../unready.ts';
import { departure } from './departure.ts';

/**
 * A cordon, unless the node is cordoned, and one eviction for each pod that `kubectl drain` would evict. One that a
 * budget holds up holds up those behind it, so those come first that nothing holds up now.
 */
export function calls(input: DraftInput<'drain'>): Draft {
  return withNode(input, (node) => {
    const { unschedulable, tenants = [], budgets = [] } = node;
    const unready = unconfirming({ name: input.action.target.name, node });
    // What is being deleted goes without being asked.
    const going = leaving(departure(input.action), tenants).filter((pod) => !has(pod, 'deleting'));
    return send(
      ...(unschedulable ? [] : [cordonCall(input)]),
      ...inWaves(going, budgets).map((pod) => evictionOf(pod, unready)),
    );
  });
}

function evictionOf(pod: NodePod, unready: UnreadyNode | undefined): Call {
  const { namespace, name, uid, owner } = pod;
  const next = owner === undefined || has(pod, 'ended') ? '' : `; ${nextOf(owner, unready)}`;
  return {
    kind: 'evict',
    ref: { ...refOf({ kind: 'Pod', namespace, name }), subresource: 'eviction' },
    uid,
    recognise: { kind: 'gone', uid },
    sentence: `Evict ${podName(pod)}${next}.`,
  };
}

/** Who starts another, and when. */
function nextOf(owner: string, unready: UnreadyNode | undefined): string {
  return unready === undefined || isStartedElsewhere(owner)
    ? `${owner} starts another`
    : `${owner} starts no other while Node/${unready.name} is silent`;
}

/** First what can go at once, then what has to wait for one replacement, for two ...; by namespace and name in each. */
function inWaves(tenants: readonly NodePod[], budgets: readonly NodeBudget[]): readonly NodePod[] {
  const sorted = tenants.toSorted((a, b) => (podName(a) < podName(b) ? -1 : 1));
  const waves = new Map<NodePod, number>();
  const asked = new Map<NodeBudget, number>();
  for (const pod of sorted) {
    const spent = budgets.filter((budget) => covers(budget, pod) && spends(pod, budget));
    const waits = spent.map((budget) => {
      const before = asked.get(budget) ?? 0;
      asked.set(budget, before + 1);
      return before - allowanceOf(budget) + 1;
    });
    waves.set(pod, Math.max(0, ...waits));
  }
  return sorted.toSorted((a, b) => (waves.get(a) ?? 0) - (waves.get(b) ?? 0));
}
