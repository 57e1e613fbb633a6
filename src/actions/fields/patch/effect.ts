import type { ActionOf } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Effect, SizeChange } from '../../../domain/effect.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import { allKnown, putBack, sameContent } from '../../no-effect.ts';
import { rolloutEffect } from '../../rollout/rolling-update.ts';
import { workloadOf } from '../../subject.ts';
import { consequences } from './consequences.ts';
import { changesOf } from './patching.ts';

const partitionPath = 'spec.updateStrategy.rollingUpdate.partition';

/** What the fields do at once. What they mean from then on is among the consequences. */
export function effect(judged: Case<'patch'>): Effect {
  const workload = workloadOf(judged);
  const replaced = workload === undefined ? 0 : heldBack(judged.action, workload);
  const rollout = rolloutEffect(judged, replaced, {
    content: sameContent,
    drift: putBack,
    consequences: consequences(judged),
    unknown: judged.facts.fields === undefined ? ['fields'] : allKnown,
  });
  return { ...rollout, size: sizeOf(judged) };
}

/** Pods that a lower partition lets go: they wait for a revision which the partition has kept from them. */
function heldBack({ fields }: ActionOf<'patch'>, { strategy, desired, updated }: WorkloadSubject): number {
  const partition = fields.find(({ path }) => path === partitionPath)?.value;
  if (typeof partition !== 'number' || strategy.type !== 'RollingUpdate') return 0;
  const freed = Math.min(strategy.partition, desired) - partition;
  return Math.max(0, Math.min(freed, desired - updated));
}

/** A HorizontalPodAutoscaler whose new limit is below what it has now scales down at once. */
function sizeOf({ action, facts }: Case<'patch'>): SizeChange | undefined {
  const { subject } = facts;
  if (subject.kind !== 'autoscaler') return undefined;
  const max = changesOf(action, facts).find(({ path }) => path === 'spec.maxReplicas')?.to;
  if (typeof max !== 'number' || max >= subject.current) return undefined;
  return { from: subject.current, to: max, by: 'autoscaler' };
}
