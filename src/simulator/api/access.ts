import type { JsonObject } from '../json.ts';
import { forbidden, unauthorized } from '../refusal.ts';
import { objectAt, textAt } from '../tree.ts';
import { type Place, type Request, verbOf } from './request.ts';

/** Something that nobody may do here, so that a 403 can be seen. `*` stands for any verb or resource. */
export interface Forbidden {
  readonly verb: string;
  /** The plural, as in RBAC: `pods`, `deployments/scale`. */
  readonly resource: string;
  /** Everywhere, when absent. */
  readonly namespace?: string;
}

export interface Access {
  readonly forbid: readonly Forbidden[];
  /** When given, a request must carry it as its bearer token. */
  readonly token?: string;
}

/** Who the simulator takes every caller for. */
const caller = 'system:serviceaccount:firebreak:firebreak';

/** 401 without the token, where one is asked for. */
export function authenticate(access: Access, request: Request): void {
  if (access.token !== undefined && request.headers.authorization !== `Bearer ${access.token}`)
    throw unauthorized();
}

/** 403 for what the deny list names. */
export function authorise(access: Access, request: Request, place: Place): void {
  const verb = verbOf(request, place);
  const asked = {
    verb,
    resource: fullResource(place.resource.plural, place.subresource),
    namespace: place.namespace,
  };
  if (isAllowed(access, asked)) return;
  throw forbidden({
    user: caller,
    verb,
    resource: place.resource,
    ...(place.subresource === undefined ? {} : { subresource: place.subresource }),
    ...(place.namespace === undefined ? {} : { namespace: place.namespace }),
    ...(place.name === undefined ? {} : { name: place.name }),
  });
}

function fullResource(plural: string, subresource: string | undefined): string {
  return subresource === undefined ? plural : `${plural}/${subresource}`;
}

function isAllowed(
  { forbid }: Access,
  asked: { readonly verb: string; readonly resource: string; readonly namespace: string | undefined },
): boolean {
  const fits = (pattern: string, value: string) => pattern === '*' || pattern === value;
  return !forbid.some(
    ({ verb, resource, namespace }) =>
      fits(verb, asked.verb) &&
      fits(resource, asked.resource) &&
      (namespace === undefined || namespace === asked.namespace),
  );
}

/** The answer to a SelfSubjectAccessReview, from the same deny list. */
export function review(access: Access, body: JsonObject): JsonObject {
  const attributes = objectAt(body, 'spec', 'resourceAttributes');
  const resource = fullResource(textAt(attributes, 'resource') ?? '', textAt(attributes, 'subresource'));
  const asked = {
    verb: textAt(attributes, 'verb') ?? '',
    resource,
    namespace: textAt(attributes, 'namespace'),
  };
  const allowed = isAllowed(access, asked);
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: objectAt(body, 'spec'),
    status: allowed ? { allowed, reason: 'the sandbox allows what it does not forbid' } : { allowed },
  };
}
