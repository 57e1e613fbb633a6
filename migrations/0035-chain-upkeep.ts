import type { Knex } from 'knex';

/**
 * The narrow way by which old lines of the chain, their anchors and old policies are deleted: these functions run with the
 * rights of their owner, so that whoever runs Firebreak needs none to delete or change the chain. They delete nothing that is not
 * behind the newest checkpoint, nothing that is younger than the days that the owner has set (`alter function
 * audit_old_enough() set firebreak.audit_days`; nobody else can), and no line that does not fit the one before it: that is evidence.
 */
export async function up(knex: Knex): Promise<void> {
  const { rows } = await knex.raw('select quote_ident(current_schema()) as own');
  const safe = `set search_path = pg_catalog, ${rows[0].own}, pg_temp`;
  // A JSON text of PostgreSQL escapes as JSON.stringify does; the keys are those of canonical JSON, in its order.
  await knex.raw(`
    create function audit_line_hash(line remediation_events) returns text language sql stable ${safe} as $$
      select encode(sha256(convert_to('{' ||
        case when line.kind = 'move' and line.actor is null then ''
          else '"actor":' || coalesce(to_json(line.actor)::text, 'null') || ',' end ||
        '"at":"' || to_char(line.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') ||
        '","dataDigest":' || to_json(line.data_digest) || ',"event":' || to_json(line.event) ||
        ',"from":' || coalesce(to_json(line.from_state)::text, 'null') ||
        case when line.kind = 'move' and line.actor is null then '' else ',"kind":' || to_json(line.kind) end ||
        ',"prev":' || to_json(line.prev_hash) ||
        ',"remediation":' || coalesce(to_json(line.remediation_id)::text, 'null') ||
        ',"seq":' || line.seq || ',"to":' || to_json(line.to_state) ||
        ',"version":' || coalesce(line.version::text, 'null') || '}', 'UTF8')), 'hex')
    $$;

    create function audit_pruned_to() returns table (seq bigint, hash text) language plpgsql stable ${safe} as $$
    declare
      said remediation_events;
    begin
      select * into said from remediation_events e where e.kind = 'checkpoint' order by e.seq desc limit 1;
      if said.to_state is null or said.to_state !~ '^[0-9]{1,15}:[0-9a-f]{64}$' then return; end if;
      seq := split_part(said.to_state, ':', 1)::bigint;
      hash := split_part(said.to_state, ':', 2);
      if seq >= said.seq or audit_line_hash(said) <> said.hash then
        raise exception 'line % is no checkpoint that can be believed: nothing was deleted', said.seq;
      end if;
      return next;
    end $$;

    create function audit_old_enough() returns timestamptz language sql stable set firebreak.audit_days = '31' as $$
      select statement_timestamp() - current_setting('firebreak.audit_days')::int * interval '1 day'
    $$;
  `);
  await allowPruning(knex, safe);
}

async function allowPruning(knex: Knex, safe: string): Promise<void> {
  await knex.raw(`
    create function prune_audit_lines(most integer) returns integer language plpgsql security definer ${safe} as $$
    declare
      until record;
      old record;
      last text;
      ends bigint := 0;
      deleted integer;
    begin
      select * into until from audit_pruned_to();
      if until.seq is null then return 0; end if;
      for old in select e.seq, e.prev_hash, e.hash, e.at, audit_line_hash(e) as proper from remediation_events e
        where e.seq <= until.seq order by e.seq limit least(most, 1000)
      loop
        exit when old.at >= audit_old_enough();
        if old.hash <> old.proper or old.prev_hash <> coalesce(last, old.prev_hash)
          or (old.seq = until.seq and old.hash <> until.hash) then
          raise exception 'line % of the audit chain was changed: nothing was deleted', old.seq;
        end if;
        last := old.hash;
        ends := old.seq;
      end loop;
      delete from remediation_events where remediation_events.seq <= ends;
      get diagnostics deleted = row_count;
      delete from audit_anchors a where a.seq in
        (select b.seq from audit_anchors b where b.seq <= until.seq and b.at < audit_old_enough() order by b.seq limit 1000);
      return deleted;
    end $$;

    create function prune_audit_policies() returns integer language plpgsql security definer ${safe} as $$
    declare
      until record;
      deleted integer;
    begin
      select * into until from audit_pruned_to();
      if until.seq is null or not exists (select from remediation_events e
        where e.seq = until.seq and e.hash = until.hash and e.at < audit_old_enough()) then return 0; end if;
      delete from policy_changes p where p.number < (select max(number) from policy_changes) and (select e.seq
        from remediation_events e where e.kind = 'policy' and e.version = p.number order by e.seq desc limit 1) <= until.seq;
      get diagnostics deleted = row_count;
      return deleted;
    end $$;

    revoke all on function prune_audit_lines(integer), prune_audit_policies() from public
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function prune_audit_policies();
    drop function prune_audit_lines(integer);
    drop function audit_old_enough();
    drop function audit_pruned_to();
    drop function audit_line_hash(remediation_events)
  `);
}
