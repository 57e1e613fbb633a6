import type { Incident } from '../../domain/incidents/incident.ts';
import type { Remediation } from '../../domain/remediation.ts';
import type { Claim } from '../wake.ts';

/** The triage of an alert, or the evaluation of what one brought about, whose cluster does not answer. */
export type Waiting =
  | { readonly kind: 'triage'; readonly of: Incident; readonly cluster: string | undefined }
  | { readonly kind: 'step'; readonly of: Remediation };

/** Alerts that wait for an answer of their cluster, and since when the oldest of them is there. */
export interface Awaiting {
  /** Absent where an earlier version has put them off, which does not say. */
  readonly cluster?: string;
  readonly alerts: number;
  readonly since: string;
}

/** What waits for a cluster that does not answer. */
export interface AwaitingClusters {
  /** Ends this wake and makes another for later, behind all others; who waits for a turn of the same kind has it meanwhile. */
  awaitCluster(waiting: Waiting, claim: Claim, seconds: number): Promise<void>;
  /** What waits, by cluster, the longest first. */
  awaiting(): Promise<readonly Awaiting[]>;
}
