import type { Chart } from '../../domain/incidents/chart.ts';

/** Where metrics are kept. */
export interface Measures {
  /**
   * What an owner (`cluster/namespace/Kind/name`) was like in the hour before an instant; what was not answered is named with
   * the reason. Never throws but when the signal aborts.
   */
  before(
    ownerKey: string,
    at: string,
    signal: AbortSignal,
  ): Promise<{ readonly charts: readonly Chart[]; readonly missing: readonly string[] }>;
}
