import { z } from 'zod';
import type { Incident } from '../../../domain/incidents/incident.ts';
import { redact } from '../../../domain/text/redact.ts';
import { cut } from '../../../domain/text/text.ts';
import type { Owned, Proposal } from '../../../workflow/proposal.ts';
import type { Context } from '../context.ts';
import { describeRequester, findById } from '../remediations/remediations.ts';
import { endLook } from '../remediations/second-looks.ts';
import { clean, rows } from '../sql.ts';
import type { Transaction } from '../transaction.ts';

const found = z.object({ id: z.string(), environment: z.string() });

/**
 * The same playbook is wanted again for the same owner before it was looked whether its last change lasted: it did not, and
 * that is known at once.
 */
export async function noteComeback(
  context: Context,
  trx: Transaction,
  {
    incident,
    proposal,
    owner,
  }: { readonly incident: Incident; readonly proposal: Proposal; readonly owner: Owned },
): Promise<void> {
  const { requestedBy } = proposal;
  if (requestedBy.kind !== 'playbook') return;
  const sql = `select of.id, look.environment from incidents join remediations of on of.incident_id = incidents.id
    join second_looks look on look.remediation_id = of.id
    where incidents.owner_key = ? and of.requested_by = ? and look.result is null for update of look`;
  const before = await rows(trx, found, sql, [clean(owner.key), describeRequester(requestedBy)]);
  for (const { id, environment } of before) {
    const row = await findById(trx, id);
    if (row?.requestedBy.kind !== 'playbook') continue;
    const { playbook, digest } = row.requestedBy;
    const sentence = `Reported again: ${cut(redact(incident.title), 200)}.`;
    await endLook(context, trx, row, {
      kind: 'ended',
      result: 'came_back',
      sentence,
      notice: { kind: 'reply', headline: 'Came back', body: sentence, broadcast: false },
      earned: { playbook, digest, environment },
    });
  }
}
