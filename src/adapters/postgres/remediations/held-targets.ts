import { targetKey } from '../../../domain/action.ts';
import { holdingStates, membersOf, type Remediation } from '../../../domain/remediation.ts';
import { type Db, write } from '../sql.ts';
import { noteBegun } from './history.ts';

const holds = ({ state }: Remediation): boolean => holdingStates.some((holding) => holding === state);

/**
 * Takes every object of a remediation for it alone when it begins to execute, and gives them back when it has been
 * verified or has failed. Taken in one order by everybody, so that two that want the same objects never wait for each
 * other. A key that is held already is a unique violation; see `isTargetHeld`.
 */
export async function holdTargets(trx: Db, from: Remediation, next: Remediation): Promise<void> {
  if (holds(next) && !holds(from)) {
    await take(trx, next);
    await noteBegun(trx, next);
  } else if (holds(from) && !holds(next))
    await write(trx, 'delete from held_targets where remediation_id = ?', [from.id]);
}

async function take(trx: Db, next: Remediation): Promise<void> {
  const keys = keysOf(next).toSorted();
  const values = keys.map(() => '(?, ?)').join(', ');
  await write(
    trx,
    `insert into held_targets (target_key, remediation_id) values ${values}`,
    keys.flatMap((key) => [key, next.id]),
  );
}

/** The keys of all its objects; of one that has not been judged yet, its own. */
function keysOf(row: Remediation): string[] {
  if (!('facts' in row) || row.facts === undefined) return [row.targetKey];
  const { members } = row;
  const all = membersOf({ action: row.action, facts: row.facts, members });
  return [...new Set(all.map(({ action }) => targetKey(row.cluster, action.target)))];
}
