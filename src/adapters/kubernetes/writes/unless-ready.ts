import type { Call } from '../../../domain/plan.ts';
import type { Applied } from '../../../workflow/applied.ts';
import { pod, statefulSet } from '../client/objects.ts';
import { insist, type Reader } from '../client/read.ts';
import { describeResource } from '../client/resource.ts';
import { podFactOf } from '../facts/pod.ts';

type Deletion = Extract<Call, { kind: 'delete' }>;

/** Seconds in which a controller that is up has seen a change. */
const soon = 1;

/** What has to be so for the pod to be deleted: this very version of it; or what to answer instead of deleting it. */
export type Clearance =
  | { readonly kind: 'delete'; readonly resourceVersion: string }
  | { readonly kind: 'settled'; readonly applied: Applied };

/**
 * Looks at the set and then at the pod that is said to hold it up. The version that was seen not to be ready goes along as a
 * precondition, so that a pod that becomes ready in the same moment is never deleted.
 *
 * @throws ClusterFault when one of them cannot be read
 */
export async function clearanceFor(
  reader: Reader,
  { ref, uid, sentence }: Deletion,
  { after }: NonNullable<Deletion['unlessReady']>,
): Promise<Clearance> {
  const set = insist(await reader.get(statefulSet, after)).value;
  if (set.status.observedGeneration < set.metadata.generation) {
    const reason = `The controller of ${describeResource(after)} has not seen the change yet; ${describeResource(ref)} is deleted after that.`;
    return { kind: 'settled', applied: { kind: 'blocked', reason, afterSeconds: soon } };
  }
  const read = await reader.get(pod, ref);
  if (read.kind === 'refusal' && read.status === 404) return done(sentence);
  const { value } = insist(read);
  const seen = podFactOf(value);
  if (seen.uid !== uid || seen.deleting) return done(sentence);
  if (seen.ready) return done(`${describeResource(ref)} is ready by now and was not deleted.`);
  return { kind: 'delete', resourceVersion: value.metadata.resourceVersion };
}

const done = (sentence: string): Clearance => ({
  kind: 'settled',
  applied: { kind: 'applied', result: { sentence, alreadyDone: true, warnings: [] } },
});
