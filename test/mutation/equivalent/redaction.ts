import { alike, type Equivalent } from './equivalent.ts';

const [addresses, assignments, commands, encoded, manifests, privateKeys] = [
  'src/domain/text/secrets/addresses.ts',
  'src/domain/text/secrets/assignments.ts',
  'src/domain/text/secrets/commands.ts',
  'src/domain/text/secrets/encoded.ts',
  'src/domain/text/secrets/manifests.ts',
  'src/domain/text/secrets/private-keys.ts',
] as const;

/** Of secrets in text. */
export const ofRedaction: readonly Equivalent[] = [
  ...alike(addresses, 'The colon of the next scheme, or the end of the text, belongs to no password.', [
    'at < latest',
    'at <= latest',
  ]),
  ...alike(addresses, 'Where there is an @ it matches from the first character: only the time is saved.', [
    '/^([^:]*)(?::(.*))?@/s',
    '/([^:]*)(?::(.*))?@/s',
  ]),
  ...alike(addresses, 'Who is named may be nobody, but is there: only the compiler is told.', [
    "''",
    '"Stryker was here!"',
    "const { 0: whole, 1: user = '', 2: password = '' } = found;",
  ]),
  ...alike(assignments, 'What is asked next needs such a character, too: only the time is saved.', [
    '!isOf(beforeValues, codes, end)',
    'false',
  ]),
  ...alike(assignments, 'Where there is no value none is returned, whatever is said of it.', [
    'value !== undefined',
    'true',
    'return value !== undefined && isSecret(text, { name, separator, ...value }) ? value : undefined;',
  ]),
  ...alike(assignments, 'One of the three is there: only the compiler is told.', [
    "''",
    '"Stryker was here!"',
    "const name = names(spaced ?? tight ?? attribute ?? '');",
  ]),
  ...alike(
    commands,
    'What is found once more in the same line lies in what was found, and nobody begins at the end of a line.',
    ['index > end', 'true'],
    ['index > end', 'index >= end'],
    ['seen.has(flag)', 'false'],
    ['seen.add(flag);', ';'],
    ['known.set(name, flags);', ';'],
  ),
  ...alike(
    encoded,
    'What two parts say is kept apart by characters that are of no secret.',
    [
      '(secrets[next]?.end ?? Number.POSITIVE_INFINITY) <= said.start',
      '(secrets[next]?.end ?? Number.POSITIVE_INFINITY) < said.start',
    ],
    [
      '(secrets[next]?.start ?? Number.POSITIVE_INFINITY) < said.end',
      '(secrets[next]?.start ?? Number.POSITIVE_INFINITY) <= said.end',
    ],
  ),
  ...alike(encoded, 'Three characters are said at a time, and never exactly so many.', [
    'to - from < judged',
    'to - from <= judged',
  ]),
  ...alike(manifests, 'What would begin exactly where a map ends has no values.', [
    'from < seen',
    'from <= seen',
  ]),
  ...alike(manifests, 'Behind the last character there is an empty line, which has no value.', [
    'at < text.length',
    'at <= text.length',
  ]),
  ...alike(
    privateKeys,
    'The further lines of a block are a part of it, and what follows its last sign begins none.',
    ['start < seen', 'false'],
    ['start < seen', 'start <= seen'],
  ),
];
