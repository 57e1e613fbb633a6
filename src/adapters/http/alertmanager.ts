import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Alert } from '../../domain/incidents/incident.ts';
import { canonicalJson } from '../../domain/text/json.ts';
import { storable } from '../../domain/text/text.ts';
import type { AlertsRead } from './alert-source.ts';
import { firstProblem } from './route.ts';

const word = z.string().transform(storable);
const text = z.record(word, word);

/** An RFC 3339 time, with any offset and any number of fractional digits, as Go prints it. */
const time = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time such as 2026-01-31T10:00:00Z' });

/**
 * Alertmanager's webhook body, version 4 (prometheus/alertmanager, notify/webhook/webhook.go and
 * template/template.go). Unknown fields are allowed: newer versions add some. Only what is used is required.
 */
const body = z.object({
  version: z.literal('4', 'must be "4", the version of the webhook format that Alertmanager sends'),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: text,
        annotations: text.default({}),
        startsAt: time,
        endsAt: time.optional(),
        generatorURL: word.optional(),
        fingerprint: word.optional(),
      }),
    )
    .min(1)
    .max(10_000),
});

/** Reads a parsed JSON body as alerts, or says which field is wrong and what would be right. */
export function readAlertmanager(value: unknown): AlertsRead {
  const parsed = body.safeParse(value);
  if (!parsed.success)
    return { kind: 'refused', reason: `Not an Alertmanager v4 webhook: ${firstProblem(parsed.error)}` };
  return { kind: 'alerts', alerts: parsed.data.alerts.map(toAlert) };
}

type Sent = z.infer<typeof body>['alerts'][number];

function toAlert(sent: Sent): Alert {
  return {
    source: 'alertmanager',
    fingerprint: sent.fingerprint ?? labelsFingerprint(sent.labels),
    status: sent.status,
    labels: sent.labels,
    annotations: sent.annotations,
    startsAt: new Date(sent.startsAt).toISOString(),
    ...ending(sent),
    ...(sent.generatorURL === undefined ? {} : { generatorUrl: sent.generatorURL }),
  };
}

/** While an alert fires, Alertmanager sends Go's zero time, year 1, as its end. */
function ending(sent: Sent): { endsAt?: string } {
  if (sent.status !== 'resolved' || sent.endsAt === undefined) return {};
  return { endsAt: new Date(sent.endsAt).toISOString() };
}

/** Alertmanager identifies an alert by its label set; older senders leave the fingerprint out. */
function labelsFingerprint(labels: Record<string, string>): string {
  return createHash('sha256').update(canonicalJson(labels)).digest('hex').slice(0, 16);
}
