import { z } from 'zod';
import type { Claim, Store } from '../../../workflow/ports.ts';
import type { Context } from '../context.ts';
import { rows } from '../sql.ts';
import { transact } from '../transact.ts';
import { isUnasked } from './unasked.ts';

const row = z.object({ uid: z.string().nullable(), cluster: z.string() });

/** See Store.belongsTo. The identity is stored once and never changed; that it is written twice is no harm. */
async function belongsTo(
  { knex }: Pick<Context, 'knex'>,
  remediationId: string,
  identity: string | undefined,
  name: string,
): Promise<boolean> {
  const sql = 'select cluster_uid as uid, cluster from remediations where id = ?';
  const [found] = await rows(knex, row, sql, [remediationId]);
  if (found === undefined) return false;
  if (found.uid !== null) return found.uid === identity;
  if (found.cluster !== name) return false;
  if (identity === undefined) return true;
  const adopt = `update remediations set cluster_uid = coalesce(cluster_uid, ?) where id = ? returning cluster_uid as uid, cluster`;
  const [adopted] = await rows(knex, row, adopt, [identity, remediationId]);
  return adopted?.uid === identity;
}

/** Answers that are kept; each is for good, and older ones are asked for again. */
const remembered = 5_000;

/** The same, asked once for each remediation that is for the cluster at hand. */
export function rememberedBelonging(context: Pick<Context, 'knex' | 'cluster'>): Store['belongsTo'] {
  const known = new Set<string>();
  return async (remediationId, identity, name = context.cluster) => {
    const key = `${remediationId} ${identity}`;
    if (known.has(key)) return true;
    const belongs = await belongsTo(context, remediationId, identity, name);
    if (known.size >= remembered) known.clear();
    if (belongs && identity !== undefined) known.add(key);
    return belongs;
  };
}

/** Until what is for another cluster is offered again. Seconds. */
const later = 5;

/** See Store.leave. */
export async function leave(
  context: Pick<Context, 'knex' | 'queue'>,
  row: Parameters<Store['leave']>[0],
  claim: Claim,
  before?: number,
  kind: 'step' | 'triage' = 'step',
): Promise<void> {
  const { id, version } = row;
  const nobodyWaits = 'requestedBy' in row && isUnasked(row);
  const deaths = before ?? (claim.attempt > 0 ? 0 : undefined);
  const wake = { kind, id, version, ...(deaths === undefined ? {} : { deaths }) } as const;
  await transact(context.knex, async (trx) => {
    if (!(await context.queue.complete(trx, claim))) return;
    await context.queue.send(trx, wake, { after: later, salt: claim.jobId, nobodyWaits });
  });
}
