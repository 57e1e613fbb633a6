import { cardKey } from '../../../domain/incidents/notice.ts';
import { moves, type Remediation } from '../../../domain/remediation.ts';
import type { Claim, Committed, SideEffect, Transition } from '../../../workflow/ports.ts';
import type { Proposal } from '../../../workflow/proposal.ts';
import { appending } from '../audit/audit.ts';
import type { Entry } from '../audit/chain.ts';
import { mayBegin } from '../brakes/stops.ts';
import type { Context } from '../context.ts';
import { afterCard, toBeLookedAt, toBeMeasured } from '../incidents/arrivals/arrivals.ts';
import { keptEvidence } from '../incidents/arrivals/evidence.ts';
import { notedOwner } from '../incidents/engaged.ts';
import { recordVerdict } from '../incidents/playbooks.ts';
import { heldClaim, unlessLost } from '../jobs/claims.ts';
import type { Adopted } from '../jobs/going-on.ts';
import { promisedDirect } from '../outbox/direct.ts';
import { promisedCard, promisedReply } from '../outbox/messages.ts';
import { promisedPart } from '../outbox/parts.ts';
import { clean, type Statement } from '../sql.ts';
import { constraintOf, sqlState, transact } from '../transact.ts';
import type { Transaction } from '../transaction.ts';
import { aftermathDue } from './aftermaths.ts';
import { driftWatchDue } from './drift-watches.ts';
import { holdTargets, waitForTargets } from './held-targets.ts';
import { homeOf } from './homes.ts';
import { lockedBeside, opensOrCloses, promisedBeside } from './open-requests.ts';
import { loggedOperation } from './operations.ts';
import { asStored, describeRequester, digestOf, findById, moved, newRemediation } from './remediations.ts';
import { lookDue } from './second-looks.ts';
import { isUnasked } from './unasked.ts';
import { provisoHolds } from './usage.ts';

/**
 * The only way a remediation moves: row, event, side effects and the end of the job commit together or not at all.
 * `stale`: the row or the claim had moved on, nothing was written; so a repeat after a commit whose answer was lost
 * is harmless. `busy`: another remediation holds the target, whose end wakes this one, or the proviso does not hold,
 * or Firebreak is stopped; nothing was written but a wake.
 * Throws on a move that `moves` does not list.
 */
export async function commitTransition(
  context: Context,
  from: Remediation,
  transition: Transition,
  claim?: Claim,
): Promise<Committed> {
  checkMove(from, transition.next);
  const { next } = transition;
  const adopted = adoptedBy(context, transition);
  try {
    const outcome = await unlessLost(context.knex, async (trx) => {
      // All are sent at once, and the server takes one after the other; unless something has to be known of the answers,
      // nobody waits for them before the commit. The proviso is asked before the row is written, so that it does not count
      // itself.
      const holds = transition.proviso === undefined ? true : provisoHolds(trx, transition.proviso);
      trx.demand({ ...moved(from, next), orElse: new Stale() });
      if (claim !== undefined) trx.demand(heldClaim(claim));
      const begins = from.state === 'approved' && (next.state === 'executing' || next.state === 'pr_open');
      const isFree = !begins || mayBegin(trx);
      const [free, may] = await Promise.all([isFree, holds, holdTargets(context, trx, from, next)]);
      if (!free) throw new LostProviso('Firebreak was stopped');
      if (!may) throw new LostProviso(`what remediation ${from.number} was decided on has changed`);
      await applySideEffects(context, trx, from, transition, { adopted });
      return 'committed';
    });
    if (outcome === 'committed') await adopted?.begin(asStored(next));
    if (outcome === 'committed') expectWakes(context, transition);
    return outcome === 'stale' ? await stale(adopted, next) : outcome;
  } catch (error) {
    if (error instanceof Stale) return stale(adopted, next);
    if (error instanceof LostProviso) return putOff(context, from, claim);
    if (isTargetHeld(error)) return putOff(context, from, claim, true);
    throw error;
  }
}

/** A step that is due soon need not wait until somebody looks what is due. */
function expectWakes({ goingOn }: Pick<Context, 'goingOn'>, { sideEffects }: Transition): void {
  for (const each of sideEffects)
    if (each.kind === 'wake' && each.afterSeconds > 0) goingOn?.expect(each.afterSeconds);
}

