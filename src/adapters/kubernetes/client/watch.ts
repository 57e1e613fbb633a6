import { z } from 'zod';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Connection } from './connection.ts';
import { describeResource, pathOf, type Resource } from './resource.ts';

/** One change of a watch: what was done, and the object as the server sends it. */
export interface WatchedChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: unknown;
}

/** Where a watch goes on; undefined: from all that there is. */
export type Place = string | undefined;

/** A silent server ends the watch itself by then; half a minute more and the connection is taken for dead. Seconds. */
const longest = 240;

const line = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.looseObject({
    metadata: z.looseObject({ resourceVersion: z.string().optional() }).optional(),
    code: z.number().optional(),
    message: z.string().optional(),
  }),
});

/** HTTP 410, and the same within the stream: history does not reach back so far (kubernetes.io, "Kubernetes API Concepts"). */
const gone = 410;

/**
 * Watches a list once: from where it was left, or from all that there is, until the server ends it. Answers where it goes on,
 * which is undefined when the server has forgotten that place: then the next one begins with all that there is.
 *
 * @throws ClusterFault when it is refused, or breaks off
 */
export async function watchOnce(
  connection: Connection,
  {
    resource,
    query = {},
  }: { readonly resource: Resource; readonly query?: Readonly<Record<string, string>> },
  from: Place,
  tell: (change: WatchedChange) => void,
  signal: AbortSignal,
): Promise<Place> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout((longest + 30) * 1000)]);
  const { origin, pathname } = new URL(connection.server);
  const headers = { 'user-agent': 'firebreak', accept: 'application/json', ...(await connection.headers()) };
  const asked = {
    ...query,
    ...{ watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: `${longest}` },
    ...(from === undefined ? {} : { resourceVersion: from }),
  };
  const path = `${pathname.replace(/\/$/, '')}${pathOf(resource)}`;
  const { statusCode, body } = await connection.dispatcher.request({
    ...{ origin, path, method: 'GET', query: asked, headers, signal: bounded },
    // The server is silent while nothing happens.
    bodyTimeout: 0,
  });
  if (statusCode !== 200) {
    await body.dump();
    if (statusCode === 401) connection.renew();
    if (statusCode === gone) return undefined;
    throw new ClusterFault(
      `Cluster ${connection.cluster} answered ${statusCode} to "watch ${describeResource(resource)}".`,
    );
  }
  return tellAll(body, from, tell);
}

/** Every change of a stream to its end; answers where it goes on. */
async function tellAll(
  body: AsyncIterable<Uint8Array>,
  from: Place,
  tell: (change: WatchedChange) => void,
): Promise<Place> {
  let place = from;
  for await (const text of linesOf(body)) {
    const { type, object } = line.parse(JSON.parse(text));
    if (type === 'ERROR' && object.code === gone) return undefined;
    if (type === 'ERROR') throw new ClusterFault(`A watch was ended: ${object.message ?? 'no reason given'}`);
    place = object.metadata?.resourceVersion ?? place;
    if (type !== 'BOOKMARK') tell({ type, object });
  }
  return place;
}

/** Bytes of one line; etcd takes no larger objects than 1.5 MiB. */
const largestLine = 4 * 1024 * 1024;

/** The whole lines of a stream; a last one without an end was cut off, and comes again with the next watch. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > largestLine) throw new ClusterFault('A line of a watch is larger than any object.');
    yield* lines.filter((text) => text !== '');
  }
}
