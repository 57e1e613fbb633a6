import { z } from 'zod';
import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { FieldPath } from '../../../../domain/facts/needs.ts';
import type { Own } from './objects.ts';

const tree = z.record(z.string(), z.unknown());

/** Whether managedFields name a field: an object of `f:` keys that goes as deep as the manager wrote. */
function owns(fields: unknown, [step, ...deeper]: FieldPath): boolean {
  const { data } = tree.safeParse(fields);
  if (step === undefined) return true;
  return data !== undefined && `f:${step}` in data && owns(data[`f:${step}`], deeper);
}

/**
 * Who wrote one of these fields last, and when. A manager's entry has one time for all its fields, so the time may be that
 * of another field of the same manager. What was there from the beginning is no change; writes through /scale carry
 * no time in a real cluster and are not seen here.
 */
export function lastChange(
  fields: readonly FieldPath[],
  { creationTimestamp, managedFields }: Own['history'],
): Dependents['lastChange'] {
  const [latest] = managedFields
    .flatMap(({ manager, time, fieldsV1 }) => {
      const path = fields.find((each) => owns(fieldsV1, each));
      return time != null && time > creationTimestamp && path !== undefined
        ? [{ manager, field: path.join('.'), at: time }]
        : [];
    })
    .toSorted((a, b) => (a.at > b.at ? -1 : Number(a.at < b.at)) || (a.manager < b.manager ? -1 : 1));
  return latest;
}