/** The next step, if there is one at once. One for which nobody waits is left to the queue, where others pass it. */
export function adoptedBy(
  { goingOn }: Pick<Context, 'goingOn'>,
  { next, sideEffects }: Transition,
): Adopted | undefined {
  const { id, version } = next;
  const isDue = sideEffects.some((each) => each.kind === 'wake' && each.afterSeconds === 0);
  return isDue && !isUnasked(next) ? goingOn?.adopt({ kind: 'step', id, version }) : undefined;
}

/** It may have been this very move that the row has moved by, in a commit of which nobody heard. */
async function stale(adopted: Adopted | undefined, next: Remediation): Promise<Committed> {
  return (await adopted?.beginIfCommitted(asStored(next))) === true ? 'committed' : 'stale';
}

/** The row had moved on; nothing must be kept of what was sent beside it. */
export class Stale extends Error {}

/** Others used what was left of a budget, or Firebreak was stopped; what the step wrote must not be kept. */
export class LostProviso extends Error {}

/** What goes with a move: lines of the chain that come before its own, and the step after it. */
interface Beside {
  readonly before?: readonly Entry[];
  readonly adopted: Adopted | undefined;
  /** Where the lines are put that the caller appends, with those of other moves; absent: they are appended. */
  readonly lines?: Entry[];
}

/** Moves a row that the transaction has locked already, as a vote does. */
export async function applyLocked(
  context: Context,
  trx: Transaction,
  from: Remediation,
  transition: Transition,
  beside: Beside,
): Promise<void> {
  const orElse = `remediation ${from.id} moved although it was locked`;
  trx.last({ ...moved(from, transition.next), orElse });
  await applyEffects(context, trx, from, transition, beside);
}

/** What goes with a move that the transaction makes itself. */
export async function applyEffects(
  context: Context,
  trx: Transaction,
  from: Remediation,
  transition: Transition,
  beside: Beside,
): Promise<void> {
  checkMove(from, transition.next);
  await applySideEffects(context, trx, from, transition, beside);
}

/** @throws where it is no move that there is */
export function checkMove(from: Remediation, next: Remediation): void {
  if (!moves[from.state].includes(next.state)) {
    throw new Error(`a remediation cannot move from ${from.state} to ${next.state}`);
  }
  if (next.id !== from.id || next.version !== from.version + 1) {
    throw new Error(
      `remediation ${from.id} at version ${from.version} cannot become ${next.id} at ${next.version}`,
    );
  }
}

/**
 * What nobody has to hear of is sent with the commit. The playbook's row is shared between remediations, so it is locked
 * late, and the chain's head last of all.
 */
async function applySideEffects(
  context: Context,
  trx: Transaction,
  from: Remediation,
  transition: Transition,
  { before = [], adopted, lines }: Beside,
): Promise<void> {
  const { next, event, sideEffects } = transition;
  const born: Entry[] = [...before];
  if (opensOrCloses(from, next)) trx.last(...lockedBeside(next));
  for (const sideEffect of sideEffects) {
    if (sideEffect.kind === 'verdict') await recordVerdict(context, trx, next, sideEffect);
    else if (sideEffect.kind === 'propose') {
      const { statements, entry } = broughtForth(
        context,
        sideEffect.proposal,
        next.incidentId,
        next.updatedAt,
        next,
      );
      trx.last(...statements);
      born.push(entry);
    } else if (sideEffect.kind === 'wake' && adopted !== undefined) trx.last(adopted.statement);
    else trx.last(...statementsOf(context, next, sideEffect));
  }
  if (opensOrCloses(from, next)) trx.last(...promisedBeside(next));
  trx.last(...promisedDirect(next));
  born.push(entryOf(context, next, event, from.state));
  if (lines === undefined) trx.last(appending(born));
  else lines.push(...born);
}

/** The line of the chain about a move. */
export function entryOf(context: Context, subject: Remediation, event: string, from: string | null): Entry {
  return {
    kind: 'move',
    actor: null,
    remediation: subject.id,
    version: subject.version,
    event,
    from,
    to: subject.state,
    dataDigest: digestOf(subject, context.sha256),
    at: subject.updatedAt,
  };
}

type Plain = Exclude<SideEffect, { kind: 'verdict' | 'propose' }>;

