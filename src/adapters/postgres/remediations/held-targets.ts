import { z } from 'zod';
import { targetKey } from '../../../domain/action.ts';
import { holdingStates, membersOf, type Remediation } from '../../../domain/remediation.ts';
import type { Context } from '../context.ts';
import { rows, type Statement, write } from '../sql.ts';
import type { Transaction } from '../transaction.ts';
import { notedBegun } from './history.ts';
import { unaskedRow } from './unasked.ts';

const holds = ({ state }: Remediation): boolean => holdingStates.some((holding) => holding === state);

/**
 * Takes every object of a remediation for it alone when it begins to execute, and gives them back when it has been
 * verified or has failed; whoever waits for one of them is woken then. Taken in one order by everybody, so that two that
 * want the same objects never wait for each other. A key that is held already is a unique violation; see `isTargetHeld`.
 */
export async function holdTargets(
  context: Pick<Context, 'queue'>,
  trx: Transaction,
  from: Remediation,
  next: Remediation,
): Promise<void> {
  if (holds(next) && !holds(from)) trx.demand(taken(next), ...notedBegun(next));
  else if (holds(from) && !holds(next)) await giveBack(context, trx, from);
}

const freed = z.object({ target_key: z.string() });
const waiter = z.object({ id: z.string(), version: z.number(), unasked: z.boolean().nullable() });

async function giveBack(
  context: Pick<Context, 'queue'>,
  trx: Transaction,
  { id }: Remediation,
): Promise<void> {
  const held = await rows(
    trx,
    freed,
    'delete from held_targets where remediation_id = ? returning target_key',
    [id],
  );
  const keys = held.map(({ target_key }) => target_key);
  const sql = `delete from target_waiters where target_key = any (?) returning remediation_id as id, version,
    (select ${unaskedRow('r')} from remediations r where r.id = remediation_id) as unasked`;
  const waiters = new Map((await rows(trx, waiter, sql, [keys])).map((each) => [each.id, each]));
  for (const [waiting, { version, unasked }] of waiters) {
    const due = { salt: `freed by ${id}`, nobodyWaits: unasked === true };
    await context.queue.send(trx, { kind: 'step', id: waiting, version }, due);
  }
}

/**
 * Notes that a row waits for what it could not take. False when none of it is held any more: it was given back meanwhile,
 * and nobody would wake the row. The look comes first: its lock makes the holder wait with giving back until this is
 * committed, and never waits for the holder with the note in hand.
 */
export async function waitForTargets(trx: Transaction, row: Remediation): Promise<boolean> {
  const keys = keysOf(row);
  const sql = 'select target_key from held_targets where target_key = any (?) order by target_key for share';
  const held = await rows(trx, freed, sql, [keys]);
  for (const { target_key } of held)
    await write(
      trx,
      `insert into target_waiters (target_key, remediation_id, version) values (?, ?, ?)
        on conflict (target_key, remediation_id) do update set version = excluded.version`,
      [target_key, row.id, row.version],
    );
  return held.length > 0;
}

function taken(next: Remediation): Statement {
  const keys = keysOf(next).toSorted();
  const values = keys.map(() => '(?, ?)').join(', ');
  const sql = `insert into held_targets (target_key, remediation_id) values ${values}`;
  return { sql, bindings: keys.flatMap((key) => [key, next.id]) };
}

/** The keys of all its objects; of one that has not been judged yet, its own. */
function keysOf(row: Remediation): string[] {
  if (!('facts' in row) || row.facts === undefined) return [row.targetKey];
  const { members } = row;
  const all = membersOf({ action: row.action, facts: row.facts, members });
  return [...new Set(all.map(({ action }) => targetKey(row.cluster, action.target)))];
}
