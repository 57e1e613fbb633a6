import { z } from 'zod';
import type { Trust } from '../../../domain/incidents/playbook.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import type { Context } from '../context.ts';
import { clean, type Db, jsonText, rows, write } from '../sql.ts';

const row = z.object({
  trust_score: z.number().nullable(),
  samples: z.number(),
  successes: z.number(),
  lower_bound: z.number().nullable(),
});

/** What the verdicts so far say of a playbook; undefined before the first. */
export async function findTrust(db: Db, playbook: string, lock = false): Promise<Trust | undefined> {
  const sql = `select trust_score, samples, successes, lower_bound from playbooks where name = ?${lock ? ' for update' : ''}`;
  const [found] = await rows(db, row, sql, [clean(playbook)]);
  if (found === undefined || found.trust_score === null) return undefined;
  return {
    score: found.trust_score,
    samples: found.samples,
    successes: found.successes,
    lowerBound: found.lower_bound ?? 0,
  };
}

/** Files a verdict with the incident's evidence and lets the playbook learn from it, each verdict once. */
export async function recordVerdict(
  context: Context,
  trx: Db,
  subject: Remediation,
  outcome: { readonly verdict: Verdict; readonly playbook?: string },
): Promise<void> {
  const sql = `insert into incident_evidence (incident_id, remediation_id, kind, payload, verification_result)
    values (?, ?, 'verification', ?::jsonb, ?::jsonb) on conflict (remediation_id) do nothing`;
  const payload = jsonText({ remediation: subject.number, action: subject.action });
  const filed = await write(trx, sql, [subject.incidentId, subject.id, payload, jsonText(outcome.verdict)]);
  if (filed === 1 && outcome.playbook !== undefined)
    await learn(context, trx, clean(outcome.playbook), outcome.verdict);
}

/** The row is made first, so that two first verdicts at once wait for each other and both count. */
async function learn(context: Context, trx: Db, playbook: string, verdict: Verdict): Promise<void> {
  await write(trx, 'insert into playbooks (name) values (?) on conflict (name) do nothing', [playbook]);
  const trust = context.learn(await findTrust(trx, playbook, true), verdict.result);
  const sql = `update playbooks set trust_score = ?, samples = ?, successes = ?, lower_bound = ?, updated_at = now() where name = ?`;
  await write(trx, sql, [trust.score, trust.samples, trust.successes, trust.lowerBound, playbook]);
}
