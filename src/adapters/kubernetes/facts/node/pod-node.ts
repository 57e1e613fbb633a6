import type { PodSubject } from '../../../../domain/facts/facts.ts';
import { node, type Pod } from '../../client/objects.ts';
import type { Read, Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import type { Unknowns } from '../unknowns.ts';
import { unreadyOf } from './subject.ts';

/**
 * The node of a pod where it is not ready. Pods of a node that is gone are removed by the pod garbage collector, and a
 * pod that has none yet ends at once.
 */
export async function readUnreadyNode(
  reader: Reader,
  unknowns: Unknowns,
  { spec: { nodeName: name } }: Pod,
): Promise<Pick<PodSubject, 'unreadyNode'>> {
  if (name === undefined || name === '') return {};
  const found = await unknowns.orUnknown('node of the pod', unreadyIfThere(reader, name));
  return found === undefined ? {} : found;
}

async function unreadyIfThere(reader: Reader, name: string): Promise<Read<Pick<PodSubject, 'unreadyNode'>>> {
  const read = await reader.get(node, resourceOf('Node', { name }));
  if (read.kind === 'refusal') return read.status === 404 ? { kind: 'read', value: {} } : read;
  const { unready } = unreadyOf(read.value.value);
  return { kind: 'read', value: unready === undefined ? {} : { unreadyNode: unready } };
}
