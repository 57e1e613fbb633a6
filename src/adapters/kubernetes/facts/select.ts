import type { GroupTarget } from '../../../domain/action.ts';
import type { Cluster } from '../../../workflow/ports.ts';
import { anyObject } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';

/**
 * The names of what a label selector matches, sorted. What is on its way out is left out: it cannot be changed any more.
 * A selector that the API server cannot read is denied with its words.
 */
export async function select(
  reader: Reader,
  { kind, namespace, selector }: Extract<GroupTarget, { selector: string }>,
): ReturnType<Cluster['select']> {
  const read = await reader.list(anyObject, resourceOf(kind, { namespace }), { labelSelector: selector });
  if (read.kind === 'refusal') return { kind: 'denied', reason: read.sentence };
  const living = read.value.filter(({ metadata }) => metadata.deletionTimestamp == null);
  return { kind: 'names', names: living.map(({ metadata }) => metadata.name).toSorted() };
}
