import { namespaceOf, type Request, type Verb } from '../domain/action.ts';
import type { RequestOf } from './command.ts';
import { commands } from './commands.ts';

/**
 * The canonical kubectl form of what was asked: parsing it again gives the same. Shown on cards and stored in
 * automation_operation_log.
 */
export function printAction(asked: Request): string {
  const namespace = namespaceOf(asked.target);
  return `kubectl ${printed(asked.verb, asked)}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}

function printed<V extends Verb>(verb: V, asked: RequestOf<V>): string {
  return commands[verb].print(asked);
}
