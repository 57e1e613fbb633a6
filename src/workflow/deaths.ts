/**
 * Processes that one step may take with it, in a row: those that die around it, whatever else they did, are not counted (see
 * Wake). Whatever it is about the step that ends them (memory, a fault in the runtime), it would otherwise end every replica
 * in turn, and nothing else would be done.
 */
export const mostDeaths = 5;

/** What is said of a step that is given up because processes died of it. */
export const deadlySentence = (deaths: number): string =>
  `Firebreak gave up: ${deaths} of its processes died at this step. Their logs say why.`;
