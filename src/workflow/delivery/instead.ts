import { kindOf } from '../../actions/action-kinds.ts';
import { printAction } from '../../actions/print.ts';
import { isGroup } from '../../domain/action.ts';
import type { Remediation } from '../../domain/remediation.ts';

/**
 * What may have been meant instead of what cannot be done: the same on objects that are there, or for a container that
 * is there, as commands that can be run as they stand. Of what nobody approved in time, the same once more.
 */
export function commandsInstead(row: Remediation): readonly string[] {
  if (row.state === 'no_action') return (row.instead ?? []).map((each) => printAction(each));
  // What is in a repository may still be merged there: nothing is asked for beside it.
  if (row.state === 'expired') return row.request === undefined ? [printAction(row.action)] : [];
  if (row.state !== 'blocked' || isGroup(row.action)) return [];
  const { action, facts } = row;
  const obstacles = kindOf(action.verb).precondition({ action, facts });
  const commands = obstacles.flatMap(({ instead }) => (instead === undefined ? [] : printAction(instead)));
  return [...new Set(commands)].slice(0, 3);
}
