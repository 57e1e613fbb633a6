import { z } from 'zod';
import { grouped, groupQuietMinutes, withMore } from '../../../domain/incidents/grouped.ts';
import type { Incident } from '../../../domain/incidents/incident.ts';
import type { Context } from '../context.ts';
import { promisedIncident } from '../outbox/messages.ts';
import { allowed, spend } from '../outbox/rate-limits.ts';
import { placeOfAlert } from '../outbox/routes.ts';
import { jsonText, rows, write } from '../sql.ts';
import type { Transaction } from '../transaction.ts';

/*
 * Of alerts for which nothing is proposed the first few get a message each. What comes closer together than that is told
 * in one message, which counts it: a channel in which a thousand messages wait tells nobody anything.
 */

/** A message each: so many at once, and then one for each so many seconds. */
const single = { burst: 5, spacing: 20 };

/** Minutes after which what comes begins a new message at the latest. */
const groupFor = 60;

interface Told {
  /** The same for all that joined it. */
  readonly incident: Incident;
  readonly about: string | undefined;
}

/** Promises the messages about incidents for which nothing is proposed. */
export async function tellWithoutAction(
  context: Context,
  trx: Transaction,
  without: readonly Told[],
): Promise<void> {
  if (without.length === 0) return;
  const bucket = { ...single, key: `*alerts:${context.channel}` };
  const incidents = new Map(without.map(({ incident }) => [incident.id, incident]));
  const alone = [...incidents.values()].slice(0, Math.max(0, await allowed(trx, bucket)));
  for (const incident of alone) trx.last(...promisedIncident(context, toldOf(context, incident)));
  await spend(trx, bucket, alone.length);
  const together = without
    .filter(({ incident }) => !alone.some(({ id }) => id === incident.id))
    .map(({ incident, about }) => about ?? incident.title);
  if (together.length > 0) await tellTogether(context, trx, together);
}

const toldOf = ({ cluster, clusterOf }: Context, { id, alert }: Incident) => ({
  incidentId: id,
  place: placeOfAlert((alert && clusterOf?.(alert)) ?? cluster, alert),
});

const groupRow = z.object({ id: z.string(), grouped });

async function tellTogether(context: Context, trx: Transaction, names: readonly string[]): Promise<void> {
  const newest = `select id, grouped from incidents where grouped is not null and closed_at is null
      and created_at > now() - interval '${groupFor} minutes' and moved_at > now() - interval '${groupQuietMinutes} minutes'
    order by created_at desc limit 1 for update`;
  const [found] = await rows(trx, groupRow, newest);
  const group = jsonText(withMore(found?.grouped, names, context.clock()));
  const id = found?.id ?? context.newId();
  if (found === undefined) {
    const sql = `insert into incidents (id, state, dedup_key, title, created_at, grouped, no_action)
      values (?, 'triaged', ?, 'More alerts', now(), ?::jsonb, 'No action was proposed for these alerts.')`;
    await write(trx, sql, [id, `alerts:${id}`, group]);
  } else {
    await write(trx, 'update incidents set grouped = ?::jsonb, moved_at = now() where id = ?', [group, id]);
  }
  // Of many alerts, which may be about anything.
  const place = { cluster: context.cluster };
  trx.last(...promisedIncident(context, { incidentId: id, place }, betweenEdits));
}

/** Seconds between two edits of one such message. */
const betweenEdits = 5;
