import { deletePod, ownedBy, startDeletion } from '../controllers/ownership.ts';
import { defaulted } from '../defaults.ts';
import type { JsonObject } from '../json.ts';
import { nameOf, uidOf } from '../objects/identity.ts';
import type { Writer } from '../objects/managed-fields.ts';
import { badRequest, invalid, modified, notFound, preconditionFailed } from '../refusal.ts';
import { jobs, namespaces, nodes, pods, type Resource, resourceOfKind, resources } from '../resources.ts';
import { at, edited, listAt, numberAt, put, textAt } from '../tree.ts';
import { dropUnknownFields } from '../unknown-fields.ts';
import { validate } from '../validation.ts';
import { controllerManager, type World } from '../world.ts';
import { objectOf, patched } from './patching.ts';
import { find } from './read.ts';
import type { ObjectPlace, Place, Reply, Request } from './request.ts';
import { scaleOf, withScale } from './scale.ts';

/** Metadata that a writer cannot set; what a request says about it is ignored. */
const serverOwned = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** POST: creates an object, in the namespace of the path. */
export function create({ store, newSuffix }: World, request: Request, place: Place): Reply {
  const { object, warnings } = admitted(request, place.resource, named(objectOf(request), place, newSuffix));
  if (place.resource.namespaced && store.get(namespaces, undefined, place.namespace ?? '') === undefined)
    throw notFound(namespaces, place.namespace ?? '');
  validate(place.resource, object, undefined);
  const stored = store.create(place.resource, object, writerOf(request), { dryRun: isDryRun(request) });
  return { kind: 'json', code: 201, body: stored, warnings };
}

