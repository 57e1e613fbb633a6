/**
 * For `createCluster` where a test is about what is seen and not about how fast: on a machine that does many things at
 * once the time for a look and for a request is over too soon, and what was not read raises the tier.
 */
export const unhurried = { gatherMs: 300_000, deadlineMs: 60_000 } as const;
