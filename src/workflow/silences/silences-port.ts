import type { Alert } from '../../domain/incidents/incident.ts';
import type { LabelSet, Silence, SilenceShown } from '../../domain/incidents/silence.ts';
import type { Remediation } from '../../domain/remediation.ts';

/** A silence that is looked at now, by nobody else until the lease runs out. */
export interface Leased extends Silence {
  readonly lease: string;
  /** It was made in Alertmanager; else it is only wanted. */
  readonly isMade: boolean;
  /** How often in a row Alertmanager did not answer. */
  readonly attempts: number;
}

/**
 * `heard`: those of its label sets that Alertmanager has as firing. `refused`: why Alertmanager did not do what was wanted, and
 * will not if it is asked again.
 */
export type Settled =
  | { readonly state: 'made'; readonly heard: readonly LabelSet[] }
  | { readonly state: 'ended'; readonly refused?: string };

/** Alertmanager has understood and said no; the message is its reason. Asked again it would say the same. */
export class SilenceRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SilenceRefused';
  }
}

/** The silences as they are stored. Every method is harmless to repeat. */
export interface Silences {
  /** Commits that the alerts of a remediation's incident are to be silenced; `none` where none of Alertmanager's fires. */
  ask(
    remediation: Remediation,
    asked: { readonly by: string; readonly endsAt: string },
  ): Promise<
    | { readonly kind: 'asked'; readonly alerts: number; readonly leftOut: number }
    | { readonly kind: 'already' | 'none' }
  >;
  /** What a remediation's card says of it: a silence, that one is possible, or nothing. */
  shown(remediation: Remediation): Promise<SilenceShown | 'possible' | undefined>;
  /** Those that have something to be done: to be made, or to be ended. */
  take(): Promise<readonly Leased[]>;
  /** Whether the lease still holds: asked just before something is made. */
  holds(silence: Leased): Promise<boolean>;
  /** Commits what was done, and says it in the thread; false where the lease was lost meanwhile. */
  settle(silence: Leased, done: Settled): Promise<boolean>;
  /** The alerts that Alertmanager had as firing when it silenced them, and that are still said to fire. */
  firing(silence: Leased): Promise<readonly Alert[]>;
  /** Leaves it to a later look, because Alertmanager did not answer. */
  putOff(silence: Leased, seconds: number): Promise<void>;
}

/** Alertmanager, as far as silences go. Throws where it does not answer, and SilenceRefused where it refuses. */
export interface Silencer {
  /** Those that were made for a silence and are not over, each with its labels. */
  find(
    id: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly at: string; readonly labels: LabelSet }[]>;
  /** Makes one that matches exactly these labels; answers its id there. */
  make(silence: Silence, labels: LabelSet, signal: AbortSignal): Promise<string>;
  end(at: string, signal: AbortSignal): Promise<void>;
  /** The labels of all alerts that fire, silent or not; undefined while it may not have heard of all of them. */
  firing(signal: AbortSignal): Promise<readonly LabelSet[] | undefined>;
}
