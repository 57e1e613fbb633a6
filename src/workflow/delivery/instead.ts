import { kindOf } from '../../actions/action-kinds.ts';
import { printAction } from '../../actions/print.ts';
import { isGroup } from '../../domain/action.ts';
import { mayBeAskedAnew, type Remediation } from '../../domain/remediation.ts';

/**
 * What may have been meant instead of what cannot be done: the same on objects that are there, or for a container that
 * is there, as commands that can be run as they stand. What was judged and withdrawn is asked anew by a button of its own.
 */
export function commandsInstead(row: Remediation): readonly string[] {
  if (row.state === 'no_action')
    return mayBeAskedAnew(row) ? [] : (row.instead ?? []).map((each) => printAction(each));
  if (row.state !== 'blocked' || isGroup(row.action)) return [];
  const { action, facts } = row;
  const obstacles = kindOf(action.verb).precondition({ action, facts });
  const commands = obstacles.flatMap(({ instead }) => (instead === undefined ? [] : printAction(instead)));
  return [...new Set(commands)].slice(0, 3);
}
