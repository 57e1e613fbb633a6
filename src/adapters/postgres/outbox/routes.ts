import { namespaceOf } from '../../../domain/action.ts';
import { labelOf } from '../../../domain/incidents/alert-labels.ts';
import type { Alert } from '../../../domain/incidents/incident.ts';
import type { Place } from '../../../domain/policy/channels.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Context } from '../context.ts';
import { kinOf, rootOf } from '../incidents/kin.ts';
import { jsonText, type Statement } from '../sql.ts';

/* Which channel a message goes to. Chosen when it is promised, and kept: a later policy moves no thread. */

/** What a card is about; of several objects, the first. */
export function placeOf(subject: Remediation): Place {
  const facts = 'facts' in subject ? subject.facts : undefined;
  return {
    cluster: subject.cluster,
    namespace: facts?.namespace?.name ?? namespaceOf(subject.action.target),
    namespaceLabels: facts?.namespace?.labels,
    labels: facts?.identity.labels,
    annotations: facts?.identity.annotations,
  };
}

/** What an alert is about, by its own words: nobody has looked at the object. */
export function placeOfAlert(cluster: string, alert: Alert | undefined): Place {
  return { cluster, namespace: alert === undefined ? undefined : labelOf(alert, 'namespace') };
}

/** The channel of a message that begins a thread, as a scalar. The incident's alerts are only read where a route asks for them. */
export function chosenChannel(
  { channel, route }: Pick<Context, 'channel' | 'route'>,
  place: Place,
  incidentId: string,
): Statement {
  const candidates = route?.(place) ?? [];
  const [only, ...others] = candidates;
  if (only === undefined || others.length === 0)
    return { sql: '?::text', bindings: [only?.channel ?? channel] };
  const severe = `select from ${kinOf(rootOf('?'))} kin join incidents i on i.id = kin.id
      where to_jsonb(lower(i.alert->'labels'->>'severity')) <@ (each.c->'severity')`;
  const sql = `(select each.c->>'channel' from jsonb_array_elements(?::jsonb) with ordinality as each (c, at)
    where each.c->'severity' is null or exists (${severe}) order by each.at limit 1)`;
  return { sql, bindings: [jsonText(candidates), incidentId, incidentId] };
}

/** The channel of a thread, for what is said in it; as a scalar over the key of the message that heads it. */
export const threadChannel = (key: string): string =>
  `(select head.channel from slack_outbox head where head.key = ${key})`;
