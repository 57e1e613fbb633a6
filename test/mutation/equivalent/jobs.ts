import { alike, type Equivalent } from './equivalent.ts';

/** Of the queue, and of who runs what is in it. */
export const ofJobs: readonly Equivalent[] = [
  ...alike(
    'src/adapters/postgres/jobs/deaths.ts',
    'An aggregate over everything has one row always: only the compiler is told.',
    ['{ in_a_row: 1, in_all: 1 }', '{}'],
  ),
  ...alike(
    'src/adapters/postgres/jobs/jobs.ts',
    'Only that a process stops in the middle of a step is asked for.',
    [
      "'stops before it'",
      '""',
      "if (stopping.signal.aborted) await leaveOne(options, taken, 'stops before it');",
    ],
  ),
];
