import type { DriftedField } from '../../../domain/incidents/drift.ts';
import { type Call, type Plan, placeIn } from '../../../domain/plan.ts';
import { json } from '../../../domain/text/json.ts';
import { type AnyObject, anyObject } from '../client/objects.ts';
import { insist, type Reader } from '../client/read.ts';
import { describeResource, parentOf } from '../client/resource.ts';
import { differencesFrom } from '../writes/changes.ts';
import { withFields } from '../writes/patched.ts';
import { lostEntries, lostFields } from '../writes/recognise.ts';
import { lastWriter } from '../writes/who-wrote.ts';

/**
 * Field by field what a plan wrote and is something else by now, with who wrote that. Only what was written is asked for: what
 * the API server or a controller adds beside it is no drift. Throws `ClusterFault` when an object cannot be read.
 */
export async function drifted(
  reader: Reader,
  { calls, fieldManager }: Plan,
): Promise<readonly DriftedField[]> {
  const written = calls.filter(({ recognise }) => recognise.kind === 'fields');
  const all = await Promise.all(written.map((call) => driftedFrom(reader, call, fieldManager)));
  return all.flat();
}

/** They end and go by themselves, or with the machine under them. */
const passing: ReadonlySet<string> = new Set(['pods', 'jobs', 'nodes']);

async function driftedFrom(reader: Reader, call: Call, own: string): Promise<DriftedField[]> {
  const object = describeResource(parentOf(call.ref));
  const read = await reader.get(anyObject, parentOf(call.ref));
  const whole = (now: string, more: Pick<DriftedField, 'by' | 'uid'> = {}): DriftedField[] =>
    passing.has(call.ref.resource)
      ? []
      : [
          {
            object,
            place: placeIn(call.ref),
            field: 'the object itself',
            verified: 'there',
            now,
            isBack: false,
            ...more,
          },
        ];
  if (read.kind === 'refusal' && read.status === 404) return whole('deleted');
  const { value, raw } = insist(read);
  if (call.recognise.kind === 'fields' && value.metadata.uid !== call.recognise.uid)
    return whole('deleted and made anew', { uid: value.metadata.uid, ...madeBy(value) });
  const live = json.parse(raw);
  const fields = lostFields(call, live).flatMap((lost) => {
    const { isBack, path } = lost;
    const more = { object, place: placeIn(call.ref, path), isBack, ...writtenBy(raw, path, own) };
    return differencesFrom(call, live, withFields(live, [lost])).map(({ field, now, next }) => ({
      ...{ field, now, verified: next },
      ...more,
    }));
  });
  const entries = lostEntries(call, live).map(({ path, ...told }) => ({
    ...told,
    object,
    place: placeIn(call.ref, path),
    isBack: false,
    ...writtenBy(raw, path, own),
  }));
  return [...fields, ...entries];
}

/** Who wrote it in the second in which it came to be, if that was one. */
function madeBy({ metadata }: AnyObject): Pick<DriftedField, 'by'> {
  const { creationTimestamp: at, managedFields } = metadata;
  const [first, second] = managedFields.filter(({ time, subresource }) => !subresource && time === at);
  if (!at || first === undefined || second !== undefined) return {};
  return { by: { manager: first.manager, at } };
}

/** Nobody owns what was taken away, and where the last to write was we ourselves, it was not they who took it. */
function writtenBy(raw: unknown, pointer: string, own: string): Pick<DriftedField, 'by'> {
  const { owns, ...by } = lastWriter(raw, pointer) ?? { owns: false, manager: own };
  return by.manager === own && !owns ? {} : { by };
}
