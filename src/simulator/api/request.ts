import type { IncomingMessage } from 'node:http';
import type { Json } from '../json.ts';
import { apiVersionOf, type Resource, resources } from '../resources.ts';

/** One request, read whole. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Where a path leads to in the API. */
export interface Place {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** A place with a name: one object. */
export interface ObjectPlace extends Place {
  readonly name: string;
}

export type Reply =
  | {
      readonly kind: 'json';
      readonly code: number;
      readonly body: Json;
      readonly warnings?: readonly string[];
    }
  | { readonly kind: 'text'; readonly code: number; readonly text: string }
  | { readonly kind: 'watch' };

/** The resource place of `/api/v1/...` or `/apis/<group>/<version>/...`; undefined for any other path. */
export function placeOf(path: string): Place | undefined {
  const segments = path.split('/').filter((part) => part !== '');
  const [root, ...parts] = segments.map(decode);
  if (root === 'api') return placeIn(parts[0] ?? '', parts.slice(1));
  return root === 'apis' ? placeIn(parts.slice(0, 2).join('/'), parts.slice(2)) : undefined;
}

function placeIn(apiVersion: string, parts: readonly string[]): Place | undefined {
  // `/namespaces/<name>` alone is the namespace object; with more behind it, a scope.
  const scoped = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status';
  const namespace = scoped ? parts[1] : undefined;
  const [plural, name, subresource, ...beyond] = scoped ? parts.slice(2) : parts;
  const resource = resources.find((each) => each.plural === plural && apiVersionOf(each) === apiVersion);
  if (resource === undefined || beyond.length > 0) return undefined;
  // A namespaced object is reached only through its namespace; without one there are lists of all namespaces.
  const reachable = resource.namespaced ? scoped || name === undefined : !scoped;
  return reachable ? { resource, namespace, name, subresource } : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The verb that RBAC checks. */
export function verbOf(request: Request, place: Place): string {
  const { method, query } = request;
  if (method === 'GET') {
    if (query.get('watch') === 'true' || query.get('watch') === '1') return 'watch';
    return place.name === undefined ? 'list' : 'get';
  }
  const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };
  if (method === 'DELETE') return place.name === undefined ? 'deletecollection' : 'delete';
  return verbs[method] ?? method.toLowerCase();
}
