import type { Notice } from '../domain/incidents/notice.ts';
import type { Delivered } from './ports.ts';

/** One message to be sent or brought up to date. */
export interface Delivery {
  readonly id: string;
  readonly key: string;
  readonly channel: string;
  readonly notice: Notice;
  /** Timestamp of the thread's root message, for replies. */
  readonly threadTs?: string;
  /** Timestamp of the message itself once posted; then an update is wanted. */
  readonly ts?: string;
  /** True when an earlier attempt may have posted it. */
  readonly uncertain: boolean;
  readonly createdAt: string;
  readonly attempts: number;
  /** Which revision of the content this delivery brings. */
  readonly revision: number;
}

/** A message of which there is a copy, at `copy`, or may be one. `kept` is the message itself: never what is deleted. */
export interface Double {
  readonly id: string;
  readonly key: string;
  readonly channel: string;
  readonly copy?: string;
  readonly kept: string;
  readonly threadTs?: string;
  readonly createdAt: string;
}

/** What became of it: deleted, looked for with what was found, or to be tried again. */
export type DoubleSettled =
  | { readonly kind: 'removed' }
  | { readonly kind: 'looked'; readonly copies: readonly string[] }
  | { readonly kind: 'later'; readonly afterSeconds: number };

/** The transactional outbox. A delivery is leased, sent, then settled; a lease that runs out is given again. */
export interface Outbox {
  /** The due deliveries, at most one for each channel and message; replies only once their root has a timestamp. */
  lease(limit: number): Promise<readonly Delivery[]>;
  /** Marks, before sending, that a post is about to be made, so that a crash leaves a trace. */
  markSending(delivery: Delivery): Promise<void>;
  settle(delivery: Delivery, outcome: Delivered): Promise<void>;
  /** Copies of messages that are to be deleted or looked for now; each is given again until it is settled. */
  doubles(limit: number): Promise<readonly Double[]>;
  settleDouble(double: Double, settled: DoubleSettled): Promise<void>;
  /** Resolves when something new is in the outbox, or after `seconds`. */
  wait(seconds: number, signal: AbortSignal): Promise<void>;
}
