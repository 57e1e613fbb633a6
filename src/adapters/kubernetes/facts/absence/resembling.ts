import type { Target, TargetKind } from '../../../../domain/action.ts';
import { type AnyObject, anyObject } from '../../client/objects.ts';
import type { Read, Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { readOrReason } from '../unknowns.ts';
import { distance } from './distance.ts';

/** As many as a person reads at a glance. */
const most = 3;

/** Objects of one kind that are looked through for a name that is nearly the same. */
const lookedThrough = { limit: '500' };

/**
 * Real objects that a target may have meant, the most alike first; the target itself is the first, where it is there:
 * the same name in the same namespace, the same name elsewhere, names that are nearly the same in the namespace, or
 * anywhere where that has none. What may not be listed, or does not answer in time, has none.
 */
export async function resembling(
  reader: Reader,
  wanted: Target,
  kinds: readonly TargetKind[],
): Promise<readonly Target[]> {
  const among = async (place: string | undefined) =>
    (await Promise.all(kinds.map((kind) => resemblingOf(reader, wanted, kind, place)))).flat();
  const namespace = wanted.kind === 'Node' ? undefined : wanted.namespace;
  const here = await among(namespace);
  const found = here.length > 0 || namespace === undefined ? here : await among(undefined);
  const ranked = found.toSorted((a, b) => a.rank - b.rank || compare(a.target, b.target));
  const keys = new Set<string>();
  const distinct = ranked.filter(({ target }) => {
    const key = keyOf(target);
    return !keys.has(key) && keys.add(key);
  });
  return distinct.slice(0, most).map(({ target }) => target);
}

interface Ranked {
  readonly target: Target;
  readonly rank: number;
}

/** @param namespace where names that are nearly the same are looked for; undefined for all of them */
async function resemblingOf(
  reader: Reader,
  wanted: Target,
  kind: TargetKind,
  namespace: string | undefined,
): Promise<Ranked[]> {
  const everywhere = { fieldSelector: `metadata.name=${wanted.name}` };
  const [same, near] = await Promise.all([
    listed(reader, kind, undefined, everywhere),
    wanted.kind === 'Node' && kind !== 'Node' ? [] : listed(reader, kind, namespace, lookedThrough),
  ]);
  return [...same, ...near].flatMap(({ metadata: { name, namespace: place } }) => {
    const target = targetOf(kind, name, place ?? undefined);
    const rank = rankOf(wanted, { kind, name, namespace: place ?? undefined });
    return target === undefined || rank === undefined ? [] : [{ target, rank }];
  });
}

async function listed(
  reader: Reader,
  kind: TargetKind,
  namespace: string | undefined,
  query: Record<string, string>,
): Promise<readonly AnyObject[]> {
  const listing: Promise<Read<AnyObject[]>> = reader.list(anyObject, resourceOf(kind, { namespace }), query);
  const read = await readOrReason(listing, reader.signal);
  return read.kind === 'read' ? read.value : [];
}

function targetOf(kind: TargetKind, name: string, namespace: string | undefined): Target | undefined {
  if (kind === 'Node') return { kind, name };
  return namespace === undefined ? undefined : { kind, namespace, name };
}

/** Lower is more alike; undefined for what nobody can have meant. */
function rankOf(
  wanted: Target,
  { kind, name, namespace }: { kind: TargetKind; name: string; namespace: string | undefined },
): number | undefined {
  const place = wanted.kind === 'Node' ? undefined : wanted.namespace;
  const elsewhere = (namespace === place ? 0 : 2) + (kind === wanted.kind ? 0 : 1);
  if (name === wanted.name) return elsewhere;
  const edits = distance(wanted.name, name);
  const alike = edits <= Math.max(2, wanted.name.length / 3) || isPartOf(wanted.name, name);
  return alike ? 10 + Math.min(edits, 50) * 4 + elsewhere : undefined;
}

/** `checkout` for `shop-checkout-v2`: whole words of the name, and not so short that everything has them. */
function isPartOf(part: string, name: string): boolean {
  return part.length >= 3 && `-${name}-`.includes(`-${part}-`);
}

const keyOf = (target: Target): string =>
  [target.kind, target.kind === 'Node' ? '' : target.namespace, target.name].join('/');

const compare = (a: Target, b: Target): number => (keyOf(a) < keyOf(b) ? -1 : 1);
