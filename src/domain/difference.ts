import { z } from 'zod';

/**
 * One thing that is not as it was approved, in words for people: `replicas`, `3`, `5`. `object`: which one of several it
 * is about.
 */
export const difference = z.strictObject({
  object: z.string().optional(),
  label: z.string(),
  approved: z.string(),
  live: z.string(),
});
export type Difference = z.infer<typeof difference>;

/** `replicas: approved at 3, live is 5`, for where there is no room for a table; of sentences without their full stops. */
export function differenceText({ object, label, approved, live }: Difference): string {
  const [before, now] = [approved, live].map((text) => text.replace(/(?<=\w)\.$/, ''));
  return `${object === undefined ? '' : `${object}: `}${label}: approved at ${before}, live is ${now}`;
}
