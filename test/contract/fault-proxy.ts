import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { Connection } from '../../src/adapters/kubernetes/client/connection.ts';

/**
 * What can go wrong with one request. `before`: the server never sees it. `after`: the server has done it, and the
 * answer is lost or spoilt on its way back.
 */
export const faults = [
  'throttled',
  'error before',
  'error after',
  'gateway page before',
  'gateway page after',
  'reset before',
  'reset after',
  'hang before',
  'hang after',
  'half a body',
  'half a JSON',
  'stalled body',
] as const;

/** What an API server under strain says besides; nothing was done. */
export const refusals = ['throttled without a time', 'conflict', 'unavailable'] as const;
export type Fault = (typeof faults)[number] | (typeof refusals)[number];

export interface FaultProxy {
  readonly url: string;
  /** Spoils the next requests whose line (`PATCH /apis/...`) fits, one for each fault. */
  inject(line: RegExp, ...next: Fault[]): void;
  /** `PATCH /apis/...` for each request that came in, without the query. */
  readonly seen: string[];
  /** When each came in, in milliseconds. */
  readonly times: number[];
  /** What was spoilt, with how many requests had come in then, and when, in milliseconds. */
  readonly spoilt: {
    readonly fault: Fault;
    readonly line: string;
    readonly after: number;
    readonly at: number;
  }[];
  close(): Promise<void>;
}

/** A plain HTTP server of this machine that passes requests on to `upstream` and spoils some of them. */
export async function startFaultProxy(upstream: Connection): Promise<FaultProxy> {
  const pending: { line: RegExp; fault: Fault }[] = [];
  const seen: string[] = [];
  const times: number[] = [];
  const spoilt: { fault: Fault; line: string; after: number; at: number }[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url?.split('?')[0]}`;
    seen.push(line);
    times.push(performance.now());
    const index = pending.findIndex((each) => each.line.test(line));
    const [due] = index < 0 ? [] : pending.splice(index, 1);
    if (due !== undefined) spoilt.push({ fault: due.fault, line, after: seen.length, at: performance.now() });
    answer(upstream, request, response, due?.fault).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = portOf.parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    inject: (line, ...next) => pending.push(...next.map((fault) => ({ line, fault }))),
    seen,
    times,
    spoilt,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const portOf: z.ZodType<Pick<AddressInfo, 'port'>> = z.object({ port: z.number() });

async function answer(
  upstream: Connection,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const body = await bodyOf(request);
  if (fault === 'throttled') return status(response, 429, 'TooManyRequests', { 'retry-after': '1' });
  if (fault === 'throttled without a time') return status(response, 429, 'TooManyRequests');
  if (fault === 'conflict') return status(response, 409, 'Conflict');
  if (fault === 'unavailable') return status(response, 503, 'ServiceUnavailable');
  if (fault === 'error before') return status(response, 500, 'InternalError');
  if (fault === 'gateway page before') return page(response);
  if (fault === 'reset before') return void request.socket.destroy();
  // The client ends it.
  if (fault === 'hang before') return;

  const passed = await passOn(upstream, request, body);
  if (fault === 'error after') return status(response, 500, 'InternalError');
  if (fault === 'gateway page after') return page(response);
  if (fault === 'reset after') return void request.socket.destroy();
  if (fault === 'hang after') return;
  response.statusCode = passed.status;
  for (const [name, value] of Object.entries(passed.headers)) response.setHeader(name, value);
  const half = passed.text.slice(0, passed.text.length / 2);
  if (fault === 'half a JSON') return void response.end(half);
  if (fault === undefined) return void response.end(passed.text);
  response.setHeader('content-length', Buffer.byteLength(passed.text));
  response.write(half, () => fault === 'half a body' && request.socket.destroy());
}

async function passOn(upstream: Connection, request: IncomingMessage, body: string) {
  const credentials = await upstream.headers();
  const type = request.headers['content-type'];
  const answered = await upstream.dispatcher.request({
    origin: upstream.server,
    path: request.url ?? '/',
    method: methods.parse(request.method),
    headers: { ...credentials, ...(type === undefined ? {} : { 'content-type': type }) },
    body: body === '' ? null : body,
  });
  const { warning, 'content-type': contentType } = answered.headers;
  return {
    status: answered.statusCode,
    headers: {
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(warning === undefined ? {} : { warning }),
    },
    text: await answered.body.text(),
  };
}

const methods: z.ZodType<Dispatcher.HttpMethod> = z.enum(['GET', 'POST', 'PATCH', 'DELETE']);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function status(response: ServerResponse, code: number, reason: string, headers = {}): void {
  const said = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message: 'etcd is away', code };
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(said));
}

function page(response: ServerResponse): void {
  response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
}
