import type { Taint } from './facts/node.ts';

/** What `kubectl drain` is told about pods that it would otherwise not evict. */
export interface DrainFlags {
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDirData: boolean;
  readonly force: boolean;
}

/** How pods are made to leave their node: each is evicted, within its budgets, or deleted under a NoExecute taint. */
export type Departure =
  | ({ readonly by: 'eviction' } & DrainFlags)
  | { readonly by: 'taints'; readonly taints: readonly Taint[] };
