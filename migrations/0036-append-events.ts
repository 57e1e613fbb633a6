import type { Knex } from 'knex';

/**
 * Appends lines to the audit chain with their hashes, in one statement: the head is locked while the server works and not
 * while a client does. A line comes with the text that is hashed in three pieces, between which the hash of the line before
 * and its own number belong; see `hashed` in src/adapters/postgres/audit/chain.ts.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function append_events(lines jsonb) returns void language plpgsql as $$
    declare
      last_seq bigint;
      last_hash text;
      next_hash text;
      line jsonb;
    begin
      select seq, hash into last_seq, last_hash from audit_head for update;
      if not found then
        raise exception 'audit_head has no row: the audit trail of this database was tampered with';
      end if;
      for line in select value from jsonb_array_elements(lines) loop
        last_seq := last_seq + 1;
        next_hash := encode(sha256(convert_to(
          (line->>'before') || '"' || last_hash || '"' || (line->>'between') || last_seq || (line->>'after'), 'UTF8')), 'hex');
        insert into remediation_events (seq, kind, remediation_id, version, event, from_state, to_state, actor, data_digest,
          at, prev_hash, hash)
        values (last_seq, line->>'kind', (line->>'remediation')::uuid, (line->>'version')::integer, line->>'event',
          line->>'from', line->>'to', line->>'actor', line->>'dataDigest', (line->>'at')::timestamptz, last_hash, next_hash);
        last_hash := next_hash;
      end loop;
      update audit_head set seq = last_seq, hash = last_hash;
    end $$
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function append_events(jsonb)');
}
