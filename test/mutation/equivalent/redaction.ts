import { alike, type Equivalent } from './equivalent.ts';

const [redact, secretName, secretNames, shapeFinder, span] = [
  'src/domain/text/redact.ts',
  'src/domain/text/secret-name.ts',
  'src/domain/text/secrets/secret-names.ts',
  'src/domain/text/secrets/shape-finder.ts',
  'src/domain/text/secrets/span.ts',
] as const;

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
  ...alike(redact, 'What a look has not changed the next does not change: only the time is saved.', [
    'next === now',
    'false',
  ]),
  ...alike(redact, 'In less than four characters no secret is found: only the time is saved.', [
    'text.length < shortest',
    'false',
  ]),
  ...alike(secretName, 'A name without a word says nothing, and neither does what no name has for a word.', [
    "''",
    '"Stryker was here!"',
    "const last = parts.at(-1) ?? '';",
  ]),
  ...alike(secretNames, 'What is worked out anew is the same: only the time is saved.', [
    '!known.has(name)',
    'true',
  ]),
  ...alike(secretNames, 'What has none of the hints has no word of a secret: only the time is saved.', [
    '!candidate.test(name)',
    'false',
  ]),
  ...alike(secretNames, 'The word is there: only the compiler is told.', [
    "''",
    '"Stryker was here!"',
    "const [word = '', ...rest] = words.slice(at);",
  ]),
  ...alike(secretNames, 'It is asked whether it is a token or a header, and of nothing else.', [
    "'password'",
    '""',
    "return isPassword(word) ? 'password' : 'token';",
  ]),
  ...alike(span, 'The second group is there: only the compiler is told.', [
    "''",
    '"Stryker was here!"',
    "spans.push({ start: end - (match[2] ?? '').length, end, name });",
  ]),
  ...alike(
    shapeFinder,
    'What is tried where no shape can begin matches nothing there: only the time is saved.',
    ['at < text.length', 'at <= text.length'],
    ['one < 128 && two < 128', 'true'],
    ['one < 128 && two < 128', 'one < 128 || two < 128'],
    ['one < 128', 'true'],
    ['one < 128', 'one <= 128'],
    ['two < 128', 'true'],
    ['two < 128', 'two <= 128'],
    ['[undefined]', '[]'],
    ["[['', 0]]", '[]'],
    ["['', 0]", '[]'],
    ["''", '"Stryker was here!"', "const numbers = new Map([['', 0]]);"],
    ['numbers.set(key, number);', ';'],
    ["beginning(shape)[2] ?? '.'", "beginning(shape)[2] && '.'"],
  ),
  ...alike(
    shapeFinder,
    'Where no character is read none of the rest is asked for.',
    ["''", '"Stryker was here!"', "const [whole = '', one, times = '1'] = first.exec(shape) ?? [];"],
    ['[]', '["Stryker was here"]', "const [whole = '', one, times = '1'] = first.exec(shape) ?? [];"],
  ),
  ...alike(
    shapeFinder,
    'Of each shape the place, its characters and their codes are there: only the compiler is told.',
    [
      '[]',
      '["Stryker was here"]',
      'const number = numbers.get(key) ?? all.push(triedOf(indices.flatMap((index) => known[index] ?? []))) - 1;',
    ],
    [
      '[]',
      '["Stryker was here"]',
      'const [ones = [], twos = []] = beginning(shape, 2).map((kind) => codesLike(kind));',
    ],
    [
      'atPair[one * 128 + two]?.push',
      'atPair[one * 128 + two].push',
      'for (const one of ones) for (const two of twos) atPair[one * 128 + two]?.push(index);',
    ],
    ["'.'", '""', "const thirds = shapes.map(({ shape }) => beginning(shape)[2] ?? '.');"],
  ),
];
