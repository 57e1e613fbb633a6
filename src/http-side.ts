import { createAlertRoute } from './adapters/http/alert-route.ts';
import { alertSources } from './adapters/http/alert-sources.ts';
import { createEvaluateRoute } from './adapters/http/evaluate-route.ts';
import { createHealthRoutes, type Pulse, type Vitals } from './adapters/http/health.ts';
import type { Route } from './adapters/http/route.ts';
import type { ClusterHealth } from './adapters/kubernetes/clusters.ts';
import type { Metrics } from './adapters/metrics/metrics.ts';
import { createMetricsRoute, observedRoute } from './adapters/metrics/route.ts';
import { findStanding, plainStanding } from './adapters/postgres/standing.ts';
import type { Storage } from './adapters/postgres/storage.ts';
import type { Config } from './config.ts';
import { clusterNamed, clustersOf } from './workflow/clusters.ts';
import type { WorkflowContext } from './workflow/context.ts';
import { type EvaluatorDeps, judgeCommand } from './workflow/intake/evaluate-command.ts';
import type { Log } from './workflow/ports.ts';

/** What the HTTP side is made of. */
export interface Inside {
  readonly context: WorkflowContext;
  readonly storage: Storage;
  readonly metrics: Metrics;
  readonly pulse: Pulse;
  readonly isConnected: () => boolean;
  readonly isStopping: () => boolean;
  /** How several clusters are; none where there is one alone. */
  readonly health: () => readonly ClusterHealth[];
}

/** Of what a Firebreak is composed of, what its HTTP side needs. */
type HttpParts = Pick<Config, 'apiToken'> & {
  readonly log: Log;
  readonly alertTokens?: Config['alertTokens'];
};

/** Everything on the HTTP side but Slack's own requests. */
export function routesOf(parts: HttpParts, inside: Inside): readonly Route[] {
  const { context, storage, metrics, isConnected } = inside;
  const { log, apiToken: token } = parts;
  const alertRoutes = alertSources.map((source) =>
    createAlertRoute({
      ...{ source, log, token: parts.alertTokens?.[source.name], ingest: context.store.ingest },
      afterPeople: context.peopleFirst?.afterPeople,
      formats: () => context.policy().jsonAlerts,
      missed: (result, count) => metrics.alerts.inc({ result }, count),
    }),
  );
  const routes = [
    ...createHealthRoutes(vitalsOf(inside)),
    ...alertRoutes,
    createEvaluateRoute({
      token,
      judge: (question, signal) => judgeCommand(evaluatorDepsOf(context), question, signal),
      log,
    }),
    createMetricsRoute(metrics, () => findStanding(storage.knex), isConnected, inside.health),
  ];
  return routes.map((route) => observedRoute(route, metrics));
}

function vitalsOf({ context, storage, pulse, isConnected, isStopping, health }: Inside): Vitals {
  const startedAt = new Date().toISOString();
  return {
    pulse,
    unready: async () => [
      ...(isStopping() ? ['Firebreak is stopping.'] : []),
      ...(await storage.unusable()),
      ...(isConnected() ? [] : ['Slack is not connected.']),
    ],
    status: async () => {
      const standing = await findStanding(storage.knex).catch(() => undefined);
      return {
        startedAt,
        cluster: context.cluster.name,
        ...(context.clusters === undefined ? {} : { clusters: health() }),
        slack: { connected: isConnected() },
        ...(standing === undefined ? {} : { standing: plainStanding(standing) }),
      };
    },
  };
}

/** Of all that Firebreak has, what judging a command needs: only what reads. */
function evaluatorDepsOf(context: WorkflowContext): EvaluatorDeps {
  const { cluster, store, policy, clock, newId } = context;
  const names = clustersOf(context).map(({ name }) => name);
  return {
    ...{ cluster, usage: store.usage, history: store.history, past: store.past, policy, clock, newId },
    choices: { names, named: (name) => clusterNamed(context, name) },
  };
}
