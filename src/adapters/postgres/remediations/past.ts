import { type Target, targetKey } from '../../../domain/action.ts';
import type { Written } from '../../../workflow/records-port.ts';
import type { Db } from '../sql.ts';
import { remediationsWhere } from './remediations.ts';

/** Of more than so many, the latest count. */
const most = 50;

/** Among so many of the latest that were asked for, or were begun: others came to nothing, or were for its owner. */
const lookedAt = 2 * most;

/** What wrote to an object since an instant, the oldest first; see Store.past. */
export async function findPast(
  db: Db,
  cluster: string,
  target: Target,
  since: string,
): Promise<readonly Written[]> {
  const key = targetKey(cluster, target);
  // Those of several objects have a key of their own, which begins alike.
  const prefix = key.slice(0, key.length - target.name.length);
  const found = await remediationsWhere(
    db,
    `id in (
      select id from (select id from remediations where target_key = ? order by number desc limit ${lookedAt}) alone
      union select remediation_id from (
        select remediation_id from object_history where object_key = ? order by started_at desc limit ${lookedAt}
      ) noted
    ) and updated_at >= ? and data -> 'plan' is not null and (target_key = ? or (
      left(target_key, ?) = ? and data -> 'members' @> ?::jsonb
    )) order by number desc limit ${most}`,
    [
      key,
      key,
      since,
      key,
      prefix.length,
      prefix,
      JSON.stringify([{ action: { target: { name: target.name } } }]),
    ],
  );
  return found.toReversed();
}
