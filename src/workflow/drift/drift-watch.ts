import type { Notice } from '../../domain/incidents/notice.ts';
import type { Earned } from '../../domain/incidents/outcome.ts';
import type { Remediation } from '../../domain/remediation.ts';
import type { Claim, Committed } from '../wake.ts';

/** How a watch over a verified change stands: how often it was looked, until when it is, and the drift that was told last. */
export interface DriftWatch {
  readonly looks: number;
  readonly until: string;
  readonly told: string | undefined;
}

/**
 * What a look for drift came to. `looks`: how many there were before. `again`: what was told before still counts, or nothing is
 * to be told; `told`: the drift that stands told now, undefined where all is as it was verified. `over`: nothing is looked for
 * any more.
 */
export interface DriftLook {
  readonly looks: number;
  readonly found:
    | { readonly kind: 'again'; readonly at: string; readonly told: string | undefined }
    /** It is of another cluster, and was no look. */
    | { readonly kind: 'elsewhere'; readonly at: string }
    | { readonly kind: 'over' }
    /** Nothing is looked for any more, and people are told why. */
    | {
        readonly kind: 'given up';
        readonly sentence: string;
        readonly notice: Extract<Notice, { kind: 'reply' }>;
      }
    | ToldDrift;
}

/** A drift that nobody has been told of. */
export interface ToldDrift {
  readonly kind: 'told';
  /** When it is looked again; undefined: not any more. */
  readonly at: string | undefined;
  readonly told: string;
  /** What it means for whether the change lasted. */
  readonly result: 'undone' | 'replaced';
  readonly sentence: string;
  /** Who changed it. */
  readonly by?: string;
  readonly notice: Extract<Notice, { kind: 'reply' }>;
  /** Whose trust it moves. */
  readonly earned?: Earned;
}

/** What is stored of watches over verified changes. */
export interface DriftWatches {
  /** How a watch stands; undefined where it is over or was never wanted. */
  driftWatch(remediationId: string): Promise<DriftWatch | undefined>;
  /** Commits what a look for drift came to: the line in the log, the word in the thread, what it means for the second look. */
  settleDrift(row: Remediation, look: DriftLook, claim?: Claim): Promise<Committed>;
}
