import type { Knex } from 'knex';

/**
 * What is open, the newest first, without the past; and what earlier requests for several objects at once did to each of
 * them, in the thirty days that are asked about: what is begun from now on is noted as it begins.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index remediations_unfinished on remediations (number) where state not in ('succeeded', 'failed',
      'inconclusive', 'no_action', 'blocked', 'rejected', 'expired', 'superseded');
    insert into object_history (object_key, started_at, remediation_id)
      select concat_ws('/', cluster, coalesce(target ->> 'namespace', '-'), target ->> 'kind', target ->> 'name'),
        started_at::timestamptz, id
      from remediations
        cross join lateral jsonb_array_elements(data -> 'members') as member
        cross join lateral (select member -> 'action' -> 'target' as target) as of_member
      where data -> 'members' is not null and started_at::timestamptz >= now() - interval '30 days'
        and target ->> 'name' is not null
      on conflict do nothing
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index remediations_unfinished');
}
