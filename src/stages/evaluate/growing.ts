import { lastHourOf } from './history.ts';
import type { RuleInput } from './rule.ts';

/** A number of pods that goes up, counted from the last hour: steps that follow each other are one growth. */
export interface Growing {
  /** The least of the last hour; what is live where nothing less is known. */
  readonly base: number;
  readonly live: number;
  readonly to: number;
}

type Judged = Pick<RuleInput, 'action' | 'facts' | 'circumstances' | 'effect'>;

/** Replicas that are started now. */
export function growingReplicas(input: Judged): Growing | undefined {
  const { size } = input.effect;
  if (size === undefined || size.to <= size.from) return undefined;
  const { replicas = size.from } = lastHourOf(input);
  return { base: Math.min(size.from, replicas), live: size.from, to: size.to };
}

/** Pods that may be started later. A limit where there was none lets what is there grow. */
export function growingLimit(input: Judged): Growing | undefined {
  const { most } = input.effect;
  if (most === undefined) return undefined;
  const { replicas = most.now, mostReplicas } = lastHourOf(input);
  const live = most.from ?? most.now;
  const least = mostReplicas ?? (most.from === undefined ? Math.min(replicas, most.now) : live);
  const base = Math.min(live, least);
  return most.to > live ? { base, live, to: most.to } : undefined;
}

export const timesOf = ({ base, to }: Growing): number => to / Math.max(1, base);

/** Behind a sentence that tells what is live. */
export const lessBefore = ({ base, live }: Growing): string =>
  base < live ? ` (${base} within the last hour)` : '';
