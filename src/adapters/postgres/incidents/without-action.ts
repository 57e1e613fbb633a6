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
import { incidentColumns, incidentRow } from './incidents.ts';

type Without = Extract<Triage, { kind: 'no_action' }> & { readonly incident: Incident };

const joinedTo = z.object({ id: z.string(), root: z.string(), title: z.string(), headed: z.boolean() });

/** An incident that is told in the channel, and what one of its alerts is about. */
interface Told {
  readonly incident: Incident;
  readonly about: string | undefined;
}

/**
 * Joins alerts for which nothing is proposed to the incidents of their owners. What is told in the channel is told by `tell`, and
 * then what is news in the threads. Of an incident without a thread, as where its first alert was one of many in a message, that is the
 * incident as a whole: it has one thread, whichever of its alerts begins it.
 */
export async function apart(
  context: Context,
  trx: Transaction,
  without: readonly Without[],
  tell: (told: readonly Told[]) => Promise<void>,
): Promise<void> {
  const told = without.map(({ incident, about }) => ({ incident, about }));
  const owned = without.flatMap(({ incident, owner }) => (owner === undefined ? [] : [{ incident, owner }]));
  if (owned.length === 0) return tell(told);
  // Of several of one owner the first is there when the others look.
  const first = new Map(owned.toReversed().map((each) => [each.owner.key, each]));
  trx.demand(...notedOwners(context, [...first.values()]));
  const rest = owned.filter((each) => first.get(each.owner.key) !== each);
  trx.demand(
    ...notedOwners(context, rest),
    toBeLookedAt([...first.values()].map(({ incident }) => incident.id)),
  );
  const sql = `select part.id, root.id as root, root.title, exists (select from ${headOfThread('root.id')} head) as headed
    from incidents part join incidents root on root.id = part.joined where part.id = any (?)`;
  const joined = await rows(trx, joinedTo, sql, [owned.map(({ incident }) => incident.id)]);
  const byId = new Map(joined.map((each) => [each.id, each]));
  const wholes = await wholesOf(
    trx,
    joined.filter((each) => !each.headed),
  );
  await tell(
    told
      .filter(({ incident }) => byId.get(incident.id)?.headed !== true)
      .map(({ incident, about }) => ({ incident: wholes.get(incident.id) ?? incident, about })),
  );
  for (const { incident, reason } of without) sayNews(context, trx, byId.get(incident.id), incident, reason);
  for (const root of new Set(joined.flatMap(({ root: each, headed }) => (headed ? [each] : []))))
    trx.last(renewedHead(root));
}

/** The incidents that these joined, by the ids of what joined. */
async function wholesOf(
  trx: Transaction,
  parts: readonly z.infer<typeof joinedTo>[],
): Promise<ReadonlyMap<string, Incident>> {
  if (parts.length === 0) return new Map();
  const sql = `select ${incidentColumns} from incidents where id = any (?)`;
  const found = await rows(trx, incidentRow, sql, [parts.map(({ root }) => root)]);
  const roots = new Map(found.map((each) => [each.id, each]));
  return new Map(
    parts.flatMap(({ id, root }) => {
      const whole = roots.get(root);
      return whole === undefined ? [] : [[id, whole] as const];
    }),
  );
}

/** An alert of another name; each name once. */
function sayNews(
  context: Context,
  trx: Transaction,
  joined: z.infer<typeof joinedTo> | undefined,
  { title }: Incident,
  reason: string,
): void {
  if (joined === undefined || joined.title === title) return;
  const body = `${cut(redact(title), 200)}. ${cut(redact(reason), 500)}`;
  const notice = { kind: 'reply', headline: 'Also reported:', body, broadcast: false } as const;
  trx.last(toldInThread(joined.root, { key: `joined:${joined.root}:${context.sha256(title)}`, notice }));
}
