import { kindOf } from '../../../../actions/action-kinds.ts';
import type { Case } from '../../../../domain/case.ts';
import type { ManifestSource } from '../../../../domain/facts/manifest-source.ts';
import type { LastingForm } from '../../../../domain/manifest/lasting.ts';
import { ClusterFault } from '../../../../workflow/ports.ts';
import { type AnyObject, anyObject } from '../../client/objects.ts';
import type { Reader } from '../../client/read.ts';
import { groupOf, resourceOf } from '../../client/resource.ts';
import { ownersOf } from '../../writes/who-wrote.ts';
import { gitOpsOf } from '../owners/managed-by.ts';
import { readArgoSource, unclear } from './argo.ts';
import { readFluxSource } from './flux.ts';

/** An object, with its raw JSON. */
interface Seen {
  readonly object: AnyObject;
  readonly raw: unknown;
}

type LastingFields = Extract<LastingForm, { kind: 'fields' }>;

/**
 * Where the manifest lives that would have to say what the action does, if a GitOps tool holds the object. Only for actions
 * that a manifest can hold. What cannot be read is said and never costs the look.
 */
export async function readSource(
  reader: Reader,
  judged: Case,
  seen: Seen,
): Promise<{ readonly source?: ManifestSource }> {
  const { gitOps, autoscaler } = judged.facts;
  if (gitOps === undefined && autoscaler?.gitOps === undefined) return {};
  const lasting = kindOf(judged.action.verb).lasting(judged);
  if (lasting.kind === 'none') return {};
  try {
    const source = await sourceOf(reader, lasting, judged, seen);
    return source === undefined ? {} : { source };
  } catch (fault) {
    if (!(fault instanceof ClusterFault) || reader.signal.aborted) throw fault;
    return { source: unclear(fault.message) };
  }
}

async function sourceOf(
  reader: Reader,
  { object: wanted, fields }: LastingFields,
  { action: { target } }: Case,
  seen: Seen,
): Promise<ManifestSource | undefined> {
  const isTarget = wanted.kind === target.kind && wanted.name === target.name;
  const held = isTarget ? seen : await autoscalerOf(reader, wanted);
  const gitOps = held && gitOpsOf(held.object);
  if (held === undefined || gitOps === undefined || gitOps.sign !== undefined) return undefined;
  const { labels } = held.object.metadata;
  const owned = fields.map(({ path }) => ({ path, owners: ownersOf(held.raw, path) }));
  const one = { ...wanted, group: groupOf(wanted.kind), fields: owned };
  if (gitOps.manager === 'argo-cd') return readArgoSource(reader, gitOps.name, one);
  return gitOps.manager === 'flux' ? readFluxSource(reader, labels, one) : undefined;
}

async function autoscalerOf(
  reader: Reader,
  { kind, namespace, name }: LastingFields['object'],
): Promise<Seen | undefined> {
  if (kind !== 'HorizontalPodAutoscaler') return undefined;
  const read = await reader.get(anyObject, resourceOf('HorizontalPodAutoscaler', { namespace, name }));
  return read.kind === 'read' ? { object: read.value.value, raw: read.value.raw } : undefined;
}
