import type { Measured } from '../../domain/incidents/chart.ts';
import type { Evidence } from '../../domain/incidents/evidence.ts';
import type { Notice } from '../../domain/incidents/notice.ts';

/** An incident of which nothing was seen yet; it is the caller's for a while. */
export interface Arrival {
  readonly id: string;
  /** `cluster/namespace/Kind/name`. */
  readonly ownerKey: string;
  readonly cameAt: string;
  /** Its object was looked at beside its proposal; what is left is what was measured. */
  readonly isSeen: boolean;
}

type Reply = Extract<Notice, { kind: 'reply' }>;

/** What was seen and measured of it, and what its thread is told of that. */
export interface SeenOnArrival {
  readonly evidence?: { readonly found: Evidence; readonly notice: Reply };
  readonly measured?: { readonly found: Measured; readonly notice: Reply };
}

/** Incidents that are to be looked at. What is not settled is given again. */
export interface Arrivals {
  /** The most severe of those that have waited longest. */
  take(limit: number): Promise<readonly Arrival[]>;
  /** Keeps what was seen, once, and tells it in the thread. */
  settle(arrival: Arrival, seen: SeenOnArrival): Promise<void>;
  /** Resolves when there may be more, or after so many seconds. */
  wait(seconds: number, signal: AbortSignal): Promise<void>;
}
