import type { Approval } from '../approval.ts';
import type { Remediation } from '../remediation.ts';
import type { Measured } from './chart.ts';
import type { EndReason } from './ending.ts';
import type { Evidence } from './evidence.ts';
import type { LookResult } from './outcome.ts';
import type { Named } from './overview.ts';

/** Where a message is. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** One remediation of an incident with all that was decided and learned. */
export interface Chapter {
  readonly remediation: Remediation;
  /** The oldest first. */
  readonly approvals: readonly Approval[];
  /** Whether it lasted; with `due` alone while that is still to be looked at. What undoes it ends the look before it is due. */
  readonly look?: {
    readonly due: string;
    readonly endedAt?: string;
    readonly result?: LookResult;
    readonly sentence?: string;
  };
  /** Its card. */
  readonly card?: Place;
}

/** An incident from its first signal to its end. Texts of alerts and people in it are untrusted and not redacted. */
export interface Story {
  readonly id: string;
  /** Absent in what is older than the numbers. */
  readonly number?: number;
  readonly title: string;
  /** `cluster/namespace/Kind/name`; absent where nobody has found it. */
  readonly ownerKey?: string;
  /** The name of its cluster, where there are several. */
  readonly cluster?: string;
  readonly beganAt: string;
  readonly closed?: { readonly at: string; readonly why?: EndReason };
  /** How often it was opened again. */
  readonly reopened: number;
  /** Ordered by name. */
  readonly signals: readonly Named[];
  /** Why nothing was proposed for alerts of it, by their names; the first of the reasons. */
  readonly withheld?: readonly { readonly at: string; readonly name: string; readonly reason: string }[];
  /** What was seen when it began. */
  readonly evidence?: Evidence;
  /** What was measured of the hour before. */
  readonly measured?: Measured;
  /** In the order of their numbers; the last ones where there are very many. */
  readonly chapters: readonly Chapter[];
  /** Remediations of it that another version of Firebreak has written, in the order of their numbers. */
  readonly others?: readonly { readonly number: number; readonly state: string; readonly at: string }[];
  /** The message that heads its thread. */
  readonly thread?: Place;
}
