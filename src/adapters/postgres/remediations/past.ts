import { type Target, targetKey } from '../../../domain/action.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import type { Db } from '../sql.ts';
import { remediationsWhere } from './remediations.ts';

/** Of more than so many, the latest count. */
const most = 50;

/** What wrote to an object since an instant, the oldest first; see Store.past. */
export async function findPast(
  db: Db,
  cluster: string,
  target: Target,
  since: string,
): Promise<readonly Remediation[]> {
  const key = targetKey(cluster, target);
  // Those of several objects have a key of their own, which begins alike.
  const prefix = key.slice(0, key.length - target.name.length);
  const found = await remediationsWhere(
    db,
    `updated_at >= ? and data -> 'plan' is not null and (target_key = ? or (
      left(target_key, ?) = ? and data -> 'members' @> ?::jsonb
    )) order by number desc limit ?`,
    [
      since,
      key,
      prefix.length,
      prefix,
      JSON.stringify([{ action: { target: { name: target.name } } }]),
      most,
    ],
  );
  return found.toReversed();
}
