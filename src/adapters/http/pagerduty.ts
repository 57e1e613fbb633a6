import { z } from 'zod';
import type { Alert } from '../../domain/incidents/incident.ts';
import { storable } from '../../domain/text/text.ts';
import type { AlertsRead } from './alert-source.ts';
import { sentFingerprint } from './fingerprint.ts';
import { bySchema, firstProblem } from './problems.ts';
import { sentTime } from './sent-time.ts';

const word = z.string().transform(storable);
const summary = z.object({ summary: word.nullish() }).nullish();

/** The envelope of each event (developer.pagerduty.com, "Webhooks Overview", version 3). */
const envelope = z.object({
  event: z.object({ event_type: word, occurred_at: sentTime, data: z.looseObject({ type: word.nullish() }) }),
});

/**
 * `event.data` of the type `incident`. What the monitoring that opened it knew, PagerDuty sends only where an account adds it:
 * as `body.details` or as custom fields.
 */
const sentIncident = z.object({
  id: word.pipe(z.string().min(1)),
  status: z.enum(['triggered', 'acknowledged', 'resolved']),
  created_at: sentTime,
  /** Of one that was over and is not: it is another firing, and its end names this again. */
  reopened_at: sentTime.nullish(),
  title: word,
  html_url: word.nullish(),
  incident_key: word.nullish(),
  urgency: word.nullish(),
  service: summary,
  priority: summary,
  body: z.object({ details: z.unknown() }).nullish(),
  custom_fields: z.array(z.object({ name: word, value: z.unknown() })).nullish(),
});
type Sent = z.infer<typeof sentIncident>;

const ignored = (sentence: string): AlertsRead => ({
  kind: 'alerts',
  alerts: [],
  leftOut: [],
  truncated: 0,
  ignored: sentence,
});

/**
 * Reads one event of PagerDuty's webhooks, version 3. Each about an incident says how it stands now, so that those that come
 * late or twice change nothing; what is about anything else is answered and not taken, or PagerDuty would send it for two
 * days and then turn the subscription off.
 */
export function readPagerDuty(value: unknown): AlertsRead {
  const parsed = bySchema(envelope, value);
  if (!parsed.success) return refused(firstProblem(parsed.error));
  const { event_type: type, data, occurred_at: at } = parsed.data.event;
  if (data.type !== 'incident')
    return ignored(`The event ${shown(type)} is not about an incident, and is not taken.`);
  const sent = bySchema(sentIncident, data);
  if (!sent.success) return refused(firstProblem(sent.error, ['event', 'data']));
  return { kind: 'alerts', alerts: [toAlert(sent.data, at)], leftOut: [], truncated: 0 };
}

const refused = (problem: string): AlertsRead => ({
  kind: 'refused',
  reason: `Not a PagerDuty v3 webhook: ${problem}`,
});

const shown = (type: string): string => JSON.stringify(type.slice(0, 60));

function toAlert(sent: Sent, at: string): Alert {
  return {
    source: 'pagerduty',
    fingerprint: sentFingerprint(sent.id) ?? sent.id,
    status: sent.status === 'resolved' ? 'resolved' : 'firing',
    labels: labelsOf(sent),
    annotations: { summary: sent.title },
    startsAt: sent.reopened_at ?? sent.created_at,
    ...(sent.status === 'resolved' ? { endsAt: at } : {}),
    ...(sent.html_url == null ? {} : { generatorUrl: sent.html_url }),
  };
}

/** PagerDuty's own words win over what the incident carries: nobody may write the service it is of. */
function labelsOf(sent: Sent): Record<string, string> {
  const own = {
    service: sent.service?.summary,
    priority: sent.priority?.summary,
    urgency: sent.urgency,
    incident_key: sent.incident_key,
  };
  const carried = [...plain(sent.body?.details), ...fields(sent)];
  const named = carried.find(([name]) => name === 'alertname')?.[1];
  return Object.fromEntries([
    ...carried,
    ...Object.entries(own).flatMap(([name, value]) => (value == null ? [] : [[name, value]])),
    ['alertname', named ?? sent.title],
  ]);
}

/** Only texts, numbers and truths of a flat object; others are no labels. */
function plain(details: unknown): [string, string][] {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return [];
  return Object.entries(details).flatMap(([name, value]) => labelled(name, value));
}

const fields = ({ custom_fields: all }: Sent): [string, string][] =>
  (all ?? []).flatMap(({ name, value }) => labelled(name, value));

function labelled(name: string, value: unknown): [string, string][] {
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain && isLabelName(name) ? [[name, storable(String(value))]] : [];
}

/** Two underscores in front are no label of a sender's, and no name that JavaScript gives a meaning. */
const isLabelName = (name: string): boolean => /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,200}$/.test(name);
