import type { RuleInput } from './rule.ts';

type Judged = Pick<RuleInput, 'effect' | 'facts'>;

/** Pods that something is done to. Those that a Job starts are new: nobody depends on them yet. */
export function disturbedPods({ effect: { pods }, facts: { subject } }: Judged): number {
  const isRun = subject.kind === 'job' || subject.kind === 'cronJob';
  return pods.affected.pods - (isRun ? pods.started : 0);
}

/** The same without those that run on, although nothing selects them any more. */
export function endingPods(judged: Judged): number {
  const { pods } = judged.effect;
  return pods.deleted === 0 && judged.facts.subject.kind === 'pod' ? 0 : disturbedPods(judged);
}

/** Ready endpoints of a Service that are left at the worst moment; all of them where the action takes none away. */
export function endpointsLeft(
  { effect: { endpoints } }: Pick<RuleInput, 'effect'>,
  { name, ready }: { readonly name: string; readonly ready: number },
): number {
  for (const { service, left } of endpoints) if (service === name) return left;
  return ready;
}
