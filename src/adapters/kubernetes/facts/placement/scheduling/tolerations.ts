import { z } from 'zod';
import type { NodePod } from '../../../../../domain/facts/node.ts';

export const toleration = z.object({
  key: z.string().nullish(),
  operator: z.string().nullish(),
  value: z.string().nullish(),
  effect: z.string().nullish(),
  tolerationSeconds: z.number().nullish(),
});
export type Toleration = z.infer<typeof toleration>;

export interface Taint {
  readonly key: string;
  readonly value?: string | null | undefined;
  readonly effect: string;
}

/** Whether one toleration is for one taint (ToleratesTaint in k8s.io/api/core/v1/toleration.go). Operators that are not known tolerate nothing. */
export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  const equal = operator == null || operator === '' || operator === 'Equal';
  return equal && key === taint.key && (value ?? '') === (taint.value ?? '');
}

/**
 * How long a pod stays when a node gets these taints: for ever, so many seconds, or undefined if it goes at once. Each
 * taint counts by the first toleration that is for it (getMinTolerationTime of the taint-eviction-controller).
 */
export function longestStay(
  tolerations: readonly Toleration[],
  taints: readonly Taint[],
): NodePod['tolerates'] {
  if (taints.length === 0) return undefined;
  const used = taints.map((taint) => tolerations.find((each) => tolerates(each, taint)));
  if (used.includes(undefined)) return undefined;
  const limits = used.flatMap((each) =>
    each?.tolerationSeconds == null ? [] : [Math.max(0, each.tolerationSeconds)],
  );
  return limits.length === 0 ? 'for ever' : Math.min(...limits);
}
