import { z } from 'zod';

/** A label selector as objects hold it (meta/v1 LabelSelector). */
export const selector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()),
  matchExpressions: z.array(
    z.strictObject({ key: z.string(), operator: z.string(), values: z.array(z.string()) }),
  ),
});
export type Selector = z.infer<typeof selector>;

/** Whether a label selector matches (kubernetes.io, "Labels and Selectors"); an empty one matches everything. */
export function matches(
  { matchLabels, matchExpressions }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const equal = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const among = value !== undefined && values.includes(value);
      return operator === 'In' ? among : !among;
    })
  );
}

/** The keys that a selector asks for. */
export function keysOf({ matchLabels, matchExpressions }: Selector): string[] {
  return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
}
