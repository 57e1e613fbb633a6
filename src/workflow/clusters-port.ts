import type { Cluster } from './ports.ts';

/** The clusters that one Firebreak acts on. */
export interface Clusters {
  /** The first is the default. */
  readonly all: readonly [Cluster, ...Cluster[]];
  /**
   * Takes a place among the steps that may be under way at a cluster, so that one that answers slowly or not at all does not
   * take those of the others. Answers how to give it back; undefined while all are taken.
   */
  enter(name: string): (() => void) | undefined;
}
