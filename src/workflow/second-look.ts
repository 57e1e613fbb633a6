import type { Notice } from '../domain/incidents/notice.ts';
import type { Earned, LookResult } from '../domain/incidents/outcome.ts';

/**
 * What a second look came to. `looks`: how many there were before; `again`: nothing can be said yet; `elsewhere`: it is of
 * another cluster, and was no look.
 */
export interface SecondLook {
  readonly looks: number;
  readonly found:
    | { readonly kind: 'again' | 'elsewhere'; readonly at: string }
    | {
        readonly kind: 'ended';
        readonly result: LookResult;
        readonly sentence: string;
        /** Who undid it. */
        readonly by?: string;
        readonly notice: Extract<Notice, { kind: 'reply' }>;
        /** Whose trust it moves. */
        readonly earned?: Earned;
      };
}
