import type { Knex } from 'knex';

/**
 * What people look for in what was done: words of the command, of the reasons, of what was answered and of stderr, and who
 * decided. A slash or a colon separates words, so that web is found in deployment/web.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function remediation_text(command text, requested_by text, data jsonb) returns text
      language sql immutable parallel safe as $$
      select translate(left(concat_ws(' ', command, requested_by, data ->> 'reason', data ->> 'failure', data ->> 'change',
        data ->> 'rejectReason', data #>> '{spec,blockedReason}', data #>> '{verdict,sentence}',
        left(data #>> '{verdict,stderr}', 20000)), 60000), '/:=@,', '     ')
    $$;
    create index remediations_text on remediations using gin (to_tsvector('simple', remediation_text(command, requested_by, data)))
      with (fastupdate = on);
    create index approvals_of_person on approvals (user_id);
    create index remediations_of_requester on remediations (requested_by, number desc)
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index remediations_of_requester;
    drop index approvals_of_person;
    drop index remediations_text;
    drop function remediation_text(text, text, jsonb)
  `);
}
