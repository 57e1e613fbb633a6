import { z } from 'zod';
import type { Target } from '../../../domain/action.ts';
import type { WorkloadHealth } from '../../../domain/incidents/storm.ts';
import { count, items } from '../client/objects.ts';
import type { Reader } from '../client/read.ts';
import { type Resource, resourceOf } from '../client/resource.ts';

/** Objects of one page; a page of this many is some hundred kilobytes. */
const page = 500;

const named = z.object({ name: z.string(), namespace: z.string() });
/** What was made a moment ago has no status yet: none of its pods is ready. */
const replicated = z.object({
  metadata: named,
  spec: z.object({ replicas: z.number().default(1) }),
  status: z.object({ readyReplicas: count }).prefault({}),
});
const onNodes = z.object({
  metadata: named,
  status: z.object({ desiredNumberScheduled: count, numberReady: count }).prefault({}),
});

/** A workload with its pods: how many there should be, and how many are ready. */
interface Counted {
  readonly namespace: string;
  readonly name: string;
  readonly desired: number;
  readonly ready: number;
}

const kinds = [
  { kind: 'Deployment', read: (raw: unknown) => ofReplicas(raw) },
  { kind: 'StatefulSet', read: (raw: unknown) => ofReplicas(raw) },
  {
    kind: 'DaemonSet',
    read: (raw: unknown): Counted => {
      const { metadata, status } = onNodes.parse(raw);
      return { ...metadata, desired: status.desiredNumberScheduled, ready: status.numberReady };
    },
  },
] as const;

function ofReplicas(raw: unknown): Counted {
  const { metadata, spec, status } = replicated.parse(raw);
  return { ...metadata, desired: spec.replicas, ready: status.readyReplicas };
}

/**
 * How many workloads of the cluster want pods, and those of which half or more are not ready: what a rollout takes at a time
 * leaves more than that. Undefined where one of the kinds may not be listed, for a share of the others says nothing.
 */
export async function workloadHealth(reader: Reader): Promise<WorkloadHealth | undefined> {
  const all = await Promise.all(
    kinds.map(async ({ kind, read }) => {
      const found = await listAll(reader, resourceOf(kind));
      return found?.map((raw) => ({ kind, ...read(raw) }));
    }),
  );
  if (all.includes(undefined)) return undefined;
  const wanted = all.flatMap((each) => each ?? []).filter(({ desired }) => desired > 0);
  const unhealthy = wanted
    .filter(({ ready, desired }) => ready * 2 <= desired)
    .map(({ kind, namespace, name }): Target => ({ kind, namespace, name }));
  return { workloads: wanted.length, unhealthy };
}

async function listAll(reader: Reader, resource: Resource): Promise<unknown[] | undefined> {
  const found: unknown[] = [];
  for (let next: string | undefined; ; ) {
    const query = { limit: String(page), ...(next === undefined ? {} : { continue: next }) };
    const answer = await reader.api({ method: 'GET', resource, query, signal: reader.signal });
    if (answer.kind === 'refusal') return undefined;
    const { items: some, metadata } = items.parse(answer.body);
    found.push(...some);
    if (!metadata.continue) return found;
    next = metadata.continue;
  }
}
