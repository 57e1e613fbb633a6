import { z } from 'zod';
import { type Alert, alert } from '../../../domain/incidents/incident.ts';
import { type Db, rows } from '../sql.ts';

/** The alert of an incident, and the playbook that something was proposed by, where it was. */
export interface StoredAlert {
  readonly alert: Alert;
  readonly playbook?: string;
}

const row = z.object({ id: z.string(), at: z.string(), alert, requested_by: z.string().nullable() });

/** Incidents that are read at a time. */
const page = 500;

/** The alerts of all incidents since an instant, the oldest first. */
export async function* alertsSince(db: Db, since: string): AsyncGenerator<StoredAlert> {
  const sql = `select i.id, i.created_at::text as at, i.alert, (
      select requested_by from remediations where incident_id = i.id and requested_by like 'playbook %' order by number limit 1
    ) as requested_by
    from incidents i where i.alert is not null and (i.created_at, i.id) > (?::timestamptz, ?::uuid)
    order by i.created_at, i.id limit ${page}`;
  let [at, id] = [since, '00000000-0000-0000-0000-000000000000'];
  for (;;) {
    const found = await rows(db, row, sql, [at, id]);
    for (const { alert: stored, requested_by: by } of found)
      yield { alert: stored, ...(by === null ? {} : { playbook: by.slice('playbook '.length) }) };
    const end = found.at(-1);
    if (end === undefined || found.length < page) return;
    [at, id] = [end.at, end.id];
  }
}
