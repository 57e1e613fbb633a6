import fc from 'fast-check';

/* A property has so many milliseconds for each mutant. What it then has not found is for a table of cases to notice. */
fc.configureGlobal({ interruptAfterTimeLimit: 50 });
