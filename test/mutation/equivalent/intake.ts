import { alike, type Equivalent } from './equivalent.ts';

/** Of what reads what was typed. */
export const ofIntake: readonly Equivalent[] = [
  ...alike(
    'src/stages/intake/grammar/shared-flags.ts',
    'Whatever is no switch takes the next word: only the compiler is told.',
    ["'value'", '""'],
  ),
  ...alike(
    'src/stages/intake/grammar/dashes.ts',
    'Where the pattern matches there are dashes and a name: only the compiler is told.',
    ["''", '"Stryker was here!"'],
  ),
  ...alike(
    'src/stages/intake/grammar/pasted.ts',
    'No text ends with that, as none ends with a mark that is not there.',
    ["''", '"Stryker was here!"', "const found = [...withoutEnd(text, ''), ...withoutStart(text)];"],
  ),
  ...alike('src/stages/intake/grammar/target.ts', 'No flag is called undefined: only the compiler is told.', [
    'flag !== undefined',
    'true',
  ]),
  ...alike(
    'src/stages/intake/grammar/typed-commands.ts',
    'Commands with the same words are at least one: only the compiler is told.',
    ['first === undefined', 'false'],
    [
      '[]',
      '["Stryker was here"]',
      '([name, [first, ...others]]) => (first === undefined ? [] : [typedCommand(name, first, others)]),',
    ],
  ),
  ...alike(
    'src/stages/intake/grammar/typed-commands.ts',
    'Of commands with the same words each takes one kind.',
    ['kinds.some((each) => each === kind)', 'kinds.every(each => each === kind)'],
  ),
  ...alike(
    'src/stages/intake/grammar/typed-commands.ts',
    'Nothing is kept for a kind called undefined: only the compiler is told.',
    ['kind === undefined', 'false'],
  ),
  ...alike(
    'src/stages/intake/grammar/verbs.ts',
    'Nothing is kept for a kind called undefined: only the compiler is told.',
    ['kind === undefined', 'false'],
  ),
  ...alike('src/stages/intake/grammar/verbs.ts', 'Every verb has a first word: only the compiler is told.', [
    "''",
    '"Stryker was here!"',
    "const sets = [...Map.groupBy(verbs, ([first = '']) => first)].map(([first, all]) =>",
  ]),
  ...alike(
    'src/stages/intake/since.ts',
    'Where there is a count there is one of the units: only the compiler is told.',
    ['[]', '["Stryker was here"]'],
    [
      "count !== undefined && (unit === 'h' || unit === 'd' || unit === 'w')",
      "count !== undefined || unit === 'h' || unit === 'd' || unit === 'w'",
    ],
    ['count !== undefined', 'true'],
    ["unit === 'h' || unit === 'd' || unit === 'w'", 'true'],
  ),
  ...alike('src/stages/intake/since.ts', 'An instant does not begin with what stands before the year.', [
    '/^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2})?Z)?$/',
    '/\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2})?Z)?$/',
  ]),
  ...alike(
    'src/stages/intake/reason.ts',
    'Behind the end of the text there is no separator and no quote.',
    ['at < text.length', 'at <= text.length'],
    ["' '", '""'],
  ),
  ...alike(
    'src/stages/intake/looking-back.ts',
    'It stands for a word that is not there, and is no number; a word is always there where it is looked at.',
    ["''", '"Stryker was here!"'],
  ),
  ...alike('src/stages/intake/looking-back.ts', 'What has no kind is passed over.', [
    '[]',
    '["Stryker was here"]',
    'const all: Said[] = [];',
  ]),
  ...alike('src/stages/intake/looking-back.ts', 'Nothing comes after it: only the linter is told.', [
    'default:\n      return undefined;',
    'default:',
  ]),
];
