/** A mutant that no test can notice, because the program does the same. */
export interface Equivalent {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  readonly why: string;
}

/** Several of one file for one reason. */
const alike = (
  file: string,
  why: string,
  ...all: readonly (readonly [original: string, replacement: string])[]
): readonly Equivalent[] => all.map(([original, replacement]) => ({ file, original, replacement, why }));

const [conditions, approve, ask, requesters, standing] = [
  'src/workflow/approval/conditions.ts',
  'src/workflow/rights/approve.ts',
  'src/workflow/rights/ask.ts',
  'src/domain/policy/requesters.ts',
  'src/workflow/rights/standing.ts',
] as const;

export const equivalents: readonly Equivalent[] = [
  ...alike(conditions, 'Of nothing that is open nothing is read, and nothing of it is broken.', [
    'open.length === 0',
    'false',
  ]),
  ...alike(conditions, 'What has a subject is there: only the compiler is told.', [
    'member?.facts',
    'member.facts',
  ]),
  ...alike(requesters, 'A text in the place of a list of people names nobody.', [
    '[]',
    '["Stryker was here"]',
  ]),
  ...alike(
    requesters,
    'Whoever is undefined lets everybody ask, which was answered before.',
    ['each?.users', 'each.users'],
    ['each?.groups', 'each.groups'],
  ),
  ...alike(
    approve,
    'Who is allowed anything has been answered: only the compiler is told.',
    [
      "looked.map(({ right }) => right).filter((right) => right.kind !== 'allowed')",
      'looked.map(({ right }) => right)',
    ],
    ["right.kind !== 'allowed'", 'true'],
    ["'allowed'", '""'],
  ),
  ...alike(
    approve,
    'There are two groups always, so that one of them has refused: only the compiler is told.',
    ["{ kind: 'refused', reason: 'The policy names nobody who may approve this.' }", '{}'],
    ["'refused'", '""'],
    ["'The policy names nobody who may approve this.'", '""'],
  ),
  ...alike(
    ask,
    'There is one answer at least, because the policy itself always says who may ask.',
    ["{ kind: 'refused', reason: 'The policy names nobody who may ask for this.' }", '{}'],
    ["'refused'", '""'],
    ["'The policy names nobody who may ask for this.'", '""'],
  ),
  ...alike(ask, 'A text is no fact that could not be read.', ['[]', '["Stryker was here"]']),
  ...alike(ask, 'Undefined is no channel of any list.', ['channel !== undefined', 'true']),
  ...alike(ask, 'Only a right that is allowed has an age.', ["right.kind === 'allowed'", 'true']),
  ...alike(standing, 'The age of what has no time is no number, and none is current.', [
    'checked === undefined',
    'false',
  ]),
  ...alike('src/stages/decide/decide.ts', 'A role can only be lacking where roles are asked for.', [
    '[]',
    '["Stryker was here"]',
  ]),
  ...alike(
    'src/stages/decide/together.ts',
    'Of what is included there is one at least, and so is a playbook.',
    ["''", '"Stryker was here!"'],
  ),
  ...alike(
    'src/domain/policy/channels.ts',
    'What has no namespace is in no list, and surely in no environment: only the compiler is told.',
    ['namespace === undefined', 'false'],
  ),
  {
    file: 'src/adapters/slack/limits.ts',
    original: "''",
    replacement: '"Stryker was here!"',
    why: 'What is no JSON is far smaller than a view may be, whichever text stands for it.',
  },
  {
    file: 'src/adapters/slack/limits.ts',
    original: "case 'header':\n      return each.text.text.length;",
    replacement: "case 'header':",
    why: 'The case after it counts the same: a header has a text, and no fields.',
  },
];
