import type { JsonObject } from './json.ts';
import { qualifiedName, type Resource } from './resources.ts';

/** The API server's no: an HTTP status with a body of kind Status (apimachinery, pkg/api/errors/errors.go). */
export class Refusal extends Error {
  readonly code: number;
  readonly body: JsonObject;

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

type Named = Pick<Resource, 'group' | 'plural'>;

function detailsOf({ group, plural }: Named, name: string): JsonObject {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
}

export function notFound(resource: Named, name: string): Refusal {
  const message = `${qualifiedName(resource)} "${name}" not found`;
  return new Refusal(404, 'NotFound', message, detailsOf(resource, name));
}

export function alreadyExists(resource: Named, name: string): Refusal {
  const message = `${qualifiedName(resource)} "${name}" already exists`;
  return new Refusal(409, 'AlreadyExists', message, detailsOf(resource, name));
}

/** 409 for a resourceVersion that is no longer the object's. */
export function modified(resource: Named, name: string): Refusal {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`;
  return new Refusal(409, 'Conflict', message, detailsOf(resource, name));
}

/** 409 for a delete whose preconditions name another object of the same name (apiserver, registry/rest/delete.go). */
export function preconditionFailed(resource: Resource, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${resource.kind} "${name}": ${why}`;
  const details = { ...detailsOf(resource, name), kind: resource.kind };
  return new Refusal(409, 'Conflict', message, details);
}

/** One field that validation does not accept. `reason` is the machine's word, such as `FieldValueInvalid`. */
export interface Cause {
  readonly field: string;
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported';
  readonly message: string;
}

/** 422 from validation: unlike a failed patch it names the object and the fields. */
export function invalid(resource: Resource, name: string, causes: readonly Cause[]): Refusal {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const errors = causes.map(({ field, message }) => `${field}: ${message}`);
  const all = errors.length === 1 ? errors.join('') : `[${errors.join(', ')}]`;
  const group = resource.group === '' ? {} : { group: resource.group };
  const listed = causes.map(({ field, reason, message }) => ({ reason, message, field }));
  const details = { name, ...group, kind: resource.kind, causes: listed };
  return new Refusal(422, 'Invalid', `${kind} "${name}" is invalid: ${all}`, details);
}

/** 422 for a JSON patch that could not be applied: no cause, empty details, whichever operation failed. */
export function patchFailed(): Refusal {
  const message = 'the server rejected our request due to an error in our request';
  return new Refusal(422, 'Invalid', message, {});
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}

export function unauthorized(): Refusal {
  return new Refusal(401, 'Unauthorized', 'Unauthorized');
}

/** 403 in the words of RBAC, which name the user, the verb and the resource. */
export function forbidden(attempt: {
  readonly user: string;
  readonly verb: string;
  readonly resource: Named;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}): Refusal {
  const { user, verb, resource, subresource, namespace, name = '' } = attempt;
  const plural = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = `${qualifiedName(resource)}${name === '' ? '' : ` "${name}"`} is forbidden`;
  const may = `User "${user}" cannot ${verb} resource "${plural}" in API group "${resource.group}" ${where}`;
  return new Refusal(403, 'Forbidden', `${what}: ${may}`, detailsOf(resource, name));
}

export function unsupportedMediaType(given: string, accepted: readonly string[]): Refusal {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new Refusal(415, 'UnsupportedMediaType', given === '' ? `${message} (none was given)` : message, {});
}

/** 410 for a watch from a version that history no longer reaches. */
export function expired(version: string): Refusal {
  return new Refusal(410, 'Expired', `too old resource version: ${version}`);
}

/** 429 for an eviction that a PodDisruptionBudget does not allow now; the cause tells it from a server under load. */
export function evictionForbidden(cause: string, retryAfterSeconds: number): Refusal {
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  const later = retryAfterSeconds === 0 ? {} : { retryAfterSeconds };
  const details = { ...later, causes: [{ reason: 'DisruptionBudget', message: cause }] };
  return new Refusal(429, 'TooManyRequests', message, details);
}

/** 500 for the eviction of a pod that two budgets cover. */
export function manyBudgets(): Refusal {
  const message =
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
  return new Refusal(500, '', message);
}
