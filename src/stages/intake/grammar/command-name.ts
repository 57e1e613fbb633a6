import type { Verb } from '../../../domain/action.ts';

/** What is typed. "delete" becomes "delete pod" or "delete job", and "patch" whatever its fields mean. */
export type CommandName = Exclude<Verb, 'delete pod' | 'delete job'> | 'delete';
