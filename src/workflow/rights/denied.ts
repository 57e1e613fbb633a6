import type { Actor } from '../../domain/actor.ts';
import { redact } from '../../domain/text/redact.ts';
import { cut, storable } from '../../domain/text/text.ts';
import type { WorkflowContext } from '../context.ts';
import type { Right } from '../ports.ts';

export type Denied = Exclude<Right, { kind: 'allowed' }>;

/** What somebody wanted and may not. `command` is in the words of an operator. */
export interface Denial {
  readonly actor: Actor;
  readonly command: string;
  readonly right: Denied;
  /** Absent for a click, which has no key of its own. */
  readonly requestKey?: string;
}

/**
 * Writes down that somebody was refused, in the log and in automation_operation_log, and answers the sentence for them.
 * It stays a refusal when it cannot be written down.
 */
export async function denied(
  context: WorkflowContext,
  { actor, command, right, requestKey }: Denial,
): Promise<string> {
  const wanted = cut(redact(storable(command)), 4000);
  const reason = redact(right.reason);
  const fields = { user: actor.userId, team: actor.teamId, command: wanted, reason };
  context.log.warn(fields, `Refused ${actor.userId}: ${reason}`);
  const entry = { command: wanted, reason, by: actor, requestKey: requestKey ?? `click:${context.newId()}` };
  await context.store
    .recordDenied(entry)
    .catch((fault: unknown) => context.log.error({ err: fault }, 'A refusal could not be written down'));
  return reason;
}
