import { alike, type Equivalent } from './equivalent.ts';

/** Of the messages to Slack that are kept until they are sent. */
export const ofOutbox: readonly Equivalent[] = [
  ...alike(
    'src/adapters/postgres/outbox/due.ts',
    'An aggregate over everything has one row always: only the compiler is told.',
    ['found?.seconds', 'found.seconds'],
    ['found?.double_seconds', 'found.double_seconds'],
  ),
  ...alike(
    'src/adapters/postgres/outbox/parts.ts',
    'An aggregate over everything has one row always: only the compiler is told.',
    ['{ parts: 0, short: false, pending: false }', '{}'],
    ['false', 'true', 'return found ?? { parts: 0, short: false, pending: false };'],
  ),
  ...alike(
    'src/adapters/postgres/outbox/messages.ts',
    'Of no incident the statements find nothing, and change nothing.',
    ['resolved.length === 0', 'false'],
  ),
  ...alike(
    'src/adapters/postgres/outbox/routes.ts',
    'A candidate without a channel is the usual one, as none is.',
    ['[]', '["Stryker was here"]', 'const candidates = route?.(place) ?? [];'],
  ),
  ...alike('src/adapters/postgres/outbox/routes.ts', 'Without a first there are no others.', [
    'only === undefined',
    'false',
  ]),
  ...alike(
    'src/adapters/postgres/outbox/outbox.ts',
    'A signal is given up once, and the listener is taken off when the wait is over.',
    ['{ once: true }', '{}'],
    ['true', 'false', "signal.addEventListener('abort', wake, { once: true });"],
  ),
  ...alike(
    'src/adapters/postgres/outbox/outbox.ts',
    'Both columns are in every row that the statement answers: only the compiler is told.',
    ['{ id: z.string(), uncertain: z.boolean() }', '{}'],
  ),
  ...alike('src/adapters/postgres/outbox/outbox.ts', 'The statement takes cards only.', [
    "notice.kind !== 'card'",
    'false',
    "if (notice.kind !== 'card' || threadTs === undefined) return false;",
  ]),
  ...alike(
    'src/adapters/postgres/outbox/outbox.ts',
    'Where it has turned the message it begins its attempts anew, and where it has not the message was posted: what follows finds no message with these attempts that is not posted.',
    ['turned > 0', 'true'],
    ['turned > 0', 'false'],
    ['turned > 0', 'turned >= 0'],
    ['turned > 0', 'turned <= 0'],
  ),
];
