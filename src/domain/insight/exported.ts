import { z } from 'zod';
import { instant } from '../facts/facts.ts';

/** What came of the last export that was made by itself. */
export const exported = z.strictObject({
  at: instant,
  examples: z.number().int().min(0),
  /** Examples, and changes that were begun, of the last days in which what was verified could last. */
  recent: z.number().int().min(0),
  executions: z.number().int().min(0),
  /** The folder that it was written to; null where none is named, and it was only counted. */
  folder: z.string().nullable(),
  /** Why there is no example. */
  empty: z.string().nullable(),
  /** Why it could not be written. */
  failure: z.string().nullable(),
});
export type Exported = z.infer<typeof exported>;

/** What is wrong with an export, in a sentence; undefined where nothing is. */
export function faultOf({ examples, recent, executions, empty, failure }: Exported): string | undefined {
  if (failure !== null) return `The export could not be written: ${failure}`;
  const week = `${executions} ${executions === 1 ? 'change was' : 'changes were'} made in its week`;
  if (examples === 0) return `The export has no example; ${week}. ${empty ?? ''}`.trim();
  if (recent === 0 && executions > 0) return `The export has nothing new to learn from; ${week}.`;
  return undefined;
}