function named(body: JsonObject, { resource, namespace }: Place, newSuffix: () => string): JsonObject {
  const kind = resourceOfKind(textAt(body, 'apiVersion') ?? '', textAt(body, 'kind') ?? '');
  if (kind !== resource)
    throw badRequest(`${textAt(body, 'kind') ?? 'the object'} cannot be handled as a ${resource.kind}`);
  const given = textAt(body, 'metadata', 'namespace');
  if (given !== undefined && given !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  return edited(body, (draft) => {
    const prefix = textAt(draft, 'metadata', 'generateName');
    if (nameOf(draft) === '' && prefix !== undefined)
      put(draft, ['metadata', 'name'], `${prefix}${newSuffix()}`);
    if (namespace !== undefined) put(draft, ['metadata', 'namespace'], namespace);
    // A kubelet registers its node together with the node's status.
    if (resource !== nodes) delete draft['status'];
    if (resource === pods) draft['status'] = { phase: 'Pending', qosClass: 'BestEffort' };
    if (resource === namespaces) draft['status'] = { phase: 'Active' };
  });
}

/** Defaults filled in, unknown fields dropped with a warning or, if the writer wants it strict, refused. */
function admitted(request: Request, resource: Resource, body: JsonObject) {
  let unknown: string[] = [];
  const known = edited(body, (draft) => {
    unknown = dropUnknownFields(resource, draft);
  });
  if (unknown.length > 0 && request.query.get('fieldValidation') === 'Strict')
    throw strictness(request, resource, body, unknown);
  return { object: defaulted(resource, known), warnings: unknown.map((field) => `unknown field "${field}"`) };
}

function strictness(request: Request, resource: Resource, body: JsonObject, unknown: readonly string[]) {
  const words = `strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(', ')}`;
  if (request.method !== 'PATCH')
    return badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${words}`,
    );
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(body))}: ${words}`;
  return invalid(resource, nameOf(body), [{ field: 'patch', reason: 'FieldValueInvalid', message }]);
}

/** PATCH or PUT of an object, its status or its scale. */
export function change(world: World, request: Request, place: ObjectPlace): Reply {
  const current = find(world.store, place);
  return place.subresource === 'scale'
    ? changeScale(world, request, place, current)
    : changeObject(world, request, place, current);
}

function changeObject(world: World, request: Request, place: ObjectPlace, current: JsonObject): Reply {
  const { resource } = place;
  const asked = request.method === 'PATCH' ? patched(request, current) : objectOf(request);
  checkIdentity(resource, current, asked);
  const { object, warnings } = admitted(
    request,
    resource,
    withServerParts(current, asked, place.subresource),
  );
  validate(resource, object, current);
  const writer = {
    ...writerOf(request),
    ...(place.subresource === 'status' ? ({ subresource: 'status' } as const) : {}),
  };
  const stored = world.store.update(resource, object, writer, { dryRun: isDryRun(request) });
  return { kind: 'json', code: 200, body: stored, warnings };
}

/** The server's own fields, and either status or everything else, stay as they are. */
function withServerParts(
  current: JsonObject,
  asked: JsonObject,
  subresource: string | undefined,
): JsonObject {
  const status = at(subresource === 'status' ? asked : current, 'status');
  return edited(subresource === 'status' ? current : asked, (draft) => {
    for (const key of serverOwned) put(draft, ['metadata', key], at(current, 'metadata', key));
    put(draft, ['metadata', 'uid'], at(asked, 'metadata', 'uid') ?? at(current, 'metadata', 'uid'));
    put(draft, ['status'], status);
  });
}

/** A resourceVersion in the body is a condition; a name or kind that is not the path's is a mistake. */
function checkIdentity(resource: Resource, current: JsonObject, asked: JsonObject): void {
  const version = textAt(asked, 'metadata', 'resourceVersion');
  if (version !== undefined && version !== textAt(current, 'metadata', 'resourceVersion'))
    throw modified(resource, nameOf(current));
  for (const path of [['kind'], ['apiVersion']] as const)
    if (at(asked, ...path) !== at(current, ...path))
      throw badRequest(`${path.join('.')} of the object may not change`);
  if (nameOf(asked) !== nameOf(current))
    throw badRequest(
      `the name of the object (${nameOf(asked)}) does not match the name on the URL (${nameOf(current)})`,
    );
}

function changeScale(world: World, request: Request, { resource }: ObjectPlace, current: JsonObject): Reply {
  const scale = scaleOf(current);
  const asked = request.method === 'PATCH' ? patched(request, scale) : objectOf(request);
  const version = textAt(asked, 'metadata', 'resourceVersion');
  if (version !== undefined && version !== '' && version !== textAt(scale, 'metadata', 'resourceVersion'))
    throw modified(resource, nameOf(current));
  const uid = textAt(asked, 'metadata', 'uid');
  if (uid !== undefined && uid !== textAt(scale, 'metadata', 'uid'))
    throw preconditionFailed(
      resource,
      nameOf(current),
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${textAt(scale, 'metadata', 'uid') ?? ''}`,
    );
  const next = withScale(resource, current, asked);
  const writer = { ...writerOf(request), subresource: 'scale' } as const;
  const stored = world.store.update(resource, next, writer, { dryRun: isDryRun(request) });
  return { kind: 'json', code: 200, body: scaleOf(stored) };
}

/** DELETE: pods end gracefully and come back in the answer, everything else is gone at once. */
export function remove(world: World, request: Request, place: ObjectPlace): Reply {
  const { resource } = place;
  const options = request.body === '' ? {} : objectOf(request);
  const object = find(world.store, place);
  checkPreconditions(resource, object, options);
  const dryRun = isDryRun(request) || at(options, 'dryRun') !== undefined;
  if (resource === pods)
    return { kind: 'json', code: 200, body: dryRun ? object : endPod(world, request, object, options) };
  const propagation = textAt(options, 'propagationPolicy') ?? request.query.get('propagationPolicy');
  // Jobs alone leave their pods behind unless told otherwise (DefaultGarbageCollectionPolicy of jobStrategy).
  const leavesPods = resource === jobs && propagation === null;
  if (!dryRun) destroy(world, resource, object, propagation === 'Orphan' || leavesPods);
  const warnings = leavesPods ? [orphaning] : [];
  return { kind: 'json', code: 200, body: deletion(resource, object), warnings };
}

const orphaning =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

function destroy(world: World, resource: Resource, object: JsonObject, orphans: boolean): void {
  if (orphans) orphan(world, object);
  startDeletion(world, resource, object);
  if (resource === namespaces) emptyNamespace(world, nameOf(object));
}

function deletion(resource: Resource, object: JsonObject): JsonObject {
  const group = resource.group === '' ? {} : { group: resource.group };
  const uid = textAt(object, 'metadata', 'uid') ?? '';
  const details = { name: nameOf(object), ...group, kind: resource.plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

export function checkPreconditions(resource: Resource, object: JsonObject, options: JsonObject): void {
  const uid = textAt(options, 'preconditions', 'uid');
  const live = textAt(object, 'metadata', 'uid') ?? '';
  if (uid !== undefined && uid !== live) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${live}). The object might have been deleted and then recreated`;
    throw preconditionFailed(resource, nameOf(object), why);
  }
  const version = textAt(options, 'preconditions', 'resourceVersion');
  const current = textAt(object, 'metadata', 'resourceVersion') ?? '';
  if (version !== undefined && version !== current) {
    const why = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${current}). The object might have been modified`;
    throw preconditionFailed(resource, nameOf(object), why);
  }
}

function endPod(world: World, request: Request, pod: JsonObject, options: JsonObject): JsonObject {
  const asked = request.query.get('gracePeriodSeconds');
  return deletePod(
    world,
    pods,
    pod,
    asked === null ? numberAt(options, 'gracePeriodSeconds') : Number(asked),
  );
}

/** Deletes every object of a deleted namespace. */
function emptyNamespace(world: World, namespace: string): void {
  for (const resource of resources.filter((each) => each.namespaced))
    for (const object of world.store.list(resource, namespace)) startDeletion(world, resource, object);
}

/** Takes the owner out of its dependents, which then stay when it goes. */
function orphan(world: World, owner: JsonObject): void {
  for (const resource of resources)
    for (const dependent of ownedBy(world, owner, resource)) {
      const others = listAt(dependent, 'metadata', 'ownerReferences').filter(
        (each) => textAt(each, 'uid') !== uidOf(owner),
      );
      const next = edited(dependent, (draft) =>
        put(draft, ['metadata', 'ownerReferences'], others.length === 0 ? undefined : others),
      );
      world.store.update(resource, next, controllerManager);
    }
}

/** Who writes: the request's field manager, else the first word of its User-Agent. */
function writerOf(request: Request): Writer {
  const agent = (request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  return { manager: request.query.get('fieldManager') ?? agent, operation: 'Update' };
}

/** dryRun=All; 400 for any other value, as in a real API server. */
export function isDryRun(request: Request): boolean {
  const values = request.query.getAll('dryRun');
  if (values.some((value) => value !== 'All'))
    throw badRequest(`Invalid value: ${JSON.stringify(values)}: dryRun must be "All"`);
  return values.length > 0;
}
