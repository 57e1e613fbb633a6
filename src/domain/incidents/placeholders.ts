import { z } from 'zod';

/** What the placeholders of a playbook's action may be named. Which of them have a value depends on the alert. */
export const placeholderNames = ['kind', 'name', 'namespace', 'pod', 'node'] as const;

const value = z.string().optional();

/** The values of those that are known. */
export const placeholderValues = z.strictObject({
  kind: value,
  name: value,
  namespace: value,
  pod: value,
  node: value,
} satisfies Record<(typeof placeholderNames)[number], typeof value>);
export type PlaceholderValues = z.infer<typeof placeholderValues>;
