import { setTimeout as sleep } from 'node:timers/promises';
import { type Keeping, keepSilences } from '../../workflow/silences/keep.ts';
import type { Silencer } from '../../workflow/silences/silences-port.ts';
import { type AlertmanagerSettings, createSilencer } from './silencer.ts';

/** How often it is asked what there is to do. Milliseconds. */
const every = 2_000;

/** Keeps the silences in the background, where there is an Alertmanager; answers how to end that. */
export function startSilences(
  settings: AlertmanagerSettings | undefined,
  given: Omit<Keeping, 'silencer'>,
  observed: (silencer: Silencer) => Silencer = (silencer) => silencer,
): () => Promise<void> {
  if (settings === undefined) return () => Promise.resolve();
  const keeping = { ...given, silencer: observed(createSilencer(settings)) };
  const ending = new AbortController();
  const running = (async () => {
    while (!ending.signal.aborted) {
      await keepSilences(keeping, ending.signal).catch((err: unknown) => {
        if (!ending.signal.aborted) keeping.log.warn({ err }, 'The silences could not be looked at');
      });
      await sleep(every, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    ending.abort();
    await running;
  };
}
