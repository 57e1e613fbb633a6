import fc, { type RunDetails } from 'fast-check';

/*
 * A property has so many milliseconds for each mutant. What it then has not found is for a table of cases to notice. Of
 * one that had no time for a single case, which fast-check lets fail, nothing is known: it must not count as noticed.
 */
const report = (details: RunDetails<unknown>): void => {
  const isUntried = details.interrupted && details.numRuns === 0 && details.counterexample === null;
  if (details.failed && !isUntried) throw new Error(fc.defaultReportMessage(details));
};
fc.configureGlobal({ interruptAfterTimeLimit: 50, reporter: report });
