import type { Knex } from 'knex';

/**
 * What was begun on which object, by its own key and by its owner's, and how many replicas it had then: whether an action
 * is the next of many is asked before each. Beside it, what was started when: the sums of the last hour are asked as
 * often, and must not read the whole past; the database takes it from the data, whichever version of the program writes
 * that. Instants of one form sort as text. What was begun in the day before this runs is taken over.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table object_history (
      object_key text not null,
      started_at timestamptz not null,
      remediation_id uuid not null references remediations (id),
      replicas integer,
      most_replicas integer,
      primary key (object_key, started_at, remediation_id) include (replicas, most_replicas)
    );
    alter table remediations
      add column started_at text collate "C" generated always as (data ->> 'startedAt') stored;
    create index remediations_started on remediations (cluster, started_at) where started_at is not null;
    with acted as (
      select id, cluster, started_at::timestamptz as at, one -> 'action' -> 'target' as target,
        one -> 'facts' -> 'subject' as subject, one -> 'facts' -> 'autoscaler' ->> 'max' as max
      from remediations cross join lateral jsonb_array_elements(coalesce(data -> 'members',
        jsonb_build_array(jsonb_build_object('action', data -> 'action', 'facts', data -> 'facts')))) as one
      where data -> 'facts' is not null and started_at::timestamptz >= now() - interval '1 day'
    ), owned as (
      select *, case subject ->> 'kind' when 'pod' then subject -> 'controller' when 'autoscaler' then subject -> 'scales'
          when 'job' then jsonb_build_object('kind', 'CronJob', 'name', subject -> 'cronJob') end as owner,
        coalesce(subject ->> 'desired', subject ->> 'current', subject -> 'controller' ->> 'desired')::integer as replicas,
        coalesce(max, subject ->> 'max', subject ->> 'parallelism')::integer as most
      from acted
    )
    insert into object_history
      select concat_ws('/', cluster, coalesce(target ->> 'namespace', '-'), named ->> 'kind', named ->> 'name'),
        at, id, min(replicas), min(most)
      from owned cross join lateral (values (target), (owner)) as of_object (named)
      where named ->> 'name' is not null
      group by 1, 2, 3
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table remediations drop column started_at; drop table object_history');
}
