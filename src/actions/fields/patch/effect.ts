import type { ActionOf } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import type { Effect, MostPods, SizeChange } from '../../../domain/effect.ts';
import type { WorkloadSubject } from '../../../domain/facts/facts.ts';
import { allKnown, putBack, sameContent } from '../../no-effect.ts';
import { rolloutEffect } from '../../rollout/rolling-update.ts';
import { within } from '../../scaling/bounds.ts';
import { workloadOf } from '../../subject.ts';
import { consequences } from './consequences.ts';
import { changesOf } from './patching.ts';

const partitionPath = 'spec.updateStrategy.rollingUpdate.partition';
const maxPath = 'spec.maxReplicas';

/** Fields that hold how many pods there may be at most. */
const mostPaths: readonly string[] = [maxPath, 'spec.parallelism'];

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
  return { ...rollout, size: sizeOf(judged), most: mostOf(judged) };
}

/** Pods that a lower partition lets go: they wait for a revision which the partition has kept from them. */
function heldBack({ fields }: ActionOf<'patch'>, { strategy, desired, updated }: WorkloadSubject): number {
  const partition = fields.find(({ path }) => path === partitionPath)?.value;
  if (typeof partition !== 'number' || strategy.type !== 'RollingUpdate') return 0;
  const freed = Math.min(strategy.partition, desired) - partition;
  return Math.max(0, Math.min(freed, desired - updated));
}

/** A HorizontalPodAutoscaler moves what lies outside its new limits at its next look. */
function sizeOf({ action, facts }: Case<'patch'>): SizeChange | undefined {
  const { subject } = facts;
  if (subject.kind !== 'autoscaler') return undefined;
  const written = (path: string) => changesOf(action, facts).find((change) => change.path === path)?.to;
  const [min, max] = [written('spec.minReplicas') ?? subject.min, written(maxPath) ?? subject.max];
  if (typeof min !== 'number' || typeof max !== 'number') return undefined;
  const to = within({ min: Math.min(min, max), max }, subject.current);
  return to === subject.current ? undefined : { from: subject.current, to, by: 'autoscaler' };
}

/** A limit that is written; raised, nobody is asked any more when load or work makes use of it. */
function mostOf({ action, facts }: Case<'patch'>): MostPods | undefined {
  const { subject } = facts;
  const field = mostPaths.find((path) => action.fields.some((written) => written.path === path));
  const to = action.fields.find(({ path }) => path === field)?.value;
  if (field === undefined || typeof to !== 'number') return undefined;
  if (subject.kind === 'autoscaler') return { from: subject.max, to, now: subject.current, field };
  return subject.kind === 'job' ? { from: subject.parallelism, to, now: subject.active, field } : undefined;
}
