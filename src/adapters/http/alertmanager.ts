import { z } from 'zod';
import type { Alert } from '../../domain/incidents/incident.ts';
import { storable } from '../../domain/text/text.ts';
import type { AlertsRead } from './alert-source.ts';
import { labelsFingerprint, sentFingerprint } from './fingerprint.ts';
import { type PlainAlert, plainAlert } from './plain-alert.ts';
import { bySchema, firstProblem } from './problems.ts';
import { sentTime, writtenTime } from './sent-time.ts';

const word = z.string().transform(storable);
const text = z.record(word, word);

/** One alert, with what is wrong with it. */
export const sentAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: text,
  annotations: text.nullish().transform((annotations) => annotations ?? {}),
  startsAt: sentTime,
  endsAt: writtenTime.nullish(),
  generatorURL: word.nullish(),
  fingerprint: word.nullish(),
});

/**
 * Alertmanager's webhook body, version 4 (prometheus/alertmanager, notify/webhook/webhook.go and
 * template/template.go). Unknown fields are allowed: newer versions add some. Only what is used is required.
 */
const bodyOf = (version: string, sender: string) =>
  z.object({
    version: z.literal(
      version,
      `must be "${version}", the version of the webhook format that ${sender} sends`,
    ),
    alerts: z.array(z.unknown()).max(10_000),
    /** What a receiver's `max_alerts` kept out of the body. */
    truncatedAlerts: z.number().int().min(0).nullish(),
  });

const body = bodyOf('4', 'Alertmanager');
const grafanaBody = bodyOf('1', 'Grafana');

/**
 * Reads a parsed JSON body as alerts, each by itself: one that is wrong does not keep out the others. Says of each that is
 * wrong, or of the body, which field it is and what would be right.
 */
export function readAlertmanager(value: unknown): AlertsRead {
  return readAs(value, { source: 'alertmanager', body, format: 'an Alertmanager v4 webhook' });
}

/**
 * Grafana's unified alerting sends the same fields in its own version, 1 (grafana.com, "Configure the webhook notifier"),
 * and more that are not read. Its older alerts, one state for a dashboard's panel, name no labels and are refused.
 */
export function readGrafana(value: unknown): AlertsRead {
  return readAs(value, {
    source: 'grafana',
    body: grafanaBody,
    format: 'a webhook of Grafana unified alerting',
  });
}

interface Format {
  readonly source: string;
  readonly body: typeof body;
  /** For the sentence on what is none. */
  readonly format: string;
}

function readAs(value: unknown, { source, body: expected, format }: Format): AlertsRead {
  const refused = (problem: string): AlertsRead => ({ kind: 'refused', reason: `Not ${format}: ${problem}` });
  const parsed = bySchema(expected, value);
  if (!parsed.success) return refused(firstProblem(parsed.error));
  const { alerts: sent, truncatedAlerts } = parsed.data;
  const alerts: Alert[] = [];
  const leftOut: string[] = [];
  for (const [index, each] of sent.entries()) {
    const plain = plainAlert(each);
    if (plain !== undefined) {
      alerts.push(toAlert(plain, source));
      continue;
    }
    const one = bySchema(sentAlert, each);
    if (one.success) alerts.push(toAlert(one.data, source));
    else leftOut.push(firstProblem(one.error, ['alerts', index]));
  }
  const [problem] = leftOut;
  if (alerts.length === 0 && problem !== undefined) return refused(problem);
  return { kind: 'alerts', alerts, leftOut, truncated: truncatedAlerts ?? 0 };
}

type Sent = z.infer<typeof sentAlert> | PlainAlert;

function toAlert(sent: Sent, source: string): Alert {
  return {
    source,
    fingerprint: sentFingerprint(sent.fingerprint) ?? labelsFingerprint(sent.labels),
    status: sent.status,
    labels: sent.labels,
    annotations: sent.annotations,
    startsAt: sent.startsAt,
    ...ending(sent),
    ...(sent.generatorURL == null ? {} : { generatorUrl: sent.generatorURL }),
  };
}

/** While an alert fires, Alertmanager sends Go's zero time, year 1, as its end. */
function ending(sent: Sent): { endsAt?: string } {
  if (sent.status !== 'resolved' || sent.endsAt == null) return {};
  const { data: endsAt } = sentTime.safeParse(sent.endsAt);
  return endsAt === undefined ? {} : { endsAt };
}
