import { z } from 'zod';
import { instant } from '../facts/facts.ts';
import { grouped } from './grouped.ts';

const text = z.record(z.string(), z.string());

/** One alert as an alerting system sent it, normalised. Labels and annotations are untrusted text. */
export const alert = z.strictObject({
  /** Together with `startsAt` the identity of one firing; the same pair again changes nothing. */
  fingerprint: z.string().min(1),
  status: z.enum(['firing', 'resolved']),
  labels: text,
  annotations: text,
  startsAt: instant,
  endsAt: instant.optional(),
  /** The name of the alert source that sent it. */
  source: z.string().regex(/^[a-z][a-z0-9-]*$/),
  generatorUrl: z.string().optional(),
});
export type Alert = z.infer<typeof alert>;

/** The alert's own name, as Prometheus rules set it. */
export function alertName(subject: Alert): string {
  return subject.labels['alertname'] ?? 'unnamed alert';
}

/** The identity of one firing: source, fingerprint and start. */
export function alertKey(subject: Alert): string {
  return `${firingsKey(subject)}${subject.startsAt}`;
}

/** What the identities of all firings of one alert begin with. */
export const firingsKey = ({ source, fingerprint }: Alert): string => `${source}:${fingerprint}:`;

/**
 * The end of an alert that does not say which firing it ends. Grafana 12 sends the end as the start, too (grafana/grafana#106065),
 * and Alertmanager does for who resolves by its API without a start: whatever had begun by then is over.
 */
export const endsAnyFiring = ({ status, startsAt, endsAt }: Alert): boolean =>
  status === 'resolved' && endsAt !== undefined && Date.parse(startsAt) === Date.parse(endsAt);

/** What happened: opened by an alert or by a person's command. Evidence hangs on it, and its remediations. */
export const incident = z.strictObject({
  id: z.uuid(),
  /** `received` until triage has chosen a playbook or none. */
  state: z.enum(['received', 'triaged']),
  version: z.number().int().min(0),
  dedupKey: z.string(),
  title: z.string(),
  alert: alert.optional(),
  resolvedAt: instant.optional(),
  /** Why triage proposed nothing; absent when it did, or has not looked yet. */
  noAction: z.string().optional(),
  /** Of an incident that stands for many alerts that are told together. */
  grouped: grouped.optional(),
  /** `cluster/namespace/Kind/name` of the owner of what failed; absent until triage has found it, and in older rows. */
  ownerKey: z.string().optional(),
  /** The incident of the same owner that this one is a part of. */
  joined: z.uuid().optional(),
  createdAt: instant,
});
export type Incident = z.infer<typeof incident>;
