import { blindSpotKinds } from '../../domain/insight/blind-spot.ts';
import type { Metrics } from './metrics.ts';

interface Group {
  readonly count: number;
  readonly oldestSeconds: number;
}

/** See adapters/postgres/standing.ts. */
interface Standing {
  readonly remediations: ReadonlyMap<string, Group>;
  readonly outbox: ReadonlyMap<string, Group>;
  readonly failedMessages: number;
  readonly dueJobs: Group;
  readonly auditSeconds: number | undefined;
  readonly blindSpots: Readonly<Record<string, number>>;
  readonly watchSeconds?: number;
  readonly exportSeconds?: number;
  readonly exportExamples?: number;
  readonly stopped: object | undefined;
  readonly storm: object | undefined;
}

/** Sets the gauges. What is not there, such as a state that has gone out of use, shows nothing, rather than what it was last. */
export function showStanding(metrics: Metrics, standing: Standing): void {
  hideStanding(metrics);
  const { remediations, remediationAge, outbox, outboxAge } = metrics;
  for (const [state, { count, oldestSeconds }] of standing.remediations) {
    remediations.set({ state }, count);
    remediationAge.set({ state }, oldestSeconds);
  }
  for (const [kind, { count, oldestSeconds }] of standing.outbox) {
    outbox.set({ kind }, count);
    outboxAge.set({ kind }, oldestSeconds);
  }
  metrics.outboxFailed.set(standing.failedMessages);
  metrics.jobs.set(standing.dueJobs.count);
  metrics.jobAge.set(standing.dueJobs.count === 0 ? 0 : standing.dueJobs.oldestSeconds);
  metrics.stopped.set(standing.stopped === undefined ? 0 : 1);
  metrics.storm.set(standing.storm === undefined ? 0 : 1);
  if (standing.auditSeconds !== undefined) metrics.auditAge.set(standing.auditSeconds);
  showInsight(metrics, standing);
}

/** Nothing is known of it now. Of a replica that stays cut off an old number would outlive what it told, and alarm for ever. */
export function hideStanding(metrics: Metrics): void {
  const labelled = [metrics.remediations, metrics.remediationAge, metrics.outbox, metrics.outboxAge];
  for (const gauge of [...labelled, metrics.blindSpots]) gauge.reset();
  const { outboxFailed, jobs, jobAge, stopped, storm, auditAge, watchAge, exportAge, exportExamples } =
    metrics;
  for (const gauge of [
    outboxFailed,
    jobs,
    jobAge,
    stopped,
    storm,
    auditAge,
    watchAge,
    exportAge,
    exportExamples,
  ])
    gauge.remove();
}

/** Every kind has its number, so that an alert rule can tell nothing found from nobody looking. */
function showInsight(metrics: Metrics, standing: Standing): void {
  for (const kind of blindSpotKinds) metrics.blindSpots.set({ kind }, standing.blindSpots[kind] ?? 0);
  if (standing.watchSeconds !== undefined) metrics.watchAge.set(standing.watchSeconds);
  if (standing.exportSeconds !== undefined) metrics.exportAge.set(standing.exportSeconds);
  if (standing.exportExamples !== undefined) metrics.exportExamples.set(standing.exportExamples);
}
