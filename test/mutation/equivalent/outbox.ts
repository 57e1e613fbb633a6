import { alike, type Equivalent } from './equivalent.ts';

/** Of the messages to Slack that are kept until they are sent. */
export const ofOutbox: readonly Equivalent[] = alike(
  'src/adapters/postgres/outbox/due.ts',
  'An aggregate over everything has one row always: only the compiler is told.',
  ['found?.seconds', 'found.seconds'],
  ['found?.double_seconds', 'found.double_seconds'],
);
