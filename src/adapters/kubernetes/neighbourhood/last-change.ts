import { z } from 'zod';
import type { Action } from '../../../domain/action.ts';
import type { Neighbourhood } from '../../../domain/neighbourhood.ts';
import type { Own } from './objects.ts';

/** The field that an action writes, as managedFields names it; undefined where it writes none. */
function fieldOf({ verb, target }: Action): string | undefined {
  if (verb === 'delete pod' || verb === 'delete job') return undefined;
  if (verb === 'suspend' || verb === 'resume') return 'suspend';
  // What a new Job is made from: it is not written, but it has to have settled. A Job's own template cannot change.
  if (verb === 'create job') return target.kind === 'CronJob' ? 'jobTemplate' : undefined;
  if (verb === 'scale') return 'replicas';
  if (verb === 'cordon' || verb === 'uncordon' || verb === 'drain') return 'unschedulable';
  if (verb === 'taint') return 'taints';
  return verb === 'rollout pause' || verb === 'rollout resume' ? 'paused' : 'template';
}

const owned = z.object({ 'f:spec': z.record(z.string(), z.unknown()) });

/**
 * Who wrote the field last, and when. A manager's entry has one time for all its fields, so the time may be that of
 * another field of the same manager. What was there from the beginning is no change; writes through /scale carry
 * no time in a real cluster and are not seen here.
 */
export function lastChange(
  action: Action,
  { creationTimestamp, managedFields }: Own['history'],
): Neighbourhood['lastChange'] {
  const field = fieldOf(action);
  if (field === undefined) return undefined;
  const [latest] = managedFields
    .flatMap(({ manager, time, fieldsV1 }) =>
      time != null &&
      time > creationTimestamp &&
      `f:${field}` in (owned.safeParse(fieldsV1).data?.['f:spec'] ?? {})
        ? [{ manager, field: `spec.${field}`, at: time }]
        : [],
    )
    .toSorted((a, b) => (a.at > b.at ? -1 : Number(a.at < b.at)) || (a.manager < b.manager ? -1 : 1));
  return latest;
}
