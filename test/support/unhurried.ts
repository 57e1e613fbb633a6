/**
 * For `createCluster` where a test is about what is seen and not about how fast: on a machine that does many things at
 * once the three seconds of a look are over too soon, and what was not read raises the tier.
 */
export const unhurried = { gatherMs: 300_000 } as const;
