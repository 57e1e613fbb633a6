import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

/**
 * Votes and policies get lines of their own in the chain. What there is of them already is vouched for by one line, the
 * baseline, so that it cannot be changed from now on either.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table remediation_events
      alter column remediation_id drop not null,
      alter column version drop not null,
      add column kind text not null default 'move' check (kind in ('move', 'vote', 'policy', 'baseline')),
      add column actor text,
      add check (kind <> 'move' or (remediation_id is not null and version is not null)),
      drop constraint remediation_events_remediation_id_version_key;
    create unique index remediation_events_one_move on remediation_events (remediation_id, version) where kind = 'move';
    create index remediation_events_others on remediation_events (kind, seq) where kind <> 'move'
  `);
  await vouchForWhatThereIs(knex);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index remediation_events_others;
    drop index remediation_events_one_move;
    alter table remediation_events
      drop column actor,
      drop column kind,
      add constraint remediation_events_remediation_id_version_key unique (remediation_id, version)
  `);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same digests as `src/adapters/postgres/audit/`, written out here: a migration never changes. */
async function vouchForWhatThereIs(knex: Knex): Promise<void> {
  const votes = await knex('approvals').orderBy(['remediation_id', 'user_id']);
  const policies = await knex('policy_changes').orderBy('number');
  if (votes.length + policies.length === 0) return;
  const texts = [
    ...votes.map((v) =>
      JSON.stringify([v.remediation_id, v.user_id, v.team_id, v.decision, v.digest, v.at, v.reason, v.roles]),
    ),
    ...policies.map((p) => JSON.stringify([p.number, p.at, p.digest, p.previous, p.diff])),
  ];
  const dataDigest = texts.map(sha256).reduce((all, each) => sha256(all + each), '');
  const head = await knex('audit_head').forUpdate().first();
  const [seq, prev, at] = [Number(head.seq) + 1, String(head.hash), new Date()];
  const line = { actor: null, at, dataDigest, event: 'baseline', from: null, kind: 'baseline' };
  const hash = sha256(
    JSON.stringify({ ...line, prev, remediation: null, seq, to: 'vouched', version: null }),
  );
  await knex('remediation_events').insert({
    seq,
    kind: line.kind,
    event: line.event,
    to_state: 'vouched',
    data_digest: dataDigest,
    at,
    prev_hash: prev,
    hash,
  });
  await knex('audit_head').update({ seq, hash });
}
