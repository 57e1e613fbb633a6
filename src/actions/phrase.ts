import type { Request, Verb } from '../domain/action.ts';
import type { RequestOf } from './command.ts';
import { commands } from './commands.ts';

/** What was asked for as people say it: `restart Deployment/web in shop`. */
export function phrase(asked: Request): string {
  return phraseOf(asked.verb, asked);
}

function phraseOf<V extends Verb>(verb: V, asked: RequestOf<V>): string {
  return commands[verb].phrase(asked);
}
