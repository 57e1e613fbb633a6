import type { Json, JsonObject } from '../json.ts';
import type { Store } from '../objects/store.ts';
import { badRequest, notFound } from '../refusal.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { fieldSelector, labelSelector } from '../selectors.ts';
import { objectAt, textAt, textsAt } from '../tree.ts';
import type { ObjectPlace, Place, Reply, Request } from './request.ts';
import { tableOf, wantsTable } from './table.ts';

/** The stored object, or 404. */
export function find(store: Store, place: ObjectPlace): JsonObject {
  const object = store.get(place.resource, place.namespace, place.name);
  if (object === undefined) throw notFound(place.resource, place.name);
  return object;
}

export function getObject(store: Store, request: Request, place: ObjectPlace): Reply {
  const object = find(store, place);
  const body = wantsTable(request)
    ? tableOf(place.resource, [object], textAt(object, 'metadata', 'resourceVersion'))
    : object;
  return { kind: 'json', code: 200, body };
}

/** What a list or watch selects, from `labelSelector` and `fieldSelector`. */
export function selection(request: Request, resource: Resource): (object: JsonObject) => boolean {
  const byLabels = labelSelector(request.query.get('labelSelector') ?? '');
  const byFields = fieldSelector(request.query.get('fieldSelector') ?? '', resource.plural);
  return (object) => byLabels(textsAt(object, 'metadata', 'labels')) && byFields(object);
}

export function listObjects(store: Store, request: Request, { resource, namespace }: Place): Reply {
  const selected = store.list(resource, namespace).filter(selection(request, resource));
  const sorted = selected.sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1));
  const { items, metadata } = page(sorted, request, String(store.revision()));
  if (wantsTable(request))
    return {
      kind: 'json',
      code: 200,
      body: { ...tableOf(resource, items, metadata.resourceVersion), metadata },
    };
  if (wantsMetadata(request)) return { kind: 'json', code: 200, body: partial(items, metadata) };
  const body = {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata,
    items: items.map(bare),
  };
  return { kind: 'json', code: 200, body };
}

/** For clients that want to know which objects there are, not what they say (kubernetes.io, "Metadata-only fetches"). */
function wantsMetadata(request: Request): boolean {
  return (request.headers.accept ?? '').includes('as=PartialObjectMetadataList');
}

function partial(items: readonly JsonObject[], metadata: JsonObject): JsonObject {
  const apiVersion = 'meta.k8s.io/v1';
  const bare = items.map((each) => ({
    ...{ kind: 'PartialObjectMetadata', apiVersion },
    metadata: objectAt(each, 'metadata'),
  }));
  return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items: bare };
}

/** By namespace and name, as etcd keys are. */
function orderOf(object: JsonObject): string {
  return `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`;
}

/** Items of a typed list carry neither kind nor apiVersion. */
function bare(object: JsonObject): Json {
  const { kind: _, apiVersion: __, ...rest } = object;
  return rest;
}

/** `limit` and `continue`: the token is the number of items that were sent before. */
function page(all: readonly JsonObject[], request: Request, resourceVersion: string) {
  const limit = Number(request.query.get('limit') ?? 0);
  const from = Number(request.query.get('continue') ?? 0);
  if (!Number.isInteger(limit) || !Number.isInteger(from) || from < 0)
    throw badRequest('continue key is not valid');
  const items = limit > 0 ? all.slice(from, from + limit) : all.slice(from);
  const left = all.length - from - items.length;
  const more = left > 0 ? { continue: String(from + items.length), remainingItemCount: left } : {};
  return { items, metadata: { resourceVersion, ...more } };
}
