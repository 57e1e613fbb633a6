import type { Routine } from '../../../workflow/insight/routine.ts';
import { type RoutineOptions, runDue } from './routines.ts';

/** Whether a routine is due is asked this often. Milliseconds. */
const every = 60_000;

/** Runs the routines where they are due, in the background, one after the other; answers how to end that. */
export function startRoutines(options: RoutineOptions, routines: readonly Routine[]): () => Promise<void> {
  const ending = new AbortController();
  let running: Promise<void> | undefined;
  const turn = async () => {
    for (const routine of routines) {
      if (ending.signal.aborted) return;
      await runDue(options, routine, ending.signal).catch((err: unknown) => {
        if (ending.signal.aborted) return;
        options.log.error({ err, routine: routine.name }, 'a routine failed; it is tried again in a minute');
      });
    }
  };
  const look = () => {
    running ??= turn().finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(look, every);
  look();
  return async () => {
    ending.abort();
    clearInterval(timer);
    await running;
  };
}
