import type { Approval } from '../domain/approval.ts';
import type { EndReason } from '../domain/incidents/ending.ts';
import type { Named, Signals, Step } from '../domain/incidents/overview.ts';
import type { SilenceShown } from '../domain/incidents/silence.ts';
import type { Stop } from '../domain/incidents/stop.ts';
import type { Remediation } from '../domain/remediation.ts';
import type { Piece, PieceName } from '../stages/show/pieces.ts';

/** What an approval is about, each piece whole; those that the card has room for, and how many messages hold the others. */
export interface Shown {
  readonly pieces: readonly Piece[];
  readonly onCard: readonly PieceName[];
  readonly parts: number;
  /** Whether all of it has been put before people, and they are waited for. */
  readonly approvable: boolean;
}

/**
 * `parts`: how many are there; `refused`: why one never will be; `short`: the card is not in its full form. `pending`: the
 * card itself is still to be posted; `at`: when the last of what is there was, where it is known.
 */
export interface Posted {
  readonly parts: number;
  readonly pending: boolean;
  readonly at?: string;
  readonly refused?: string;
  readonly short: boolean;
}

/** How an incident is on its way to its end: closed, over and to be closed, healthy although an alert fires, or neither. */
export type ShownEnding =
  | { readonly kind: 'closed'; readonly at: string; readonly why?: EndReason }
  | { readonly kind: 'quiet'; readonly minutes: number }
  | { readonly kind: 'healthy'; readonly since: string; readonly minutes: number }
  | { readonly kind: 'open' };

/** What the message that heads an incident's thread says of the incident besides its own. */
export interface Headed {
  readonly signals?: Signals;
  /** Each name with how often it came, and how many of those still fire. */
  readonly names: readonly Named[];
  /** The remediation that the incident is about now, where the message is not that one's card. */
  readonly now?: {
    readonly remediation: Remediation;
    readonly approvals: readonly Approval[];
    /** See Content. */
    readonly cluster?: string;
    readonly shown?: Shown;
    /** See Content. */
    readonly silence?: SilenceShown | 'possible';
    /** See Content. */
    readonly stopped?: Stop;
  };
  /** Of the incident, by which people ask for it; absent in what is older than the numbers. */
  readonly number?: number;
  readonly reopened: number;
  readonly ending: ShownEnding;
  /** The remediation on which nobody has decided in time, where something still fires and nothing else is under way. */
  readonly unanswered?: number;
  readonly alsoOpen: readonly Open[];
}

/** Another remediation of the incident that is not over. */
export type Open = Pick<Step, 'number' | 'state'>;
