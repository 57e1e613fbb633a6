import type { Target } from '../../../domain/action.ts';
import type { Gathered } from '../../../workflow/ports.ts';
import type { Refusal } from '../client/answer.ts';
import { anyObject } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { resourceOf } from '../client/resource.ts';
import { readOrReason } from './unknowns.ts';

/** What it means that the target itself could not be read. A missing one is named with its nearest neighbour. */
export async function absence(reader: Reader, target: Target, refusal: Refusal): Promise<Gathered> {
  if (refusal.status !== 404) return { kind: 'denied', reason: refusal.sentence };
  if (target.kind !== 'Node' && (await lacksNamespace(reader, target.namespace))) {
    const near = await nearestName(reader, { kind: 'Namespace', name: target.namespace });
    return { kind: 'absent', reason: `There is no namespace ${target.namespace}${suggestion(near)}.` };
  }
  const near = await nearestName(reader, target);
  const place = target.kind === 'Node' ? '' : ` in namespace ${target.namespace}`;
  return { kind: 'absent', reason: `There is no ${target.kind} ${target.name}${place}${suggestion(near)}.` };
}

async function lacksNamespace(reader: Reader, namespace: string): Promise<boolean> {
  const read = await reader
    .get(anyObject, resourceOf('Namespace', { name: namespace }))
    .catch(() => ({ kind: 'refusal', status: 0 }) as const);
  return read.kind === 'refusal' && read.status === 404;
}

type Wanted = Target | { readonly kind: 'Namespace'; readonly name: string };

async function nearestName(reader: Reader, wanted: Wanted): Promise<string | undefined> {
  const place = 'namespace' in wanted ? { namespace: wanted.namespace } : {};
  const listing = reader.list(anyObject, resourceOf(wanted.kind, place), { limit: '500' });
  const found = await readOrReason(listing, reader.signal);
  const ranked = (found.kind === 'read' ? found.value : [])
    .map(({ metadata: { name } }) => ({ name, distance: distance(wanted.name, name) }))
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  const [best] = ranked;
  return best && best.distance <= Math.max(2, wanted.name.length / 3) ? best.name : undefined;
}

function suggestion(name: string | undefined): string {
  return name === undefined ? '' : `; the nearest name is ${name}`;
}

/** Edits between two names: Levenshtein's distance, row by row. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const substituted = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
