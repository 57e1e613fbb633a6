import { z } from 'zod';
import { labelName } from '../action.ts';

/**
 * Which Warning events of the cluster are taken as alerts; absent: none. A reason is what Kubernetes writes into the event
 * (`BackOff`, `FailedMount`): those that are not named here are passed over, for most warnings mend themselves.
 */
export const warningEvents = z.strictObject({
  reasons: z
    .array(z.string().regex(/^[A-Z][A-Za-z0-9]{0,127}$/, 'must be the reason of an event such as BackOff'))
    .min(1)
    .max(100),
  /** Only in these namespaces; absent: in all of them. Events about nodes are in `default`. */
  namespaces: z.array(labelName).min(1).optional(),
  /** Taken once it was reported so often. */
  times: z.number().int().min(1).max(1000).default(3),
});
export type WarningEvents = z.infer<typeof warningEvents>;
