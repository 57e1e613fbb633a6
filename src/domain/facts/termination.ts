import { z } from 'zod';
import { epochOf } from '../text/time.ts';

const instant = z.iso.datetime();

/** An object on its way out: asked to go at `since`, with time until `due`, and held by its finalizers. */
export const termination = z.strictObject({
  since: instant,
  due: instant,
  finalizers: z.array(z.string()).optional(),
});
export type Termination = z.infer<typeof termination>;

/** Whether it does not go by itself any more: its time is up, or somebody else has to do something first. */
export function isOverdue({ due, finalizers = [] }: Termination, at: string): boolean {
  return finalizers.length > 0 || epochOf(at) > epochOf(due);
}
