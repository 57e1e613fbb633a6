import { z } from 'zod';
import { SilenceRefused } from '../../workflow/silences/silences-port.ts';
import { type AlertmanagerSettings, createSilencer } from './silencer.ts';

/** Whether alerts can be silenced, as far as reading tells: nothing is made. */
export type AlertmanagerSeen =
  | { readonly kind: 'answers' }
  | { readonly kind: 'refuses'; readonly reason: string }
  | { readonly kind: 'away'; readonly reason: string };

/** Milliseconds. */
const patience = 5_000;

const noSilence = '00000000-0000-4000-8000-000000000000';

/** Asks for the silences and the alerts, as whoever keeps a silence does. */
export async function seeAlertmanager(settings: AlertmanagerSettings): Promise<AlertmanagerSeen> {
  const silencer = createSilencer(settings);
  const signal = AbortSignal.timeout(patience);
  try {
    await silencer.find(noSilence, signal);
    await silencer.firing(signal);
    return { kind: 'answers' };
  } catch (fault) {
    if (fault instanceof SilenceRefused) return { kind: 'refuses', reason: fault.message };
    return { kind: 'away', reason: reasonOf(fault) };
  }
}

/** `fetch failed` says nothing; the cause behind it says why. What is no answer of Alertmanager's has no shape of its. */
function reasonOf(fault: unknown): string {
  if (fault instanceof SyntaxError || fault instanceof z.ZodError)
    return 'What answers there is not Alertmanager, or its path is missing.';
  if (!(fault instanceof Error)) return String(fault);
  return fault.cause instanceof Error && fault.cause.message !== '' ? fault.cause.message : fault.message;
}
