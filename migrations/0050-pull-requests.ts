import type { Knex } from 'knex';

const before = `'requested', 'evaluated', 'waiting', 'approved', 'executing', 'verifying', 'learning', 'succeeded', 'failed',
  'inconclusive', 'no_action', 'blocked', 'rejected', 'expired', 'superseded'`;

/**
 * The state of a remediation whose change is in a pull request. Every row there is has one of the states before: none is
 * read for it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table remediations drop constraint remediations_state_check,
      add constraint remediations_state_check check (state in (${before}, 'pr_open')) not valid;
    create index remediations_pr_open on remediations (moved_at) where state = 'pr_open'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index remediations_pr_open;
    alter table remediations drop constraint remediations_state_check,
      add constraint remediations_state_check check (state in (${before})) not valid
  `);
}
