import type { Request, Verb } from '../domain/action.ts';
import type { RequestOf } from './command.ts';
import { commands } from './commands.ts';

/** What may carry a credential in the details of a request, with its name where the name tells. */
export function secretTexts(asked: Request): readonly string[] {
  return textsOf(asked.verb, asked);
}

function textsOf<V extends Verb>(verb: V, asked: RequestOf<V>): readonly string[] {
  return commands[verb].secretTexts(asked);
}
