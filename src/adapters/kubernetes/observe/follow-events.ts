import { setTimeout as sleep } from 'node:timers/promises';
import {
  alertOf,
  eventNotedMinutes,
  isWanted,
  type WarningEvent,
} from '../../../domain/incidents/warning-event.ts';
import type { WarningEvents } from '../../../domain/policy/warning-events.ts';
import type { Clock, Log, Store } from '../../../workflow/ports.ts';

export interface Following {
  /** Tells Warning events until the signal ends it, or the watch breaks off; then it is called again. */
  readonly watch: (tell: (event: WarningEvent) => void, signal: AbortSignal) => Promise<void>;
  /** Asked for each event, and whether there is anything to watch for. */
  readonly wanted: () => WarningEvents | undefined;
  readonly ingest: Store['ingest'];
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds between looks at the policy, and before a watch that failed is begun anew. */
  readonly pause?: number;
}

/** Events that are remembered as taken, with their last report, so that the database is not asked at each repetition. */
const mostRemembered = 20_000;

/** Follows them in the background; answers how to end that. */
export function startFollowing(following: Following): () => Promise<void> {
  const ending = new AbortController();
  const running = followEvents(following, ending.signal);
  return async () => {
    ending.abort();
    await running;
  };
}

/**
 * Takes the Warning events that the policy wants as alerts, for as long as the signal lets it. Every replica does: an event is
 * the same alert whoever sees it, and is stored once; that it goes on is noted every few minutes. What could not be stored is taken when it is reported again, or when the
 * watch begins anew, which tells of all that there is.
 */
export async function followEvents(following: Following, signal: AbortSignal): Promise<void> {
  const { wanted, log, pause = 5_000 } = following;
  const taken = new Map<string, number>();
  while (!signal.aborted) {
    if (wanted() !== undefined)
      await watchOnce(following, taken, signal).catch((err: unknown) => {
        if (!signal.aborted) log.warn({ err }, 'The watch for Warning events broke off; it is begun anew');
      });
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function watchOnce(
  { watch, wanted, ingest, clock, log }: Following,
  taken: Map<string, number>,
  signal: AbortSignal,
): Promise<void> {
  const storing = new Set<Promise<unknown>>();
  const tell = (event: WarningEvent) => {
    const policy = wanted();
    const [at, before] = [Date.parse(event.lastSeen), taken.get(event.uid)];
    const isNoted = before !== undefined && at - before < eventNotedMinutes * 60_000;
    if (policy === undefined || isNoted || !isWanted(event, policy, clock())) return;
    if (taken.size >= mostRemembered) taken.clear();
    taken.set(event.uid, at);
    const stored = ingest([alertOf(event)])
      .catch((err: unknown) => {
        taken.delete(event.uid);
        log.error({ err }, 'A Warning event could not be stored; it is taken when it is reported again');
      })
      .finally(() => storing.delete(stored));
    storing.add(stored);
  };
  try {
    await watch(tell, signal);
  } finally {
    await Promise.all(storing);
  }
}
