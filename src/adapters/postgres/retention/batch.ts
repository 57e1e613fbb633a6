import type { Retention } from '../../../domain/policy/retention.ts';
import type { Sha256 } from '../../../workflow/ports.ts';
import type { Transaction } from '../transaction.ts';

/** The instant before which each group goes; ISO 8601. */
export type Before = Readonly<Record<keyof Retention, string>>;

/** What a batch is to know. */
export interface Old {
  readonly before: Before;
  readonly now: string;
  readonly sha256: Sha256;
  /** How many lines make a checkpoint worth while. */
  readonly leastLines: number;
  /** Where the batch before this one ended. */
  readonly after: string | undefined;
}

/** One transaction's worth of one table. `next`: where the next goes on; absent when there is no more. */
export type Batch = (
  trx: Transaction,
  old: Old,
) => Promise<{ readonly deleted: number; readonly next?: string }>;
