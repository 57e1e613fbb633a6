import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

/**
 * Votes on changes of the policy get lines in the audit chain. They are kept in a column of its own from now on: a replica of the
 * version before, which writes no lines, cannot store one in the old column, and whoever clicks there is asked to try again. What
 * there is already gets its lines now.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table remediation_events
      drop constraint remediation_events_kind_check,
      add constraint remediation_events_kind_check
        check (kind in ('move', 'vote', 'policy', 'baseline', 'pruned', 'checkpoint', 'stop', 'proposal'));
    alter table policy_proposals add column ballots jsonb not null default '[]';
    update policy_proposals set ballots = votes, votes = '[]';
    alter table policy_proposals add constraint policy_proposals_votes_moved check (votes = '[]')
  `);
  await vouchForWhatThereIs(knex);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table policy_proposals drop constraint policy_proposals_votes_moved;
    update policy_proposals set votes = ballots;
    alter table policy_proposals drop column ballots;
    alter table remediation_events
      drop constraint remediation_events_kind_check,
      add constraint remediation_events_kind_check
        check (kind in ('move', 'vote', 'policy', 'baseline', 'pruned', 'checkpoint', 'stop')) not valid
  `);
}

/** The same lines as `src/adapters/postgres/audit/` writes, written out here: a migration never changes. */
async function vouchForWhatThereIs(knex: Knex): Promise<void> {
  const proposals = await knex('policy_proposals').orderBy('number');
  const lines = proposals.flatMap((proposal) => {
    const isDecided = proposal.state === 'approved' || proposal.state === 'rejected';
    return proposal.ballots.map((vote: Vote, index: number) =>
      lineOf(proposal, vote, isDecided && index === proposal.ballots.length - 1 ? proposal.state : 'open'),
    );
  });
  if (lines.length > 0) await knex.raw('select append_events(?::jsonb)', [JSON.stringify(lines)]);
}

interface Proposal {
  readonly number: number;
  readonly playbook: string;
  readonly environment: string;
}
interface Vote {
  readonly userId: string;
  readonly decision: string;
  readonly digest: string;
  readonly at: string;
  readonly roles?: readonly string[];
}

function lineOf({ number, playbook, environment }: Proposal, vote: Vote, to: string): object {
  const { userId: actor, decision: event, digest, roles = null } = vote;
  const at = new Date(vote.at).toISOString();
  const voted = JSON.stringify([number, playbook, environment, actor, event, digest, at, roles]);
  const dataDigest = createHash('sha256').update(voted).digest('hex');
  const told = JSON.stringify({ actor, at, dataDigest, event, from: 'open', kind: 'proposal' });
  return {
    ...{
      kind: 'proposal',
      remediation: null,
      version: number,
      event,
      from: 'open',
      to,
      actor,
      dataDigest,
      at,
    },
    before: `${told.slice(0, -1)},"prev":`,
    between: ',"remediation":null,"seq":',
    after: `,"to":${JSON.stringify(to)},"version":${number}}`,
  };
}
