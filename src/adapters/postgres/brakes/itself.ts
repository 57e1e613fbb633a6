import { z } from 'zod';
import { rows } from '../sql.ts';
import { type Order, putStop } from './stops.ts';

const before = z.object({ reason: z.string() });

/**
 * Stops all writes without anybody's doing, for a reason that people have not seen yet: what they let go on after such a
 * stop does not stop it once more.
 */
export async function stopItself(
  context: Parameters<typeof putStop>[0],
  { at, reason }: Pick<Order, 'at' | 'reason'>,
): Promise<{ readonly fresh: boolean }> {
  const sql = 'select reason from stops where by_user is null order by number desc limit 1';
  const [last] = await rows(context.knex, before, sql);
  return last?.reason === reason ? { fresh: false } : putStop(context, { at, reason });
}
