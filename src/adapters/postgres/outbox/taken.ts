import type { Delivery } from '../../../workflow/outbox-port.ts';
import type { Binding } from '../sql.ts';

/**
 * Whether a message is still with the one who took it: attempts begin anew when it is posted, so their number alone does not
 * tell a post from the edit that another makes since.
 */
export const stillTaken = 'attempts = ? and ts is not distinct from ?';

/** What is asked for with it. */
export const asTaken = ({ attempts, ts }: Delivery): readonly Binding[] => [attempts, ts ?? null];
