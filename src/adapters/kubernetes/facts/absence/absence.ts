import { kindOf } from '../../../../actions/action-kinds.ts';
import { type Action, namespaceOf } from '../../../../domain/action.ts';
import type { Gathered } from '../../../../workflow/ports.ts';
import type { Refusal } from '../../client/answer.ts';
import { anyObject } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { readOrReason } from '../unknowns.ts';
import { distance } from './distance.ts';
import { resembling } from './resembling.ts';

/** What it means that the target itself could not be read. A missing one is named with its nearest neighbour. */
export async function absence(reader: Reader, { verb, target }: Action, refusal: Refusal): Promise<Gathered> {
  if (refusal.status !== 404) return { kind: 'denied', reason: refusal.sentence };
  if (target.kind !== 'Node' && (await lacksNamespace(reader, target.namespace))) {
    const near = await nearestNamespace(reader, target.namespace);
    const meant = near === undefined ? target : { ...target, namespace: near };
    const alike = await resembling(reader, meant, kindOf(verb).command.kinds);
    return { kind: 'absent', reason: `There is no namespace ${target.namespace}${suggestion(near)}.`, alike };
  }
  const alike = await resembling(reader, target, kindOf(verb).command.kinds);
  const [near] = alike.filter(
    (each) => each.kind === target.kind && namespaceOf(each) === namespaceOf(target),
  );
  const place = target.kind === 'Node' ? '' : ` in namespace ${target.namespace}`;
  const reason = `There is no ${target.kind} ${target.name}${place}${suggestion(near?.name)}.`;
  return { kind: 'absent', reason, alike };
}

async function lacksNamespace(reader: Reader, namespace: string): Promise<boolean> {
  const read = await reader
    .get(anyObject, resourceOf('Namespace', { name: namespace }))
    .catch(() => ({ kind: 'refusal', status: 0 }) as const);
  return read.kind === 'refusal' && read.status === 404;
}

async function nearestNamespace(reader: Reader, wanted: string): Promise<string | undefined> {
  const listing = reader.list(anyObject, resourceOf('Namespace'), { limit: '500' });
  const found = await readOrReason(listing, reader.signal);
  const ranked = (found.kind === 'read' ? found.value : [])
    .map(({ metadata: { name } }) => ({ name, distance: distance(wanted, name) }))
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  const [best] = ranked;
  return best && best.distance <= Math.max(2, wanted.length / 3) ? best.name : undefined;
}

function suggestion(name: string | undefined): string {
  return name === undefined ? '' : `; the nearest name is ${name}`;
}
