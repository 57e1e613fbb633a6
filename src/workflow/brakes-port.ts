import type { Actor } from '../domain/actor.ts';
import type { Stop } from '../domain/incidents/stop.ts';
import type { Storm, StormLine, StormStanding } from '../domain/incidents/storm.ts';

/** Who stops or starts Firebreak and why; the reason is redacted. */
export interface StopOrder {
  readonly by: Actor;
  readonly reason: string;
  readonly requestKey: string;
}

/** How many workloads there are that want pods, and the `targetKey`s of those of which half or more are not ready. */
export interface HealthFound {
  readonly cluster: string;
  readonly workloads: number;
  readonly unhealthy: readonly string[];
}

/** What keeps everything back, as storage has it for all replicas. */
export interface Brakes {
  /** The stop that holds now, as committed at this moment by whatever replica: nothing is sent to a cluster then. */
  stopped(): Promise<Stop | undefined>;
  /**
   * Stops all writes or lets them go on; loud, and for good until the other one. `fresh` is false where that was so
   * already, as after the same request. A remediation that is not executing when a stop commits does not begin to,
   * and when it is answered nothing is on its way any more.
   */
  stop(order: StopOrder): Promise<{ readonly fresh: boolean }>;
  start(order: StopOrder): Promise<{ readonly fresh: boolean }>;
  /** A storm with what is proposed for each owner in it. */
  storm(number: number): Promise<Storm | undefined>;
  /** How the storm stands that holds now; undefined where none does. */
  stormStanding(): Promise<StormStanding | undefined>;
  /** Begins a storm, or keeps it up, where too large a share of the workloads is unhealthy or has an open incident. */
  noteHealth(found: HealthFound, line: StormLine): Promise<void>;
}
