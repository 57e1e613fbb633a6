import type { Termination } from '../../../domain/facts/termination.ts';
import { after } from '../../../domain/text/time.ts';
import type { AnyObject } from '../client/objects.ts';

type Going = Pick<AnyObject['metadata'], 'deletionTimestamp' | 'deletionGracePeriodSeconds' | 'finalizers'>;

/**
 * Since when an object is being deleted and what it waits for; nothing for one that stays. The API server notes when the
 * grace period ends (ObjectMeta in k8s.io/apimachinery/pkg/apis/meta/v1/types.go).
 */
export function terminationOf({ deletionTimestamp, deletionGracePeriodSeconds, finalizers }: Going): {
  termination?: Termination;
} {
  if (deletionTimestamp == null || Number.isNaN(Date.parse(deletionTimestamp))) return {};
  const due = new Date(deletionTimestamp).toISOString();
  return {
    termination: {
      since: after(due, -(deletionGracePeriodSeconds ?? 0)),
      due,
      ...(finalizers.length === 0 ? {} : { finalizers: finalizers.toSorted() }),
    },
  };
}
