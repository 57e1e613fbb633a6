import type { Json } from '../../domain/json.ts';
import { json } from '../../domain/json.ts';
import type { Call } from '../../domain/plan.ts';
import { anyObject } from './objects.ts';
import { sameValue, shown, valueAt } from './pointer.ts';
import type { Reader } from './read.ts';
import { insist } from './read.ts';
import { describeResource, parentOf } from './resource.ts';

/** What the object of a call looks like now: our work done, or not and how it differs from what was planned on. */
export type Recognised =
  | { readonly kind: 'done'; readonly generation: number | undefined }
  | { readonly kind: 'undone'; readonly sameObject: boolean; readonly difference: string };

/**
 * Looks at the object a call was meant for (its parent where the call goes to a subresource). Throws
 * `ClusterFault` when it can not be read.
 */
export async function recognise(reader: Reader, call: Call): Promise<Recognised> {
  const read = await reader.get(anyObject, parentOf(call.ref));
  const what = describeResource(parentOf(call.ref));
  if (read.kind === 'refusal' && read.status === 404) {
    if (call.recognise.kind === 'gone') return { kind: 'done', generation: undefined };
    return { kind: 'undone', sameObject: false, difference: `There is no ${what} any more.` };
  }
  const { value, raw } = insist(read);
  const { uid, generation, deletionTimestamp } = value.metadata;
  const sameObject = uid === call.recognise.uid;
  if (isDone(call, sameObject, Boolean(deletionTimestamp), json.parse(raw))) {
    return { kind: 'done', generation: generation || undefined };
  }
  const difference = sameObject
    ? differenceOf(call, what, json.parse(raw))
    : `${what} is another object now: it was deleted and created again since this was planned.`;
  return { kind: 'undone', sameObject, difference };
}

function isDone(call: Call, sameObject: boolean, deleting: boolean, live: Json): boolean {
  const { recognise: how } = call;
  if (how.kind === 'gone') return !sameObject || deleting;
  return sameObject && how.fields.every(({ path, value }) => asPlanned(call, value, valueAt(live, path)));
}

function differenceOf(call: Call, what: string, live: Json): string {
  const tests = call.kind === 'patch' ? call.operations.filter((operation) => operation.op === 'test') : [];
  const differing = tests
    .map(({ path, value }) => ({ path, value, now: valueAt(live, path) }))
    .filter(({ value, now }) => !asPlanned(call, value, now));
  if (differing.length === 0) return `${what} was being changed by somebody else in the same moment.`;
  const parts = differing
    .slice(0, 3)
    .map(({ path, value, now }) => `${path} is ${shown(now)} now, planned on ${shown(value)}`);
  return `${what} has changed since this was planned: ${parts.join('; ')}.`;
}

/** Equal, where a plan speaks of the Scale object, which leaves out zero replicas; the object it scales does not. */
export function asPlanned({ ref }: Call, planned: Json, live: Json | undefined): boolean {
  const noReplicas = ref.subresource === 'scale' && !planned && !live;
  return noReplicas || sameValue(live, planned);
}
