import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Refusal } from '../refusal.ts';
import { pods } from '../resources.ts';
import type { Simulation } from '../simulation.ts';
import { type Access, authenticate, authorise, review } from './access.ts';
import { discovery } from './discovery.ts';
import { evict } from './eviction.ts';
import { objectOf } from './patching.ts';
import { podLog } from './pod-log.ts';
import { find, getObject, listObjects } from './read.ts';
import { type ObjectPlace, type Place, placeOf, type Reply, type Request, verbOf } from './request.ts';
import { scaleOf } from './scale.ts';
import { streamChanges } from './watch.ts';
import { change, create, isDryRun, remove } from './write.ts';

/** One answered request: what a test counts, and a line of the simulator's request log. */
export interface RequestLine {
  /** ISO instant. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly verb: string;
  readonly fieldManager: string | undefined;
  readonly dryRun: boolean;
  readonly status: number;
  /** True if the request itself changed what is stored: not a dry run, not a repeat without effect. */
  readonly changed: boolean;
}

export interface ApiOptions extends Access {
  readonly log: (line: RequestLine) => void;
}

/** The Kubernetes REST API over a simulation, not yet listening. */
export function createApiServer(simulation: Simulation, options: ApiOptions): Server {
  return createServer((incoming, response) => {
    read(incoming)
      .then((request) => serve(simulation, options, request, response))
      .catch((cause: unknown) => send(response, refusalReply(cause)));
  });
}

/** Bytes that a request body may have: the limit of the API server. */
const bodyLimit = 3 * 1024 * 1024;

async function read(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bodyLimit) throw new Refusal(413, 'RequestEntityTooLarge', `limit is ${bodyLimit} bytes`);
    chunks.push(bytes);
  }
  const url = new URL(incoming.url ?? '/', 'http://simulator');
  const { method = 'GET', headers } = incoming;
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks).toString(),
  };
}

function serve(
  simulation: Simulation,
  options: ApiOptions,
  request: Request,
  response: ServerResponse,
): void {
  const before = simulation.world.store.revision();
  const reply = answered(simulation, options, request, response);
  // Nothing else runs between the two readings, so a new revision is this request's doing.
  const changed = simulation.world.store.revision() !== before;
  options.log(lineOf(simulation, request, reply, changed));
  if (reply.kind !== 'watch') send(response, reply);
}

function lineOf({ world }: Simulation, request: Request, reply: Reply, changed: boolean): RequestLine {
  const place = placeOf(request.path);
  return {
    at: new Date(world.now()).toISOString(),
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    verb: place === undefined ? request.method.toLowerCase() : verbOf(request, place),
    fieldManager: request.query.get('fieldManager') ?? undefined,
    dryRun: request.query.has('dryRun'),
    status: reply.kind === 'watch' ? 200 : reply.code,
    changed,
  };
}

function answered(
  simulation: Simulation,
  options: ApiOptions,
  request: Request,
  response: ServerResponse,
): Reply {
  try {
    return route(simulation, options, request, response);
  } catch (cause) {
    return refusalReply(cause);
  }
}

function refusalReply(cause: unknown): Reply {
  if (cause instanceof Refusal) return { kind: 'json', code: cause.code, body: cause.body };
  const words = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return {
    kind: 'json',
    code: 500,
    body: new Refusal(500, 'InternalError', `Internal error occurred: ${words}`).body,
  };
}

const health = ['/readyz', '/livez', '/healthz'];
const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

function route(
  simulation: Simulation,
  options: ApiOptions,
  request: Request,
  response: ServerResponse,
): Reply {
  const { path, method } = request;
  if (health.includes(path)) return { kind: 'text', code: 200, text: 'ok' };
  authenticate(options, request);
  if (path === reviews && method === 'POST')
    return { kind: 'json', code: 201, body: review(options, objectOf(request)) };
  const found = method === 'GET' ? discovery(path.replace(/\/$/, '')) : undefined;
  if (found !== undefined) return { kind: 'json', code: 200, body: found };
  const place = placeOf(path);
  if (place === undefined) return { kind: 'text', code: 404, text: '404 page not found\n' };
  authorise(options, request, place);
  isDryRun(request);
  const { name } = place;
  if (name !== undefined) return onObject(simulation, request, { ...place, name }) ?? notAllowed();
  return onCollection(simulation, request, place, response) ?? notAllowed();
}

function notAllowed(): Reply {
  throw new Refusal(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  );
}

function onCollection(
  { world }: Simulation,
  request: Request,
  place: Place,
  response: ServerResponse,
): Reply | undefined {
  switch (verbOf(request, place)) {
    case 'list':
      return listObjects(world.store, request, place);
    case 'watch':
      streamChanges(world.store, request, place, response);
      return { kind: 'watch' };
    case 'create':
      return place.resource.namespaced && place.namespace === undefined
        ? undefined
        : create(world, request, place);
    default:
      return undefined;
  }
}

function onObject(simulation: Simulation, request: Request, place: ObjectPlace): Reply | undefined {
  const { world } = simulation;
  const { subresource, resource } = place;
  const key = `${verbOf(request, place)} ${subresource ?? 'object'}`;
  if (subresource === 'scale' && !resource.scalable)
    return { kind: 'text', code: 404, text: '404 page not found\n' };
  switch (key) {
    case 'get object':
    case 'get status':
      return getObject(world.store, request, place);
    case 'get scale':
      return { kind: 'json', code: 200, body: scaleOf(find(world.store, place)) };
    case 'get log':
      return podLog(simulation, request, place);
    case 'create eviction':
      return resource === pods ? evict(world, request, place) : undefined;
    case 'delete object':
      return remove(world, request, place);
    case 'patch object':
    case 'patch status':
    case 'patch scale':
    case 'update object':
    case 'update status':
    case 'update scale':
      return change(world, request, place);
    default:
      return { kind: 'text', code: 404, text: '404 page not found\n' };
  }
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply.kind === 'watch' || response.headersSent) return;
  if (reply.kind === 'text') {
    response.writeHead(reply.code, { 'content-type': 'text/plain; charset=utf-8' }).end(reply.text);
    return;
  }
  const warnings = (reply.warnings ?? []).map((text) => `299 - "${text.replaceAll(/["\\]/g, '\\$&')}"`);
  if (warnings.length > 0) response.setHeader('warning', warnings);
  response.writeHead(reply.code, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
}
