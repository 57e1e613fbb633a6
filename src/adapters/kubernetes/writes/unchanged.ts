import type { Call } from '../../../domain/plan.ts';
import { json } from '../../../domain/text/json.ts';
import { sameValue, valueAt } from '../client/json-pointer.ts';
import { anyObject } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { parentOf } from '../client/resource.ts';

/** The version of the object that was seen to be as planned; or that it is not. */
type Seen = { readonly kind: 'as planned'; readonly resourceVersion: string } | { readonly kind: 'changed' };

/**
 * Looks whether the object is as it was planned on, where the call itself cannot test it. Undefined for calls that can.
 *
 * @throws ClusterFault when it cannot be read
 */
export async function seenUnchanged(reader: Reader, call: Call): Promise<Seen | undefined> {
  const tests = testsBefore(call);
  if (tests.length === 0) return undefined;
  const read = await reader.get(anyObject, parentOf(call.ref));
  // What is not there, or may not be read, the write itself says better.
  if (read.kind === 'refusal') return undefined;
  const { uid, resourceVersion } = read.value.value.metadata;
  const live = json.parse(read.value.raw);
  const isSame = call.recognise.kind !== 'fields' || call.recognise.uid === uid;
  return isSame && tests.every(({ path, value }) => sameValue(valueAt(live, path), value))
    ? { kind: 'as planned', resourceVersion }
    : { kind: 'changed' };
}

/** What a call wants to be so before it is sent. */
export function testsBefore(call: Call) {
  const wanted = call.kind === 'patch' || call.kind === 'strategicMerge' ? (call.unchanged ?? []) : [];
  return wanted.filter((operation) => operation.op === 'test');
}
