import type { Actor } from '../domain/actor.ts';
import type { Stop } from '../domain/incidents/stop.ts';
import type { Storm } from '../domain/incidents/storm.ts';

/** Who stops or starts Firebreak and why; the reason is redacted. */
export interface StopOrder {
  readonly by: Actor;
  readonly reason: string;
  readonly requestKey: string;
}

/** What keeps everything back, as storage has it for all replicas. */
export interface Brakes {
  /** The stop that holds now, as committed at this moment by whatever replica: nothing is sent to a cluster then. */
  stopped(): Promise<Stop | undefined>;
  /**
   * Stops all writes or lets them go on; loud, and for good until the other one. `fresh` is false where that was so
   * already, as after the same request. A remediation that is not executing when a stop commits does not begin to.
   */
  stop(order: StopOrder): Promise<{ readonly fresh: boolean }>;
  start(order: StopOrder): Promise<{ readonly fresh: boolean }>;
  /** A storm with what is proposed for each owner in it. */
  storm(number: number): Promise<Storm | undefined>;
}
