import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createRandom } from './random.ts';

/** What may go wrong with a request on its way to the API server, and with the answer on its way back. */
const faults = [
  'too many, come later',
  'too many',
  'conflict',
  'error',
  'unavailable',
  'reset before',
  'reset after',
  'hang',
  'cut',
] as const;
type Fault = (typeof faults)[number];

interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly after?: string;
  readonly message?: string;
}

const refusals: Partial<Record<Fault, Refusal>> = {
  'too many, come later': { code: 429, reason: 'TooManyRequests', after: '1' },
  'too many': { code: 429, reason: 'TooManyRequests' },
  conflict: { code: 409, reason: 'Conflict' },
  error: { code: 500, reason: 'InternalError' },
  unavailable: { code: 503, reason: 'ServiceUnavailable' },
};

const denied = { code: 403, reason: 'Forbidden' };

export interface FaultProxy {
  readonly url: string;
  /** From now on everything goes through. */
  calm(): void;
}

/**
 * Lets requests through to an API server but for a share of them, chosen by chance: refused in its name, cut off before or
 * after it has answered, never answered, or answered with half a body. Connections of a watch go through unharmed.
 */
export async function startFaultProxy(options: {
  /** The API server's address. */
  readonly before: string;
  readonly share: number;
  readonly seed: number;
  /** What no change may be made to, and what is said of it, as an admission webhook would. */
  readonly refuses?: { readonly path: RegExp; readonly sentence: string };
}): Promise<FaultProxy> {
  const random = createRandom(options.seed);
  let share = options.share;
  const server = createServer((incoming, response) => {
    const { method = 'GET', url = '' } = incoming;
    if (method !== 'GET' && options.refuses?.path.test(url) === true)
      return refuse(incoming, response, { ...denied, message: options.refuses.sentence });
    const fault = random.chance(share) ? random.pick(faults) : undefined;
    const refused = fault && refusals[fault];
    if (fault === 'reset before') return void incoming.socket.destroy();
    if (refused !== undefined) return refuse(incoming, response, refused);
    forward(options.before, incoming, response, fault);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calm: () => {
      share = 0;
    },
  };
}

function refuse(
  incoming: IncomingMessage,
  response: ServerResponse,
  { code, reason, after, message }: Refusal,
): void {
  incoming.resume();
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: message ?? `a fault: ${reason}`,
  };
  const later = after === undefined ? {} : { 'retry-after': after };
  response.writeHead(code, { 'content-type': 'application/json', ...later }).end(JSON.stringify(status));
}

function forward(
  before: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): void {
  const { method, headers, url } = incoming;
  const onward = ask(`${before}${url}`, { method, headers }, (answer) => {
    if (fault === 'reset after') return endWith(answer, incoming.socket);
    if (fault === 'hang') return void answer.resume();
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (fault === 'cut')
      return void answer.once('data', (chunk: Buffer) => cut(chunk, response, incoming.socket));
    answer.pipe(response);
  });
  onward.on('error', () => incoming.socket.destroy());
  response.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

/** The API server has done what was asked of it; nobody hears of it. */
function endWith(answer: IncomingMessage, socket: Socket): void {
  answer.resume();
  answer.once('end', () => socket.destroy());
}

function cut(chunk: Buffer, response: ServerResponse, socket: Socket): void {
  response.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => socket.destroy());
}
