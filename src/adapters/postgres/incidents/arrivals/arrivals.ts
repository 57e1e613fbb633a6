import type { Knex } from 'knex';
import { z } from 'zod';
import type { Arrival, Arrivals } from '../../../../workflow/arrivals/arrivals-port.ts';
import type { Liveness } from '../../jobs/liveness.ts';
import { toldInThread } from '../../outbox/threads.ts';
import { rows, type Statement, timestamp, write } from '../../sql.ts';
import { transact } from '../../transact.ts';
import { keptEvidence, keptMeasures } from './evidence.ts';

/** Seconds for which an incident belongs to who looks at it. */
const leaseSeconds = 30;

/** Messages come in bursts: after the first of one it is looked for more so much later. Milliseconds. */
const gathering = 500;

/** Of those that have waited longest so many are ordered by how severe they are. */
const compared = 200;

/** Seconds after which the card of a proposal is promised, in whose thread the rest is told. */
export const afterCard = 5;

/** Those of these incidents that are no part of another, and whose owner is known, are to be looked at. */
export const toBeLookedAt = (ids: readonly string[], afterSeconds = 0): Statement => ({
  sql: `update incidents set evidence_due = now() + ?::float8 * interval '1 second' where id = any (?) and joined is null and owner_key is not null
    and not exists (select from incident_evidence known where known.incident_id = incidents.id and known.kind = 'arrival')`,
  bindings: [afterSeconds, [...ids]],
});

/** The same of one that was looked at beside its proposal: what was measured of it is still to be asked for. */
export const toBeMeasured = (id: string): Statement => ({
  sql: `update incidents set evidence_due = now() + ?::float8 * interval '1 second'
    where id = ? and joined is null and owner_key is not null`,
  bindings: [afterCard, id],
});

const arrival = z
  .object({ id: z.string(), owner_key: z.string(), created_at: timestamp, is_seen: z.boolean() })
  .transform(
    ({ id, owner_key: ownerKey, created_at: cameAt, is_seen: isSeen }): Arrival => ({
      id,
      ownerKey,
      cameAt,
      isSeen,
    }),
  );

/** The usual values of the label `severity` (Prometheus' and Alertmanager's documentation, kubernetes-mixin). */
const rank = `case lower(alert->'labels'->>'severity') when 'critical' then 0 when 'page' then 0 when 'error' then 1
  when 'warning' then 2 else 3 end`;

const takeSql = `with near as (
    select id, alert, evidence_due from incidents where evidence_due is not null and evidence_due <= now()
    order by evidence_due limit ${compared} for update skip locked
  ), due as (select id from near order by ${rank}, evidence_due limit ?)
  update incidents set evidence_due = now() + interval '${leaseSeconds} seconds' from due where incidents.id = due.id
  returning incidents.id, owner_key, created_at, exists (
    select from incident_evidence e where e.incident_id = incidents.id and e.kind = 'arrival') as is_seen`;

/** The Arrivals port on PostgreSQL. What is told of an incident is also the sign that there may be one to look at. */
export function createArrivals(options: {
  readonly knex: Knex;
  readonly liveness: Pick<Liveness, 'on'>;
}): Arrivals {
  const { knex, liveness } = options;
  let isNews = false;
  let ring = () => {};
  liveness.on('outbox', () => {
    isNews = true;
    ring();
  });
  return {
    take: (limit) => {
      isNews = false;
      return transact(knex, (trx) => rows(trx, arrival, takeSql, [limit]));
    },
    settle: ({ id }, { evidence, measured }) =>
      transact(knex, async (trx) => {
        const done = 'update incidents set evidence_due = null where id = ? and evidence_due is not null';
        if ((await write(trx, done, [id])) === 0) return;
        if (evidence !== undefined)
          trx.last(
            keptEvidence(id, evidence.found),
            toldInThread(id, { key: `seen:${id}`, notice: evidence.notice }),
          );
        if (measured !== undefined)
          trx.last(
            keptMeasures(id, measured.found),
            toldInThread(id, { key: `measured:${id}`, notice: measured.notice }),
          );
      }),
    wait: async (seconds, signal) => {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const soon = () => setTimeout(resolve, gathering).unref();
      ring = soon;
      const timer = setTimeout(resolve, seconds * 1000);
      if (isNews) soon();
      const end = () => resolve();
      signal.addEventListener('abort', end, { once: true });
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    },
  };
}
