import { z } from 'zod';
import type { Read, Reader } from '../../client/read.ts';
import { resourceOf } from '../../client/resource.ts';
import { type CustomDefinition, customDefinition, definitionMetadata } from './custom-objects.ts';

/** Up to so many definitions are asked for one by one; more come sooner in one list. */
const fewEnough = 20;

const whole = z.object({ 'f:spec': z.object({ 'f:conversion': z.record(z.string(), z.unknown()) }) });

/**
 * CustomResourceDefinitions whose objects a webhook converts. All of a cluster's definitions are megabytes, because of
 * their schemas, and no selector knows what is in a spec. Their metadata is small, and its managedFields say who has set
 * `spec.conversion.webhook`: only those definitions are fetched, and those whose managedFields somebody has cleared.
 */
export async function readConversions(reader: Reader): Promise<Read<CustomDefinition[]>> {
  const all = await reader.listMetadata(definitionMetadata, resourceOf('CustomResourceDefinition'));
  if (all.kind === 'refusal') return all;
  const candidates = all.value.filter(mayConvert).map(({ metadata }) => metadata.name);
  if (candidates.length > fewEnough)
    return reader.list(customDefinition, resourceOf('CustomResourceDefinition'));
  const reads = await Promise.all(
    candidates.map((name) => reader.get(customDefinition, resourceOf('CustomResourceDefinition', { name }))),
  );
  const found: CustomDefinition[] = [];
  for (const read of reads) {
    if (read.kind === 'read') found.push(read.value.value);
    else if (read.status !== 404) return read;
  }
  return { kind: 'read', value: found };
}

function mayConvert({ metadata: { managedFields } }: z.infer<typeof definitionMetadata>): boolean {
  const conversions = managedFields.map(({ fieldsV1 }) => whole.safeParse(fieldsV1).data);
  return (
    managedFields.length === 0 ||
    conversions.some((set) => 'f:webhook' in (set?.['f:spec']['f:conversion'] ?? {}))
  );
}

/** The Service behind a definition's webhook; none where objects have one version and are never converted. */
export function converterOf({ spec: { versions, conversion } }: CustomDefinition) {
  if (versions.length < 2 || conversion?.strategy !== 'Webhook') return undefined;
  return conversion.webhook?.clientConfig.service;
}
