import type { Request } from '../domain/action.ts';
import { kindOf } from './action-kinds.ts';

/** What was asked for as people say it: `restart Deployment/web in shop`. */
export function phrase(asked: Request): string {
  return kindOf(asked.verb).command.phrase(asked);
}
