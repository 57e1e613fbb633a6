import { z } from 'zod';
import type { Action } from '../../../../domain/action.ts';
import type { Neighbourhood } from '../../../../domain/facts/neighbourhood.ts';
import type { Own } from './objects.ts';

/** Where a field stands in an object; the fields that an action writes, none where it writes none of its target. */
type Path = readonly string[];

function fieldsOf(action: Action): readonly Path[] {
  switch (action.verb) {
    case 'delete pod':
    case 'delete job':
    case 'autoscale':
      return [];
    case 'suspend':
    case 'resume':
      return [['spec', 'suspend']];
    // What a new Job is made from: it is not written, but it has to have settled. A Job's own template cannot change.
    case 'create job':
      return action.target.kind === 'CronJob' ? [['spec', 'jobTemplate']] : [];
    case 'scale':
      return [['spec', 'replicas']];
    case 'cordon':
    case 'uncordon':
    case 'drain':
      return [['spec', 'unschedulable']];
    case 'taint':
      return [['spec', 'taints']];
    case 'rollout pause':
    case 'rollout resume':
      return [['spec', 'paused']];
    case 'label':
    case 'annotate': {
      const map = action.verb === 'label' ? 'labels' : 'annotations';
      const keys = [...action.set.map(({ key }) => key), ...action.remove];
      return keys.map((key) => ['metadata', map, key]);
    }
    case 'patch':
      return action.fields.map(({ path }) => path.split('.'));
    default:
      return [['spec', 'template']];
  }
}

const tree = z.record(z.string(), z.unknown());

/** Whether managedFields name a field: an object of `f:` keys that goes as deep as the manager wrote. */
function owns(fields: unknown, [step, ...deeper]: Path): boolean {
  const { data } = tree.safeParse(fields);
  if (step === undefined) return true;
  return data !== undefined && `f:${step}` in data && owns(data[`f:${step}`], deeper);
}

/**
 * Who wrote one of the fields last, and when. A manager's entry has one time for all its fields, so the time may be that
 * of another field of the same manager. What was there from the beginning is no change; writes through /scale carry
 * no time in a real cluster and are not seen here.
 */
export function lastChange(
  action: Action,
  { creationTimestamp, managedFields }: Own['history'],
): Neighbourhood['lastChange'] {
  const paths = fieldsOf(action);
  const [latest] = managedFields
    .flatMap(({ manager, time, fieldsV1 }) => {
      const path = paths.find((each) => owns(fieldsV1, each));
      return time != null && time > creationTimestamp && path !== undefined
        ? [{ manager, field: path.join('.'), at: time }]
        : [];
    })
    .toSorted((a, b) => (a.at > b.at ? -1 : Number(a.at < b.at)) || (a.manager < b.manager ? -1 : 1));
  return latest;
}
