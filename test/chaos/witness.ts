import { Client } from 'pg';

/**
 * Triggers that note, by the database's own clock and transactions, who held which job and what was enqueued and promised
 * with which move. They are the tests' alone, and write where the program does not look.
 */
const triggers = `
  create schema if not exists witness;
  create table witness.notes (
    id bigint primary key generated always as identity,
    what text not null,
    txid xid8 not null default pg_current_xact_id(),
    subject text not null,
    version integer not null,
    detail text not null
  );
  create function witness.job() returns trigger language plpgsql as $$ begin
    if new.name = 'wake' and new.data->>'kind' = 'step' then
      insert into witness.notes (what, subject, version, detail)
        values ('job', new.data->>'id', (new.data->>'version')::integer, new.id::text);
    end if;
    return null;
  end $$;
  create trigger witness after insert on pgboss.job for each row execute function witness.job();
  create function witness.move() returns trigger language plpgsql as $$ begin
    if new.kind = 'move' then
      insert into witness.notes (what, subject, version, detail)
        values ('move', new.remediation_id::text, new.version, new.to_state || ' ' || new.event);
    end if;
    return null;
  end $$;
  create trigger witness after insert on remediation_events for each row execute function witness.move();
  create function witness.promise() returns trigger language plpgsql as $$
  declare parts text[] := regexp_match(new.key, 'reply:([0-9a-f-]{36}):([0-9]+):([a-z]+)$');
  begin
    if parts is not null then
      insert into witness.notes (what, subject, version, detail)
        values ('reply', parts[1], parts[2]::integer, parts[3]);
    end if;
    return null;
  end $$;
  create trigger witness after insert on slack_outbox for each row execute function witness.promise();
  create function witness.held() returns trigger language plpgsql as $$ begin
    if tg_op = 'DELETE' then
      insert into witness.notes (what, subject, version, detail)
        values ('let go', old.job_id::text, old.attempt, old.instance::text);
    else
      insert into witness.notes (what, subject, version, detail)
        values ('held', new.job_id::text, new.attempt, new.instance::text);
    end if;
    return null;
  end $$;
  create trigger witness after insert or delete on running for each row execute function witness.held();
`;

/**
 * Slack takes a message a second in each channel; so that a run of some thousand messages is over within minutes, the time
 * for which a channel is held back is divided by this; and so is the quarter of an hour after which second copies are
 * looked for once more, which stays longer than any process stands still.
 */
const hurry = 20;

export const pace = `
  create schema if not exists witness;
  create function witness.pace() returns trigger language plpgsql as $$ begin
    new.free_at := clock_timestamp() + (new.free_at - clock_timestamp()) / ${hurry};
    return new;
  end $$;
  create trigger pace before insert or update on slack_lanes for each row
    when (new.free_at <> '-infinity') execute function witness.pace();
  create function witness.sooner() returns trigger language plpgsql as $$ begin
    new.due_at := clock_timestamp() + (new.due_at - clock_timestamp()) / ${hurry};
    return new;
  end $$;
  create trigger sooner before insert on slack_doubles for each row execute function witness.sooner();
  create trigger later before update on slack_doubles for each row
    when (new.attempts <= old.attempts) execute function witness.sooner();
`;

/** Puts the witness and the pace of a run into a database whose schema is there. */
export async function installWitness(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(triggers);
  await client.query(pace);
  await client.end();
}

/** Takes away what makes two deliveries of one command one: the third seeded bug, with bugs.ts. */
export async function dropConstraints(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`alter table incidents drop constraint incidents_dedup_key_key;
    alter table remediations drop constraint remediations_request_key_key`);
  await client.end();
}
