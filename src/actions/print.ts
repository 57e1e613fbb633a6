import { namespaceOf, type Request } from '../domain/action.ts';
import { kindOf } from './action-kinds.ts';

/**
 * The canonical kubectl form of what was asked: parsing it again gives the same. Shown on cards and stored in
 * automation_operation_log.
 */
export function printAction(asked: Request): string {
  const namespace = namespaceOf(asked.target);
  return `kubectl ${kindOf(asked.verb).command.print(asked)}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}
