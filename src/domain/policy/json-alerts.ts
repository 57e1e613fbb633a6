import { z } from 'zod';

/**
 * Where in a JSON body a value is: keys with dots between them, `[0]` for a place in a list, `["app.kubernetes.io/name"]`
 * for a key with other characters. A closed grammar: it finds one value or none, and works nothing out.
 */
const step = /[A-Za-z0-9_@$-]+|\[\d{1,6}\]|\["[^"\]]{1,200}"\]/;
const whole = new RegExp(
  `^(?:${step.source})(?:\\.[A-Za-z0-9_@$-]+|\\[\\d{1,6}\\]|\\["[^"\\]]{1,200}"\\])*$`,
);

const path = z
  .string()
  .max(500)
  .regex(
    whole,
    'must be a path such as check.labels.namespace, checks[0].id or labels["app.kubernetes.io/name"]',
  );

/** Sources of alerts besides the formats of the policy, which are `json-` and the name of the format. */
export const builtInSources = ['alertmanager', 'grafana', 'pagerduty', 'kubernetes'] as const;

/** The value at a path, or one that is the same in each alert. */
const source = z.union([path, z.strictObject({ is: z.string().min(1).max(500) })], {
  error: 'must be a path such as check.name, or the text that it always is, as { is: uptime }',
});
export type JsonSource = z.infer<typeof source>;

/** Prometheus' own form of a label's name; two underscores in front are its own (prometheus.io, "Data model"). */
const name = z
  .string()
  .regex(/^(?!__)[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a label: letters, digits and underscores');

const values = z.array(z.string().max(200)).min(1).max(50);

/** How the alerts of a sender without a format of its own are read. */
export const jsonAlerts = z.strictObject({
  /** The list of alerts; absent: the body is one alert. The other paths begin at one alert. */
  alerts: path.optional(),
  /** What the alert is called; playbooks see it as the label `alertname`. */
  name: source,
  /** Absent: each body says that something fires, and nothing is ever over. What stands in neither list is left out and named. */
  status: z.strictObject({ from: path, firing: values, resolved: values }).optional(),
  /** Since when: an RFC 3339 time, or a number of seconds or milliseconds since 1970. With `fingerprint` it is what makes a firing the same one. */
  startsAt: path,
  endsAt: path.optional(),
  /** What is the same in each message about the same thing; absent: all the labels together. */
  fingerprint: path.optional(),
  labels: z.record(name, source).default({}),
  annotations: z.record(name, source).default({}),
});
export type JsonAlerts = z.infer<typeof jsonAlerts>;

/** By the name that a sender gives as `?format=`. */
export const jsonAlertFormats = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'must be a name in lower case such as uptime'),
  jsonAlerts,
);
export type JsonAlertFormats = z.infer<typeof jsonAlertFormats>;

/** The keys and places of a path, in order. */
export function stepsOf(text: string): readonly string[] {
  const found = text.match(new RegExp(step.source, 'g')) ?? [];
  return found.map((each) => (each.startsWith('[') ? each.replace(/^\["?|"?\]$/g, '') : each));
}
