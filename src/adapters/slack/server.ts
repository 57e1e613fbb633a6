import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../workflow/ports.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** One address of the bot's own HTTP side: health, readiness, webhooks. Exact path, upper-case method. */
export interface Route {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly handler: Handler;
}

/** A listening HTTP server; `stop` lets open requests end and cuts them off after `seconds`. */
export interface HttpSide {
  readonly port: number;
  readonly listening: () => boolean;
  stop(seconds: number): Promise<void>;
}

/**
 * The HTTP side in both modes. Bolt's own server in Socket Mode cannot be bound to a host and lets a rejected
 * handler hang, so the routes are served here, and Slack's requests are handed to Bolt's receiver from here.
 */
export async function startHttp(
  settings: {
    readonly host: string;
    readonly port: number;
    readonly routes: readonly Route[];
    readonly log: Log;
  },
  slack: Handler | undefined,
): Promise<HttpSide> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void serve(settings, slack, request, response);
  });
  await listen(server, settings);
  return {
    port: addressOf(server).port,
    listening: () => server.listening,
    stop: (seconds) => close(server, seconds),
  };
}

async function serve(
  { routes, log }: { readonly routes: readonly Route[]; readonly log: Log },
  slack: Handler | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const here = routes.filter((route) => route.path === path);
    const route = here.find(
      ({ method }) => method === request.method || (method === 'GET' && request.method === 'HEAD'),
    );
    if (route !== undefined) return await route.handler(request, response);
    if (slack !== undefined && path === '/slack/events' && request.method === 'POST')
      return await slack(request, response);
    const slacks = slack !== undefined && path === '/slack/events' ? ['POST'] : [];
    const allow = [...here.map(({ method }) => method), ...slacks].join(', ');
    if (allow === '') return sentence(response, 404, 'There is nothing at this address.');
    sentence(response, 405, `This address is for ${allow} only.`, { allow });
  } catch (error) {
    log.error({ err: error, path: request.url }, 'An HTTP request failed');
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
}

/** Whoever sends to the wrong place sees it where he looks first: in what his sender logs of the answer. */
function sentence(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there already' : error.message;
      reject(
        new Error(`Cannot listen on ${host}:${port}: ${why}. Set HOST and PORT to a free address.`, {
          cause: error,
        }),
      );
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The HTTP server has no TCP address.');
  return address;
}

function close(server: Server, seconds: number): Promise<void> {
  if (!server.listening) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000);
  server.close(() => {
    clearTimeout(cut);
    resolve();
  });
  server.closeIdleConnections();
  return promise;
}
