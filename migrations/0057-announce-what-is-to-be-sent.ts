import type { Knex } from 'knex';

/**
 * Who listens hears of a message that is new, or is to be brought up to date: not of one that was sent, of which whoever sent
 * it knows. A reply that waited for its thread is found by the sender's next look, and by everybody's next beat.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger announce on slack_outbox;
    create trigger announce after insert on slack_outbox for each statement execute function announce();
    create trigger announce_newer after update of desired_revision on slack_outbox for each row
      when (new.desired_revision is distinct from old.desired_revision) execute function announce()
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger announce_newer on slack_outbox;
    drop trigger announce on slack_outbox;
    create trigger announce after insert or update of desired_revision, ts on slack_outbox
      for each statement execute function announce()
  `);
}
