import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../../domain/text/json.ts';
import type { Fence } from '../../../workflow/applied.ts';
import { ClusterFault } from '../../../workflow/ports.ts';
import type { Answer } from './answer.ts';
import { refusalOf, rightOf, settles, statusOf, warningsOf } from './answer.ts';
import { type ReadBody, readBody, wholeLines } from './body.ts';
import type { Connection } from './connection.ts';
import { answerFault, BadAnswer, transportFault } from './fault.ts';
import { behind } from './fence.ts';
import type { Resource } from './resource.ts';
import { describeResource, pathOf } from './resource.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly resource: Resource;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly contentType?: string;
  /** Of each object only its metadata: what is not read is not sent. A server that cannot do that sends all of it. */
  readonly metadataOnly?: boolean;
  /** Answer with the text of the body instead of JSON (container logs). */
  readonly text?: boolean;
  readonly signal: AbortSignal;
  /** For the request with all its repetitions; the client's deadline if absent. */
  readonly timeoutMs?: number;
  /** Of a write: asked when its first byte is about to leave. */
  readonly fence?: Fence | undefined;
  /** The kind may not be installed: that the API server does not know the path is an answer then. */
  readonly mayBeAbsent?: boolean;
}

/**
 * Sends one request. Throws `ClusterFault` (one sentence, `cause` kept) when there is no answer that settles it, also when
 * its fence kept it from being sent (fence.ts).
 */
export type Api = (request: ApiRequest) => Promise<Answer>;

/**
 * Bytes that are read of an answer. Objects: the container has 512 MiB, and what was read takes some times as much once it is
 * parsed. A refusal quotes an object at most, of which the server takes 3 MiB (apiserver/pkg/server/config.go,
 * MaxRequestBodyBytes), with each quote escaped. A log is asked for with a limit of 4 KiB.
 */
const largest = { objects: 64 * 1024 * 1024, refusal: 8 * 1024 * 1024, log: 64 * 1024 } as const;

/** A GET is sent at most this often. Writes are sent once: `write.ts` looks before anything is sent again. */
const attempts = 3;

/**
 * The thin client: deadline, repetition of reads, and answers in one shape.
 *
 * The generated client has neither timeout nor retry, opens a TLS connection for each request and drops fields
 * it does not know; snapshots and patches need the raw JSON.
 *
 * @param deadlineMs default for requests without their own, 10 000
 */
export function createApi(cluster: string, connection: Connection, deadlineMs = 10_000): Api {
  return async (request) => {
    const timeoutMs = request.timeoutMs ?? deadlineMs;
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([request.signal, deadline]);
    const endsAt = performance.now() + timeoutMs;
    const what = `${rightOf(request.method, request.resource)} ${describeResource(request.resource)}`;
    const asked = { cluster, server: connection.server, what, timeoutMs };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await attemptOnce(connection, request, signal, asked);
      } catch (cause) {
        const fault = transportFault(asked, request.signal, cause);
        const pause = pauseBefore(fault, attempt);
        const last = request.method !== 'GET' || attempt >= attempts || signal.aborted;
        if (last || performance.now() + pause >= endsAt) throw fault;
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  };
}

/** Milliseconds: what the server asks for, else 100, 200 ... with jitter so that replicas do not march in step. */
function pauseBefore(fault: ClusterFault, attempt: number): number {
  if (fault.retryAfterSeconds !== undefined) return fault.retryAfterSeconds * 1000;
  return 50 * 2 ** attempt * (1 + Math.random());
}

type Asked = Parameters<typeof answerFault>[0];

async function attemptOnce(
  connection: Connection,
  request: ApiRequest,
  signal: AbortSignal,
  asked: Asked,
): Promise<Answer> {
  const first = await exchange(connection, request, signal);
  if (first.status !== 401) return judge(first, request, asked);
  // The token may have expired while it was cached; nothing was done, so a write may be sent again as well.
  connection.renew();
  const second = await exchange(connection, request, signal);
  if (second.status !== 401) return judge(second, request, asked);
  const sentence = `Cluster ${asked.cluster} does not accept Firebreak's credentials (401) for "${asked.what}": renew those of the kubeconfig or of the service account.`;
  throw new ClusterFault(sentence, { cause: new BadAnswer(401, sentence) });
}

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ReadBody;
}

async function exchange(connection: Connection, request: ApiRequest, signal: AbortSignal): Promise<Raw> {
  signal.throwIfAborted();
  const credentials = await whileWanted(connection.headers(), signal);
  const { origin, pathname } = new URL(connection.server);
  const dispatcher =
    request.fence === undefined ? connection.dispatcher : behind(request.fence, connection.dispatcher);
  const answer = await dispatcher.request({
    origin,
    path: `${pathname.replace(/\/$/, '')}${pathOf(request.resource)}`,
    method: request.method,
    query: { ...request.query },
    headers: {
      'user-agent': 'firebreak',
      accept: acceptedBy(request),
      ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
      ...credentials,
    },
    body: request.body === undefined ? null : JSON.stringify(request.body),
    signal,
  });
  const { statusCode: status, headers } = answer;
  const most = isFine(status) ? largest[request.text ? 'log' : 'objects'] : largest.refusal;
  return { status, headers, body: await readBody(answer.body, most) };
}

const isFine = (status: number): boolean => status >= 200 && status < 300;

function acceptedBy({ text, metadataOnly }: ApiRequest): string {
  if (text) return '*/*';
  const partial = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  return metadataOnly ? `${partial},application/json` : 'application/json';
}

/** A credential plugin knows no signal; it is left behind when the deadline passes. */
function whileWanted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function judge(raw: Raw, request: ApiRequest, asked: Asked): Answer {
  const { status } = raw;
  if (isFine(status)) {
    const body = request.text ? wholeLines(raw.body) : parseBody(raw.body, asked, status);
    return { kind: 'ok', status, body, warnings: warningsOf(raw.headers['warning']) };
  }
  const said = raw.body.isWhole ? statusOf(jsonOrUndefined(raw.body.text)) : undefined;
  if (said !== undefined && settles(status, request.resource, said)) {
    return refusalOf(status, request.method, request.resource, said);
  }
  if (request.mayBeAbsent && status === 404)
    return refusalOf(status, request.method, request.resource, noPath);
  throw answerFault(
    asked,
    status,
    said,
    retryAfter(raw.headers['retry-after']) ?? said?.details?.retryAfterSeconds,
  );
}

/** For a path that it does not serve, the API server answers 404 as plain text. */
const noPath = { kind: 'Status', reason: 'NotFound', message: 'no such path' } as const;

function parseBody({ text, isWhole }: ReadBody, asked: Asked, status: number): unknown {
  const body = isWhole ? jsonOrUndefined(text) : undefined;
  if (body !== undefined) return body;
  const why = isWhole
    ? `a body that is not JSON (${text.length} characters)`
    : `more than ${largest.objects / 1024 / 1024} MiB, which is more than is read`;
  const sentence = `Cluster ${asked.cluster} answered ${status} to "${asked.what}" with ${why}.`;
  throw new ClusterFault(sentence, { cause: new BadAnswer(status, sentence) });
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds of a Retry-After header, which is a number or a date (RFC 9110 10.2.3). */
function retryAfter(header: string | string[] | undefined): number | undefined {
  const value = Array.isArray(header) ? header[0] : header;
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
