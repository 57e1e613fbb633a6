import { alike, type Equivalent } from './equivalent.ts';

/** Of the audit chain. */
export const ofAudit: readonly Equivalent[] = [
  ...alike(
    'src/adapters/postgres/audit/anchor-file.ts',
    'What was split has a last part, and no head is missing where none is wrong: only the compiler is told.',
    [
      "''",
      '"Stryker was here!"',
      "const anchorIn = (line: string): Head | undefined => readHead(line.split(' ').at(-1) ?? '');",
    ],
    ['found.filter((each) => each !== undefined)', 'found'],
    ['each !== undefined', 'true'],
    ['line === undefined', 'false'],
  ),
  ...alike(
    'src/adapters/postgres/audit/anchor-file.ts',
    'An empty line has no head either.',
    ["line === undefined || line === ''", 'false'],
    ["line === undefined || line === ''", "line === undefined && line === ''"],
    ["line === ''", 'false'],
    ["''", '"Stryker was here!"', "return line === undefined || line === '' ? undefined : anchorIn(line);"],
  ),
  ...alike('src/adapters/postgres/audit/anchor-file.ts', 'To append nothing changes nothing.', [
    'anchors.length === 0',
    'false',
  ]),
  ...alike(
    'src/adapters/postgres/audit/anchor-file.ts',
    'Only what was read is looked at, wherever there is room for more.',
    ['size - at', 'size + at'],
  ),
  ...alike(
    'src/adapters/postgres/audit/anchor-file.ts',
    'A file that is cut where it ends stays what it is.',
    ['whole.length < text.length', 'true'],
    ['whole.length < text.length', 'whole.length <= text.length'],
  ),
  ...alike(
    'src/adapters/postgres/audit/audit.ts',
    'What is read behind the last line is nothing, and is not looked at.',
    ['to < end', 'true'],
    ['to < end', 'to <= end'],
  ),
  ...alike(
    'src/adapters/postgres/audit/audit.ts',
    'What is asked for the greatest has an answer: only the compiler is told.',
    ['newest?.seq', 'newest.seq'],
  ),
];
