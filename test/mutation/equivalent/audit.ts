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
    'src/adapters/postgres/audit/chain.ts',
    'A text that is a head has both, and another has neither: only the compiler is told.',
    ['[]', '["Stryker was here"]'],
    ['seq === undefined || hash === undefined', 'seq === undefined && hash === undefined'],
    ['seq === undefined', 'false'],
    ['hash === undefined', 'false'],
  ),
  ...alike(
    'src/adapters/postgres/audit/chain.ts',
    'What has nothing special in it is written the same as JSON, which takes twice the time.',
    ['value === null || special.test(value)', 'true'],
  ),
  ...alike('src/adapters/postgres/audit/checkpoint.ts', 'Nothing is no head: only the compiler is told.', [
    'line.from === null',
    'false',
  ]),
  ...alike(
    'src/adapters/postgres/audit/line.ts',
    'A plain line is read the same as the JSON that it is, which takes five times as long.',
    ['found === null', 'true'],
  ),
  ...alike(
    'src/adapters/postgres/audit/line.ts',
    'What the expression takes has all parts and a kind that is known, and the database answers: only the compiler is told.',
    ["''", '"Stryker was here!"'],
    ['named === undefined', 'false'],
    ['found?.text', 'found.text'],
    ['{\n    return undefined;\n  }', '{}'],
  ),
  ...alike(
    'src/adapters/postgres/audit/proposals.ts',
    'What is as it is said to be is there, and so is the oldest of any and the key of each: only the compiler is told.',
    ['proposals.get(number)?.state', 'proposals.get(number).state'],
    ['oldest?.at', 'oldest.at'],
    ["''", '"Stryker was here!"'],
  ),
  ...alike(
    'src/adapters/postgres/audit/records.ts',
    'A key has its parts; that of a policy names nobody, and nobody is told of it.',
    ["''", '"Stryker was here!"', "const [what = '', of = '', by = ''] = key.split(' ');"],
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
