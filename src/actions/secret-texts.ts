import type { Request } from '../domain/action.ts';
import { kindOf } from './action-kinds.ts';

/** What may carry a credential in the details of a request, with its name where the name tells. */
export function secretTexts(asked: Request): readonly string[] {
  return kindOf(asked.verb).command.secretTexts(asked);
}
