import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';
import { hideStanding, showStanding } from './standing.ts';

interface Route {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
}

/** Milliseconds for which what was read is told again: two Prometheus servers must not double the load. */
const freshFor = 5_000;

type ReadStanding = () => Promise<Parameters<typeof showStanding>[1]>;

/**
 * `GET /metrics` for Prometheus, without a token: it has counts and times, and no name of anybody's object. With the
 * database away the counters are still told; the gauges that are read from it are left out, as an old number would lie.
 */
export function createMetricsRoute(
  metrics: Metrics,
  read: ReadStanding,
  connected: () => boolean,
  clusters: () => readonly { readonly name: string; readonly kind: string }[] = () => [],
): Route {
  let last: { readonly at: number; readonly done: Promise<void> } | undefined;
  const look = async () => {
    try {
      showStanding(metrics, await read());
    } catch {
      metrics.standingFaults.inc();
      hideStanding(metrics);
    }
  };
  return {
    path: '/metrics',
    method: 'GET',
    handler: async (_request, response) => {
      const now = performance.now();
      if (last === undefined || now - last.at > freshFor) last = { at: now, done: look() };
      await last.done;
      metrics.slackUp.set(connected() ? 1 : 0);
      for (const { name, kind } of clusters())
        metrics.clusterUp.set({ cluster: name }, kind === 'reachable' ? 1 : 0);
      const text = await metrics.registry.metrics();
      response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
    },
  };
}

/** Answers to what is posted that somebody has to hear of; see beginAtNought. */
const refusals = [400, 401, 403, 413, 415, 429, 500, 503];

/** Counts the answers of a route by its status; the path is one of ours, never what was asked for. */
export function observedRoute(route: Route, metrics: Metrics): Route {
  const { path } = route;
  if (route.method === 'POST')
    for (const status of refusals) metrics.requests.inc({ path, status: String(status) }, 0);
  return {
    ...route,
    handler: async (request, response) => {
      response.once('finish', () => metrics.requests.inc({ path, status: String(response.statusCode) }));
      await route.handler(request, response);
    },
  };
}