/** What a side effect writes. */
function statementsOf(context: Context, next: Remediation, sideEffect: Plain): readonly Statement[] {
  const { id, version, incidentId } = next;
  switch (sideEffect.kind) {
    case 'wake':
      return [
        context.queue.sending(
          { kind: 'step', id, version },
          { after: sideEffect.afterSeconds, nobodyWaits: isUnasked(next) },
        ),
      ];
    case 'expire':
      return [context.queue.sending({ kind: 'expire', id, version }, { after: sideEffect.at })];
    case 'card':
      return promisedCard(context, next);
    case 'reply': {
      const key = `reply:${id}:${clean(sideEffect.key)}`;
      return [promisedReply(context, { key, rootKey: cardKey(id), incidentId, notice: sideEffect.notice })];
    }
    case 'part':
      return [promisedPart(context, sideEffect.notice, next)];
    case 'snapshot':
      return [savedSnapshot(id, sideEffect)];
    case 'owner':
      return notedOwner(incidentId, sideEffect.key);
    case 'evidence':
      return [
        keptEvidence(incidentId, sideEffect.evidence),
        ...(sideEffect.isAsked === true ? [] : [toBeMeasured(incidentId)]),
      ];
    case 'evidence later':
      return [toBeLookedAt([incidentId], afterCard)];
    case 'second look':
      return [lookDue(id, sideEffect)];
    case 'aftermath':
      return [
        aftermathDue(id, sideEffect),
        context.queue.sending({ kind: 'aftermath', id, version: 0 }, { after: sideEffect.at }),
      ];
    case 'watch':
      return [driftWatchDue(id, sideEffect)];
    case 'log':
      return [loggedOperation(operationOf(next), sideEffect.entry)];
  }
}

function operationOf(subject: Remediation) {
  return {
    remediationId: subject.id,
    incidentId: subject.incidentId,
    requestedBy: describeRequester(subject.requestedBy),
    at: subject.updatedAt,
  };
}

/** A later snapshot of the same object replaces the earlier: it is the one nearer to the change. */
function savedSnapshot(id: string, sideEffect: Extract<SideEffect, { kind: 'snapshot' }>): Statement {
  const { uid, takenAt, object } = sideEffect.snapshot;
  const sql = `insert into snapshots (remediation_id, uid, taken_at, object, kept_until) values (?, ?, ?, ?::json, ?)
    on conflict (remediation_id, uid) do update set
      taken_at = excluded.taken_at, object = excluded.object, kept_until = excluded.kept_until`;
  return { sql, bindings: [id, uid, takenAt, JSON.stringify(object), sideEffect.keptUntil] };
}

/** A new remediation in an incident that exists, with its first wake, and its first event. */
export function broughtForth(
  context: Context,
  proposal: Proposal,
  incidentId: string,
  at: string,
  parent?: Remediation,
): { readonly statements: readonly Statement[]; readonly entry: Entry } {
  const { draft, statement } = newRemediation({
    ...{ proposal, incidentId, at },
    ...homeOf(context, proposal, parent),
  });
  const { id, version } = draft;
  const nobodyWaits = isUnasked(draft);
  const statements = [statement, context.queue.sending({ kind: 'step', id, version }, { nobodyWaits })];
  // Its number, which only the database knows, is no part of what is vouched for.
  return { statements, entry: firstEntry(context, { ...draft, number: 1 }) };
}

/** The first event of a remediation. */
export function firstEntry(context: Context, born: Remediation): Entry {
  return entryOf(context, born, 'requested', null);
}

/** Whether a commit failed because another remediation holds one of the targets. */
export function isTargetHeld(error: unknown): boolean {
  const constraint = constraintOf(error);
  if (sqlState(error) !== '23505') return false;
  return constraint === 'held_targets_pkey' || constraint === 'remediations_one_per_target';
}

/** Seconds until a target that is held is asked about although nobody said that it is free. */
const inAnyCase = 30;

/**
 * The salt is the job's own id: each put-off wake is a new job, and a repeat of the same put-off is none. Who waits for a
 * target is woken by its holder, and looks at the cluster again only then.
 */
async function putOff(
  context: Context,
  from: Remediation,
  claim: Claim | undefined,
  isHeld = false,
): Promise<Committed> {
  return transact(context.knex, async (trx) => {
    if (claim !== undefined && !(await context.queue.complete(trx, claim))) return 'stale';
    // What it could not take may be what it took itself, in a commit of which it did not hear.
    if ((await findById(trx, from.id))?.version !== from.version) return 'stale';
    const salt = claim?.jobId ?? context.newId();
    const after = isHeld ? ((await waitForTargets(trx, from)) ? inAnyCase : 0) : 1;
    const again = { kind: 'step', id: from.id, version: from.version } as const;
    await context.queue.send(trx, again, { after, salt, nobodyWaits: isUnasked(from) });
    if (after === 0) await trx.raw("select pg_notify('firebreak', 'freed')");
    return 'busy';
  });
}
