/** A line of /remediate status and history. */
export interface Summary {
  readonly number: number;
  readonly id: string;
  /** One of ours, or of a newer version's. */
  readonly state: string;
  readonly command: string;
  readonly tier?: string;
  readonly score?: number;
  readonly verdict?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The name of the cluster that it is for, where that is another than the one at hand. */
  readonly elsewhere?: string;
}
