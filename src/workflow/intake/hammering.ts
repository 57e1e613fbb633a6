import type { Actor } from '../../domain/actor.ts';
import type { WorkflowContext } from '../context.ts';
import { denied } from '../rights/denied.ts';
import { type Doing, limitOf, type Pace } from './pace.ts';

/** What somebody does, and may do too often. */
export interface Hammering {
  readonly actor: Actor;
  readonly doing: Doing;
  /** As the log keeps it. */
  readonly command: () => string;
  /** Absent for a click, which has none. */
  readonly requestKey?: string;
}

/** Of what one person hammers one line a minute is kept, so that the log is not what they fill. */
export async function tooMuch(
  context: WorkflowContext,
  pace: Pace,
  { actor, doing, command, requestKey }: Hammering,
): Promise<string | undefined> {
  const now = context.clock();
  const { userId } = actor;
  const limit = limitOf(doing, context.policy().changesPerMinute);
  const right = pace.tooMany({ userId, doing, requestKey }, limit, now);
  if (right === undefined) return undefined;
  if (!right.isFirst) return right.reason;
  const once = `pace:${doing}:${userId}:${now.slice(0, 16)}`;
  return denied(context, { actor, command: command(), right, requestKey: once });
}
