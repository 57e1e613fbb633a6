import { alike, type Equivalent } from './equivalent.ts';

const [conditions, together, ahead, approve, ask, requesters, standing] = [
  'src/workflow/approval/conditions.ts',
  'src/workflow/approval/together.ts',
  'src/workflow/approval/ahead.ts',
  'src/workflow/rights/approve.ts',
  'src/workflow/rights/ask.ts',
  'src/domain/policy/requesters.ts',
  'src/workflow/rights/standing.ts',
] as const;

const notDenied =
  "if (right === undefined || right.kind === 'allowed' || all.some(({ kind }) => kind === 'allowed'))";

/** Of who may approve and ask, and of votes. */
export const ofApproval: readonly Equivalent[] = [
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
  ...alike(together, 'What is no list is told without one.', [
    "listed.together.kind === 'list'",
    'true',
    "if (listed.together.kind === 'list') seen.list = listed;",
  ]),
  ...alike(
    together,
    'Whoever may approve and whoever may ask are asked with other questions: no two are the same text.',
    ["'approve'", '""', "mayApprove: (...of) => once(['approve', ...of], () => people.mayApprove(...of)),"],
    ["'ask'", '""', "mayAsk: (...of) => once(['ask', ...of], () => people.mayAsk(...of)),"],
  ),
  ...alike(
    together,
    'The first is one of all, which are asked as well: only the compiler is told.',
    ["right.kind === 'allowed'", 'false', notDenied],
    ["'allowed'", '""', notDenied],
  ),
  ...alike(together, 'What has no digest does not wait, and no vote on it counts.', [
    "''",
    '"Stryker was here!"',
    "digest: 'digest' in row ? (row.digest ?? '') : '',",
  ]),
  ...alike(
    together,
    'What is undefined is left out where it is stored and told, as what is not there.',
    ['reason === undefined', 'false'],
    ['namespace === undefined', 'false'],
    [
      "requestedBy.kind === 'playbook'",
      'true',
      "...(requestedBy.kind === 'playbook' ? { playbook: requestedBy.playbook } : {}),",
    ],
  ),
  ...alike(
    together,
    'An approval that counts has a move, and a move of a vote an approval: only the compiler is told.',
    [
      'approval === undefined || transition === undefined',
      'approval === undefined && transition === undefined',
    ],
    ['approval === undefined', 'false'],
    ['transition === undefined', 'false'],
  ),
  ...alike(
    ahead,
    'An approval that counts has a move, and the last of them lets it go: only the compiler is told.',
    ['approval === undefined || approved === undefined', 'approval === undefined && approved === undefined'],
    ['approval === undefined', 'false'],
    ['approved === undefined', 'false'],
    ["next.state !== 'approved'", 'false'],
  ),
  ...alike(ahead, 'What could not be gathered does not pass the gate either.', [
    "gathered.kind !== 'members'",
    'false',
  ]),
  ...alike(
    ahead,
    'A signal is given once.',
    ['{ once: true }', '{}'],
    ['true', 'false', "signal.addEventListener('abort', () => resolve(undefined), { once: true });"],
  ),
];
