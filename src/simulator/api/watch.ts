import type { ServerResponse } from 'node:http';
import type { Json, JsonObject } from '../json.ts';
import type { Change, Store } from '../objects/store.ts';
import { badRequest, expired } from '../refusal.ts';
import { apiVersionOf } from '../resources.ts';
import { textAt } from '../tree.ts';
import { selection } from './read.ts';
import type { Place, Request } from './request.ts';
import { tableOf, wantsTable } from './table.ts';

/**
 * Answers a watch: one JSON line a change, from `resourceVersion` on (from the present objects, without one),
 * until the client leaves or `timeoutSeconds` (5 minutes by default) have passed.
 */
export function streamChanges(store: Store, request: Request, place: Place, response: ServerResponse): void {
  const { resource, namespace } = place;
  const selects = selection(request, resource);
  const from = request.query.get('resourceVersion') ?? '';
  const missed = from === '' || from === '0' ? 'everything' : store.since(revisionOf(from));
  if (missed === undefined) throw expired(from);

  const send = (type: string, object: Json) => response.write(`${JSON.stringify({ type, object })}\n`);
  const shown = (object: JsonObject) =>
    wantsTable(request) ? tableOf(resource, [object], textAt(object, 'metadata', 'resourceVersion')) : object;
  const tell = (change: Change) => {
    const inScope =
      change.resource === resource &&
      (namespace === undefined || textAt(change.object, 'metadata', 'namespace') === namespace);
    if (inScope && selects(change.object)) send(change.type, shown(change.object));
  };

  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (missed === 'everything' || request.query.get('sendInitialEvents') === 'true')
    for (const object of store.list(resource, namespace).filter(selects)) send('ADDED', shown(object));
  else for (const change of missed) tell(change);
  if (request.query.get('sendInitialEvents') === 'true') send('BOOKMARK', endOfInitialEvents(store, place));

  const unsubscribe = store.subscribe(tell);
  const timer = setTimeout(() => response.end(), Number(request.query.get('timeoutSeconds') ?? 300) * 1000);
  response.on('close', () => {
    clearTimeout(timer);
    unsubscribe();
  });
}

function revisionOf(text: string): number {
  if (!/^\d+$/.test(text)) throw badRequest(`Invalid value: "${text}": resourceVersion must be a number`);
  return Number(text);
}

/** Tells a client that asked for `sendInitialEvents` that the list is complete. */
function endOfInitialEvents(store: Store, { resource }: Place): JsonObject {
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(store.revision()),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    },
  };
}
