import { z } from 'zod';
import { type Earned, type Outcome, outcome } from '../../../domain/incidents/outcome.ts';
import type { Trust } from '../../../domain/incidents/playbook.ts';
import { isOfOneCluster } from '../../../domain/policy/in-cluster.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { SideEffect } from '../../../workflow/ports.ts';
import type { Context } from '../context.ts';
import { clean, type Db, jsonText, rows, timestamp, write } from '../sql.ts';

const row = z
  .object({ result: outcome.shape.result, at: timestamp, digest: z.string().nullable() })
  .transform(({ digest, ...rest }): Outcome => (digest === null ? rest : { ...rest, digest }));

/** Everything a playbook has come to, the oldest first: in one environment, with what was counted before they were kept apart, or in all. */
async function findOutcomes(db: Db, playbook: string, environment?: string): Promise<readonly Outcome[]> {
  // Before environments were kept apart there was one cluster alone.
  const shared = environment !== undefined && !isOfOneCluster(environment) ? `, ''` : '';
  const where = environment === undefined ? '' : `and environment in (?${shared})`;
  const sql = `select result, at, digest from playbook_outcomes where playbook = ? ${where} order by at, id`;
  return rows(db, row, sql, [clean(playbook), ...(environment === undefined ? [] : [clean(environment)])]);
}

/** What a playbook has earned: see the Store port. */
export async function findTrust(
  { learn }: Pick<Context, 'learn'>,
  db: Db,
  playbook: string,
  asked?: Omit<Earned, 'playbook'> & { readonly at: string },
): Promise<Trust | undefined> {
  const outcomes = await findOutcomes(db, playbook, asked?.environment);
  return learn(outcomes, asked ?? lastOf(outcomes));
}

/** As of the last outcome, for what the playbook did then. */
const lastOf = (outcomes: readonly Outcome[]) => {
  const last = outcomes.at(-1);
  return { at: last?.at ?? '', digest: last?.digest };
};

/**
 * Files a verdict with the incident's evidence, each once. That it did not work is known at once; that it did, only when it
 * has lasted.
 */
export async function recordVerdict(
  context: Context,
  trx: Db,
  subject: Remediation,
  { verdict, playbook, environment = '', digest }: Extract<SideEffect, { kind: 'verdict' }>,
): Promise<void> {
  const sql = `insert into incident_evidence (incident_id, remediation_id, kind, payload, verification_result)
    values (?, ?, 'verification', ?::jsonb, ?::jsonb) on conflict (remediation_id) do nothing`;
  const payload = jsonText({ remediation: subject.number, action: subject.action });
  const filed = await write(trx, sql, [subject.incidentId, subject.id, payload, jsonText(verdict)]);
  if (filed !== 1 || playbook === undefined || verdict.result !== 'not_verified') return;
  await recordOutcome(context, trx, subject, {
    earned: { playbook, environment, digest },
    result: 'not_verified',
  });
}

/**
 * Notes what a playbook came to in an incident: one incident counts once, and what went wrong in it weighs more than what
 * went well. The playbook's row is made and locked first, so that two at once wait for each other and both count.
 */
export async function recordOutcome(
  context: Context,
  trx: Db,
  subject: Pick<Remediation, 'id' | 'incidentId'>,
  { earned, result }: { readonly earned: Earned; readonly result: Outcome['result'] },
): Promise<void> {
  const playbook = clean(earned.playbook);
  await write(trx, 'insert into playbooks (name) values (?) on conflict (name) do nothing', [playbook]);
  await rows(trx, z.unknown(), 'select 1 from playbooks where name = ? for update', [playbook]);
  const sql = `insert into playbook_outcomes (playbook, environment, incident_id, remediation_id, digest, result, at)
    values (?, ?, ?, ?, ?, ?, ?) on conflict (playbook, environment, incident_id) do update
    set result = excluded.result, at = excluded.at, digest = excluded.digest, remediation_id = excluded.remediation_id
    where playbook_outcomes.result = 'lasted' and excluded.result <> 'lasted'`;
  const what = [subject.incidentId, subject.id, earned.digest ?? null, result, context.clock()];
  await write(trx, sql, [playbook, clean(earned.environment), ...what]);
  const trust = await findTrust(context, trx, playbook);
  if (trust === undefined) return;
  const update = `update playbooks set trust_score = ?, samples = ?, successes = ?, lower_bound = ?, updated_at = now() where name = ?`;
  await write(trx, update, [trust.score, trust.samples, trust.successes, trust.lowerBound, playbook]);
}
