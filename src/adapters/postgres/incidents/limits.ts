import { z } from 'zod';
import { after } from '../../../domain/text/time.ts';
import type { Triaged } from '../../../workflow/ports.ts';
import type { Owned } from '../../../workflow/proposal.ts';
import type { Context } from '../context.ts';
import { clean, type Db, rows } from '../sql.ts';

/** What is proposed beyond the limits of its playbook becomes a word about it. Nobody else settles meanwhile. */
export async function withinLimits(
  context: Pick<Context, 'clock'>,
  trx: Db,
  triaged: readonly Triaged[],
): Promise<readonly Triaged[]> {
  const kept: Triaged[] = [];
  /** What this very commit proposes, by playbook and owner. */
  const begun = new Set<string>();
  for (const each of triaged) {
    const { triage } = each;
    const owner = triage.kind === 'proposal' ? triage.owner : undefined;
    const reason = owner?.limits === undefined ? undefined : await excess(context, trx, owner, begun);
    kept.push(reason === undefined ? each : { ...each, triage: { kind: 'no_action', reason } });
    if (owner?.limits !== undefined && reason === undefined)
      begun.add(JSON.stringify([owner.limits.playbook, owner.key]));
  }
  return kept;
}

const hour = 3600;

/** Rows of the last hour that are counted at most; no cluster has more remediations. */
const mostCounted = 2000;

async function excess(
  { clock }: Pick<Context, 'clock'>,
  trx: Db,
  { key, limits }: Owned,
  begun: ReadonlySet<string>,
): Promise<string | undefined> {
  if (limits === undefined) return undefined;
  const { playbook, perHour, perOwnerPerDay } = limits;
  const now = clock();
  const by = clean(`playbook ${playbook}`);
  const told = (count: number, where: string) =>
    `Playbook ${playbook}: It has proposed something for ${count} incidents ${where}, as many as its limits allow. People decide.`;
  if (perOwnerPerDay !== undefined) {
    const sql = `select count(distinct of.incident_id)::integer as count from incidents
      join remediations of on of.incident_id = incidents.id
      where incidents.owner_key = ? and of.requested_by = ? and of.created_at > ?`;
    const count = await counted(trx, sql, [clean(key), by, after(now, -24 * hour)]);
    if (count >= perOwnerPerDay) return told(count, `of ${key} in 24 hours`);
  }
  if (perHour === undefined) return undefined;
  const sql = `select count(distinct incident_id)::integer as count from (
      select incident_id, requested_by, created_at from remediations order by number desc limit ${mostCounted}
    ) latest where requested_by = ? and created_at > ?`;
  const own = JSON.stringify([playbook, key]);
  const ofPlaybook = JSON.stringify([playbook]).slice(0, -1);
  const others = [...begun].filter((pair) => pair !== own && pair.startsWith(`${ofPlaybook},`)).length;
  const count = (await counted(trx, sql, [by, after(now, -hour)])) + others;
  return count >= perHour ? told(count, 'in an hour') : undefined;
}

const counting = z.object({ count: z.number() });

async function counted(trx: Db, sql: string, bindings: readonly string[]): Promise<number> {
  const [found] = await rows(trx, counting, sql, [...bindings]);
  return found?.count ?? 0;
}
