import { z } from 'zod';
import { type Alert, alertName, type Incident } from '../../../domain/incidents/incident.ts';
import { type StormLine, stormLine } from '../../../domain/incidents/storm.ts';
import type { Claim, Committed, Triaged } from '../../../workflow/ports.ts';
import type { Owned, Proposal } from '../../../workflow/proposal.ts';
import { appending } from '../audit/audit.ts';
import type { Entry } from '../audit/chain.ts';
import { noteIncidents } from '../brakes/storms.ts';
import type { Context } from '../context.ts';
import { heldClaim, unlessLost } from '../jobs/claims.ts';
import { lockedRootsOf } from '../outbox/threads.ts';
import { broughtForth } from '../remediations/transition.ts';
import { type Db, jsonText, rows, write } from '../sql.ts';
import { transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { noteComeback } from './comebacks.ts';
import { findAllEngaged, type Joining, lockOwners, notedOwners, tellJoined } from './engaged.ts';
import { goOn } from './going-on.ts';
import { incidentColumns, incidentRow } from './incidents.ts';
import { withinLimits } from './limits.ts';
import { joinedLine, lineOf, marking } from './marking.ts';
import { lockSettling } from './settling.ts';
import { tellWithoutAction } from './told.ts';
import { wakeNext } from './waking.ts';
import { apart } from './without-action.ts';

/** Commits what came of the triage of an incident; "stale" where another process did so before. */
export async function settleTriage(
  context: Context,
  triaged: Triaged,
  claim: Claim | undefined,
): Promise<Committed> {
  return unlessLost(context.knex, async (trx) => {
    await lockSettling(trx);
    if ((await settle(context, trx, [triaged])) === 0) return 'stale';
    await wakeNext(context, trx);
    if (claim !== undefined) trx.demand(heldClaim(claim));
    return 'committed';
  });
}

/** @param putBack what is left to its turn */
export async function settleAsleep(
  context: Context,
  triaged: readonly Triaged[],
  putBack: readonly Incident[],
): Promise<void> {
  await transact(context.knex, async (trx) => {
    await lockSettling(trx);
    await settle(context, trx, triaged);
    const again = `update incidents set woken_at = null where id = any (?) and state = 'received'`;
    if (putBack.length > 0) await write(trx, again, [putBack.map(({ id }) => id)]);
  });
}

/** Marks the oldest that nobody was woken for as woken; whoever took them and dies leaves them to the sweeper. */
export async function takeAsleep(context: Context, limit: number): Promise<readonly Incident[]> {
  const sql = `with taken as (
      update incidents set woken_at = now() where id in (
        select id from incidents where state = 'received' and woken_at is null order by moved_at limit ?
        for update skip locked)
      returning ${incidentColumns}, moved_at)
    select ${incidentColumns} from taken order by moved_at`;
  return transact(context.knex, (trx) => rows(trx, incidentRow, sql, [limit]));
}

const usualLine = (): StormLine => stormLine.parse({});

/** Answers how many incidents were still to be triaged; the others are left as they are. */
async function settle(context: Context, trx: Transaction, triaged: readonly Triaged[]): Promise<number> {
  const found = await withinLimits(context, trx, await open(trx, triaged));
  const keys = found.flatMap(({ triage }) => triage.owner?.key ?? []);
  if (keys.length > 0) trx.demand(lockOwners(keys));
  const { fresh, joining } = await byOwner(context, trx, found);
  const parts = new Set(joining.map(({ incident }) => incident.id));
  const without = found.flatMap(({ incident, triage }) =>
    triage.kind === 'no_action' && !parts.has(incident.id) ? [{ ...triage, incident }] : [],
  );
  const count = fresh.length + new Set(without.map(({ about, incident }) => about ?? incident.title)).size;
  await noteIncidents(context, trx, count, (context.stormLine ?? usualLine)());
  // Nobody waits for their answers before there is something to read of them. Those that begin something first: what joins
  // them may have to join what they join.
  const begun = fresh.map(({ incident }) => lineOf(incident, null));
  const alone = without.map(({ incident, reason }) => lineOf(incident, reason));
  trx.demand(...marking(context, [...begun, ...alone]), ...notedOwners(context, fresh));
  trx.demand(...marking(context, joining.map(joinedLine)));
  await apart(context, trx, without, (told) => tellWithoutAction(context, trx, told));
  for (const each of fresh) await noteComeback(context, trx, each);
  const ids = found.map(({ incident }) => incident.id);
  if (joining.length > 0 || without.some(({ owner }) => owner !== undefined) || fresh.length > 0)
    trx.demand(lockedRootsOf(ids));
  await tellJoined(context, trx, joining);
  await goOn(context, trx, ids);
  const entries: Entry[] = [];
  for (const { incident, proposal } of fresh) {
    const reason = proposal.reason ?? summaryOf(incident);
    const born = broughtForth(context, { ...proposal, reason }, incident.id, context.clock());
    trx.last(...born.statements);
    entries.push(born.entry);
  }
  if (entries.length > 0) trx.last(appending(entries));
  return found.length;
}

const still = z.object({ id: z.string() });

/** Those that nobody has triaged meanwhile, locked. */
async function open(trx: Db, triaged: readonly Triaged[]): Promise<readonly Triaged[]> {
  const wanted = jsonText(triaged.map(({ incident: { id, version } }) => ({ id, version })));
  const sql = `select i.id from jsonb_to_recordset(?::jsonb) as x (id uuid, version integer)
    join incidents i on i.id = x.id and i.version = x.version where i.state = 'received' order by i.id for update of i`;
  const ids = new Set((await rows(trx, still, sql, [wanted])).map(({ id }) => id));
  return triaged.filter(({ incident }) => ids.has(incident.id));
}

interface Fresh {
  readonly incident: Incident;
  readonly proposal: Proposal;
  readonly owner: Owned;
}

/**
 * The first that is proposed for an owner is brought forth, unless another remediation of the owner is not over or was a
 * short time ago; all others join: one cause, however many alerts it raises, is one remediation.
 */
async function byOwner(
  context: Context,
  trx: Db,
  triaged: readonly Triaged[],
): Promise<{ readonly fresh: readonly Fresh[]; readonly joining: readonly Joining[] }> {
  const fresh: Fresh[] = [];
  const joining: Joining[] = [];
  // What nothing is proposed for joins only what is not over; the rest is for its owner's incident.
  const owners = [
    ...triaged.flatMap(({ triage }) => (triage.kind === 'no_action' ? [] : [triage.owner])),
    ...triaged.flatMap(({ triage }) =>
      triage.owner === undefined ? [] : [{ coolDownSeconds: 0, ...triage.owner }],
    ),
  ];
  const engagements = await findAllEngaged(context, trx, owners);
  for (const { incident, triage } of triaged) {
    if (triage.owner === undefined) continue;
    const { owner } = triage;
    const before = engagements.get(owner.key);
    const engaged = before ?? (triage.kind === 'joined' ? triage.engaged : undefined);
    if (triage.kind === 'no_action' && engaged?.endedAt !== undefined) continue;
    if (engaged !== undefined) {
      engagements.set(owner.key, engaged);
      joining.push({ incident, engaged, owner: { coolDownSeconds: 0, ...owner } });
    } else if (triage.kind === 'proposal') {
      const { proposal } = triage;
      fresh.push({ incident, proposal, owner: triage.owner });
      const begun = { remediation: proposal.id, incident: incident.id, state: 'requested' };
      engagements.set(owner.key, begun);
    }
  }
  return { fresh, joining };
}

/** What the alert says of itself: its summary, else its description, else its name. */
function summaryOf(incident: Incident): string {
  const alert: Alert | undefined = incident.alert;
  if (alert === undefined) return incident.title;
  return alert.annotations['summary'] ?? alert.annotations['description'] ?? alertName(alert);
}
