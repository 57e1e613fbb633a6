import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { verbs } from '../../domain/action.ts';
import { verdict } from '../../domain/verdict.ts';

/** Seconds. A step waits for the cluster and the database; a verification's look and a dry run are the slow ones. */
const stepBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * All that Firebreak counts, with no label that a person or a cluster can choose: verbs, states, kinds, status codes and the
 * clusters that are configured are closed sets, so the number of series is bounded. Names follow the Prometheus naming practices (base units, `_total`).
 * Each replica counts what it did itself; the gauges of `standing.ts` are read from the database and the same in all.
 */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { counter, gauge, histogram } = kindsIn(registry);
  const metrics = {
    registry,
    moves: counter('moves_total', 'Moves of remediations that were committed.', ['from', 'to']),
    verdicts: counter('verdicts_total', 'Verdicts by verb and result.', ['verb', 'result']),
    gateRefusals: counter(
      'gate_refusals_total',
      'Approved remediations that the gate did not let through, by what became of them.',
      ['reason'],
    ),
    votes: counter('votes_total', 'Clicks on Approve and Reject by the answer they got.', ['answer']),
    steps: histogram('step_duration_seconds', 'Time of one step of the workflow.', ['step', 'outcome']),
    alerts: counter('alerts_total', 'Alerts that were committed, by what they did.', ['result']),
    requests: counter('http_requests_total', 'Answers of the HTTP side.', ['path', 'status']),
    slack: histogram('slack_delivery_duration_seconds', 'Time of one call that posts or updates a message.', [
      'call',
      'outcome',
    ]),
    redacted: counter('redacted_messages_total', 'Messages to Slack in which something was redacted.'),
    writes: counter('kubernetes_writes_total', 'Writes to the API server by kind and outcome.', [
      'kind',
      'outcome',
    ]),
    alertmanager: counter(
      'alertmanager_requests_total',
      'Requests about silences, by how Alertmanager answered.',
      ['result'],
    ),
    policyReloads: counter('policy_reloads_total', 'Readings of a changed policy file.', ['result']),
    slackUp: gauge('slack_connected', '1 while Slack can reach this replica.'),
    slackRoundTrip: gauge('slack_round_trip_seconds', 'Time of the latest heartbeat to Slack.'),
    remediations: gauge('remediations', 'Remediations that have not ended, by state.', ['state']),
    remediationAge: gauge(
      'remediation_oldest_age_seconds',
      'Age of the remediation that has been longest in its state.',
      ['state'],
    ),
    outbox: gauge('outbox_messages', 'Messages that Slack has not taken yet.', ['kind']),
    outboxAge: gauge('outbox_oldest_age_seconds', 'Age of the oldest message that waits to be posted.', [
      'kind',
    ]),
    outboxFailed: gauge('outbox_failed_messages', 'Messages that Slack has refused for good.'),
    jobs: gauge('jobs_due', 'Jobs that could run now and do not.'),
    jobAge: gauge('jobs_oldest_due_age_seconds', 'How long the oldest of them has been due.'),
    auditAge: gauge('audit_head_age_seconds', 'Age of the newest record of the audit chain.'),
    blindSpots: gauge('blind_spots', 'Breaks of the chain from alert to lesson that are not mended.', [
      'kind',
    ]),
    watchAge: gauge('blind_spots_age_seconds', 'How long ago the chain was looked over for breaks.'),
    exportExamples: gauge('export_examples', 'Examples in the last weekly export of what was learned.'),
    exportAge: gauge('export_age_seconds', 'How long ago that export was made.'),
    clusterUp: gauge('cluster_reachable', '1 while the cluster answers; of several, each.', ['cluster']),
    stopped: gauge('stopped', '1 while Firebreak is stopped and sends nothing to a cluster.'),
    storm: gauge('storm', '1 while a storm holds: nothing runs by itself.'),
    standingFaults: counter('standing_faults_total', 'Scrapes whose look into the database failed.'),
  };
  beginAtNought(metrics);
  return metrics;
}

function kindsIn(registry: Registry) {
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Counter({ name: `firebreak_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) => {
    const made = new Gauge({
      name: `firebreak_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [registry],
    });
    // It would say 0, which is told of what is known.
    if (labelNames.length === 0) made.remove();
    return made;
  };
  const histogram = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Histogram({
      name: `firebreak_${name}`,
      help,
      labelNames: [...labelNames],
      buckets: stepBuckets,
      registers: [registry],
    });
  return { counter, gauge, histogram };
}

/**
 * What alert rules count: Prometheus sees no increase in a series that begins with its first event, so that a single refused
 * policy alarmed nobody, and a verdict that was the first of its kind was taken for none.
 */
function beginAtNought({
  moves,
  verdicts,
  policyReloads,
}: Readonly<Record<'moves' | 'verdicts' | 'policyReloads', Counter<string>>>): void {
  for (const from of ['executing', 'pr_open']) moves.inc({ from, to: 'verifying' }, 0);
  for (const verb of verbs)
    for (const result of verdict.shape.result.options) verdicts.inc({ verb, result }, 0);
  for (const result of ['taken', 'unchanged', 'refused', 'not_recorded']) policyReloads.inc({ result }, 0);
}

export type Metrics = ReturnType<typeof createMetrics>;
