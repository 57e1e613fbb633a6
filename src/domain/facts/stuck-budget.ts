import { z } from 'zod';

/**
 * Why the API server refuses every eviction that a PodDisruptionBudget covers, whatever its numbers say
 * (checkAndDecrement in kubernetes/pkg/registry/core/pod/storage/eviction.go). `sync failed`: its controller cannot work it
 * out, and says why; `not looked at`: its controller has not seen it as it is now; `overfull`: more evictions are under
 * way than the API server notes.
 */
export const stuckBudget = z.discriminatedUnion('why', [
  z.strictObject({ why: z.literal('sync failed'), message: z.string() }),
  z.strictObject({ why: z.literal('not looked at') }),
  z.strictObject({ why: z.literal('overfull') }),
]);
export type StuckBudget = z.infer<typeof stuckBudget>;

/** Completes "PodDisruptionBudget/web allows no eviction: ...". */
export function stuckText(stuck: StuckBudget): string {
  switch (stuck.why) {
    case 'sync failed':
      return `its controller cannot work it out (SyncFailed: ${stuck.message.replace(/\.$/, '')})`;
    case 'not looked at':
      return 'its controller has not looked at it since it was changed';
    case 'overfull':
      return 'more evictions are under way than the API server notes';
  }
}
