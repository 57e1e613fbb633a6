import type { Knex } from 'knex';
import { cardKey } from '../../../domain/incidents/notice.ts';
import { moves, type Remediation } from '../../../domain/remediation.ts';
import type { Claim, Committed, Proposal, SideEffect, Transition } from '../../../workflow/ports.ts';
import { appendEvents } from '../audit/audit.ts';
import type { Entry } from '../audit/chain.ts';
import type { Context } from '../context.ts';
import { recordVerdict } from '../incidents/playbooks.ts';
import { endClaim, holdClaim, unlessLost } from '../jobs/claims.ts';
import { promiseCard, promiseReply } from '../outbox/messages.ts';
import { promisePart } from '../outbox/parts.ts';
import { clean, type Db, write } from '../sql.ts';
import { constraintOf, sqlState, transact } from '../transact.ts';
import { holdTargets, waitForTargets } from './held-targets.ts';
import { logOperation } from './operations.ts';
import { describeRequester, digestOf, insertRemediation, updateRemediation } from './remediations.ts';
import { provisoHolds } from './usage.ts';

/**
 * The only way a remediation moves: row, event, side effects and the end of the job commit together or not at all.
 * `stale`: the row or the claim had moved on, nothing was written; so a repeat after a commit whose answer was lost
 * is harmless. `busy`: another remediation holds the target, whose end wakes this one, or the proviso does not hold;
 * nothing was written but a wake.
 * Throws on a move that `moves` does not list.
 */
export async function commitTransition(
  context: Context,
  from: Remediation,
  transition: Transition,
  claim?: Claim,
): Promise<Committed> {
  checkMove(from, transition.next);
  try {
    return await unlessLost(context.knex, async (trx) => {
      // Asked before the row is written, so that it does not count itself.
      const holds = transition.proviso === undefined || (await provisoHolds(trx, transition.proviso));
      if (!(await updateRemediation(trx, from, transition.next))) return 'stale';
      if (!holds) throw new LostProviso(`what remediation ${from.number} was decided on has changed`);
      await holdTargets(context, trx, from, transition.next);
      if (claim !== undefined) await holdClaim(context, trx, claim);
      await applySideEffects(context, trx, from, transition);
      return 'committed';
    });
  } catch (error) {
    if (error instanceof LostProviso) return putOff(context, from, claim);
    if (isTargetHeld(error)) return putOff(context, from, claim, true);
    throw error;
  }
}

/** Others used what was left of a budget; what the step wrote must not be kept. */
class LostProviso extends Error {}

/** Moves a row that the transaction has locked already, as a vote does. `before`: lines that come before the move's. */
export async function applyLocked(
  context: Context,
  trx: Knex.Transaction,
  from: Remediation,
  transition: Transition,
  before: readonly Entry[],
): Promise<void> {
  checkMove(from, transition.next);
  if (!(await updateRemediation(trx, from, transition.next)))
    throw new Error(`remediation ${from.id} moved although it was locked`);
  await applySideEffects(context, trx, from, transition, before);
}

function checkMove(from: Remediation, next: Remediation): void {
  if (!moves[from.state].includes(next.state)) {
    throw new Error(`a remediation cannot move from ${from.state} to ${next.state}`);
  }
  if (next.id !== from.id || next.version !== from.version + 1) {
    throw new Error(
      `remediation ${from.id} at version ${from.version} cannot become ${next.id} at ${next.version}`,
    );
  }
}

/** The playbook's row is shared between remediations, so it is locked late, and the chain's head last of all. */
async function applySideEffects(
  context: Context,
  trx: Db,
  from: Remediation,
  transition: Transition,
  before: readonly Entry[] = [],
): Promise<void> {
  const born: Entry[] = [...before];
  for (const sideEffect of transition.sideEffects.toSorted(
    (a, b) => Number(a.kind === 'verdict') - Number(b.kind === 'verdict'),
  )) {
    born.push(...(await applySideEffect(context, trx, transition.next, sideEffect)));
  }
  const { next, event } = transition;
  await appendEvents(trx, [...born, entryOf(context, next, event, from.state)], context.sha256);
}

function entryOf(context: Context, subject: Remediation, event: string, from: string | null): Entry {
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

/** Writes one side effect; answers the events of remediations it brought into being. */
async function applySideEffect(
  context: Context,
  trx: Db,
  next: Remediation,
  sideEffect: SideEffect,
): Promise<readonly Entry[]> {
  const { id, version, incidentId } = next;
  switch (sideEffect.kind) {
    case 'wake':
      await context.queue.send(trx, { kind: 'step', id, version }, { after: sideEffect.afterSeconds });
      return [];
    case 'expire':
      await context.queue.send(trx, { kind: 'expire', id, version }, { after: sideEffect.at });
      return [];
    case 'card':
      await promiseCard(context, trx, next);
      return [];
    case 'reply':
      await promiseReply(context, trx, {
        key: `reply:${id}:${clean(sideEffect.key)}`,
        rootKey: cardKey(id),
        incidentId,
        notice: sideEffect.notice,
      });
      return [];
    case 'part':
      await promisePart(context, trx, sideEffect.notice, next);
      return [];
    case 'snapshot':
      await saveSnapshot(trx, id, sideEffect);
      return [];
    case 'log':
      await logOperation(trx, operationOf(next), sideEffect.entry);
      return [];
    case 'verdict':
      await recordVerdict(context, trx, next, sideEffect);
      return [];
    case 'propose':
      return [await bringForth(context, trx, sideEffect.proposal, incidentId, next.updatedAt)];
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
async function saveSnapshot(
  trx: Db,
  id: string,
  sideEffect: Extract<SideEffect, { kind: 'snapshot' }>,
): Promise<void> {
  const { uid, takenAt, object } = sideEffect.snapshot;
  const sql = `insert into snapshots (remediation_id, uid, taken_at, object, kept_until) values (?, ?, ?, ?::json, ?)
    on conflict (remediation_id, uid) do update set
      taken_at = excluded.taken_at, object = excluded.object, kept_until = excluded.kept_until`;
  await write(trx, sql, [id, uid, takenAt, JSON.stringify(object), sideEffect.keptUntil]);
}

/** A new remediation in an incident that exists, with its first wake. Answers its first event. */
export async function bringForth(
  context: Context,
  trx: Db,
  proposal: Proposal,
  incidentId: string,
  at: string,
): Promise<Entry> {
  const born = await insertRemediation(trx, {
    proposal,
    incidentId,
    cluster: context.cluster,
    clusterUid: context.identity(),
    at,
  });
  await context.queue.send(trx, { kind: 'step', id: born.id, version: born.version });
  return entryOf(context, born, 'requested', null);
}

/** The first event of a remediation that a person asked for. */
export function firstEntry(context: Context, born: Remediation): Entry {
  return entryOf(context, born, 'requested', null);
}

function isTargetHeld(error: unknown): boolean {
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
    if (claim !== undefined && !(await endClaim(context, trx, claim))) return 'stale';
    const salt = claim?.jobId ?? context.newId();
    const after = isHeld ? ((await waitForTargets(trx, from)) ? inAnyCase : 0) : 1;
    await context.queue.send(trx, { kind: 'step', id: from.id, version: from.version }, { after, salt });
    if (after === 0) await trx.raw("select pg_notify('firebreak', 'freed')");
    return 'busy';
  });
}
