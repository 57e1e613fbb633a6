import { z } from 'zod';
import type { Incident } from '../../../domain/incidents/incident.ts';
import { redact } from '../../../domain/text/redact.ts';
import { cut } from '../../../domain/text/text.ts';
import type { Triage } from '../../../workflow/proposal.ts';
import type { Context } from '../context.ts';
import { headOfThread, renewedHead, toldInThread } from '../outbox/threads.ts';
import { rows } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import { toBeLookedAt } from './arrivals/arrivals.ts';
import { notedOwners } from './engaged.ts';

type Without = Extract<Triage, { kind: 'no_action' }> & { readonly incident: Incident };

const inThread = z.object({ id: z.string(), root: z.string(), title: z.string() });

/**
 * Joins alerts for which nothing is proposed to the incidents of their owners, and says there what is news; answers those
 * that are told by themselves.
 */
export async function apart(
  context: Context,
  trx: Transaction,
  without: readonly Without[],
): Promise<readonly { readonly incident: Incident; readonly about: string | undefined }[]> {
  const told = without.map(({ incident, about }) => ({ incident, about }));
  const owned = without.flatMap(({ incident, owner }) => (owner === undefined ? [] : [{ incident, owner }]));
  if (owned.length === 0) return told;
  // Of several of one owner the first is there when the others look.
  const first = new Map(owned.toReversed().map((each) => [each.owner.key, each]));
  trx.demand(...notedOwners(context, [...first.values()]));
  const rest = owned.filter((each) => first.get(each.owner.key) !== each);
  trx.demand(
    ...notedOwners(context, rest),
    toBeLookedAt([...first.values()].map(({ incident }) => incident.id)),
  );
  const sql = `select part.id, root.id as root, root.title from incidents part join incidents root on root.id = part.joined
    where part.id = any (?) and exists (select from ${headOfThread('root.id')} head)`;
  const joined = await rows(trx, inThread, sql, [owned.map(({ incident }) => incident.id)]);
  const byId = new Map(joined.map((each) => [each.id, each]));
  for (const { incident, reason } of without) sayNews(context, trx, byId.get(incident.id), incident, reason);
  for (const root of new Set(joined.map((each) => each.root))) trx.last(renewedHead(root));
  return told.filter(({ incident }) => !byId.has(incident.id));
}

/** An alert of another name; each name once. */
function sayNews(
  context: Context,
  trx: Transaction,
  joined: z.infer<typeof inThread> | undefined,
  { title }: Incident,
  reason: string,
): void {
  if (joined === undefined || joined.title === title) return;
  const body = `${cut(redact(title), 200)}. ${cut(redact(reason), 500)}`;
  const notice = { kind: 'reply', headline: 'Also reported:', body, broadcast: false } as const;
  trx.last(toldInThread(joined.root, { key: `joined:${joined.root}:${context.sha256(title)}`, notice }));
}
