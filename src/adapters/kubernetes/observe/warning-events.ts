import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { WarningEvent } from '../../../domain/incidents/warning-event.ts';
import type { Connection } from '../client/connection.ts';
import { event } from '../client/objects.ts';
import { lastSeen, timesSeen } from '../client/recent-events.ts';
import { resourceOf } from '../client/resource.ts';
import { type Place, watchOnce } from '../client/watch.ts';

const watched = event.extend({
  metadata: z.object({
    uid: z.string(),
    namespace: z.string().default(''),
    creationTimestamp: z.string().nullish(),
  }),
  involvedObject: z.object({
    kind: z.string().default(''),
    namespace: z.string().default(''),
    name: z.string().default(''),
    uid: z.string().default(''),
  }),
});

/** A server that ends each watch at once is not asked without a pause. Milliseconds. */
const between = 500;

/** Seconds as the API server writes them, or with a fraction. */
const time = z.iso.datetime({ offset: true });

/**
 * Watches the Warning events of the cluster, from all that there are on; goes on where it was when the server ends a watch, and
 * from the beginning where the server has forgotten that place.
 *
 * @throws ClusterFault when it is refused, or breaks off
 */
export async function watchWarnings(
  connection: Connection,
  tell: (event: WarningEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const asked = { resource: resourceOf('Event', {}), query: { fieldSelector: 'type=Warning' } };
  let place: Place;
  while (!signal.aborted) {
    place = await watchOnce(connection, asked, place, tellOf(tell), signal);
    await sleep(between, undefined, { signal }).catch(() => undefined);
  }
}

const tellOf =
  (tell: (event: WarningEvent) => void) =>
  ({ type, object }: { readonly type: string; readonly object: unknown }) => {
    const read = watched.safeParse(object);
    if (type === 'DELETED' || !read.success || read.data.type !== 'Warning') return;
    const { metadata, involvedObject: about, reason, message } = read.data;
    const since = metadata.creationTimestamp;
    const last = lastSeen(read.data);
    if (!time.safeParse(since).success || !time.safeParse(last).success) return;
    const { uid, namespace } = metadata;
    tell({
      ...{ uid, namespace, reason, message, about, lastSeen: last, since: since ?? last },
      times: timesSeen(read.data),
    });
  };
