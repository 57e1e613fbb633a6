/** A mutant that no test can notice, because the program does the same. */
export interface Equivalent {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  /** The line on which alone it is so, where its file has the same on others; without the space around it. */
  readonly on?: string;
  readonly why: string;
}

/** Several of one file for one reason; with the line, where it is not so on each. */
const alike = (
  file: string,
  why: string,
  ...all: readonly (readonly [original: string, replacement: string, on?: string])[]
): readonly Equivalent[] =>
  all.map(([original, replacement, on]) => ({
    ...{ file, original, replacement, why },
    ...(on === undefined ? {} : { on }),
  }));

const [conditions, together, ahead, approve, ask, requesters, standing] = [
  'src/workflow/approval/conditions.ts',
  'src/workflow/approval/together.ts',
  'src/workflow/approval/ahead.ts',
  'src/workflow/rights/approve.ts',
  'src/workflow/rights/ask.ts',
  'src/domain/policy/requesters.ts',
  'src/workflow/rights/standing.ts',
] as const;

const room = 'src/stages/evaluate/rules';

/** Of a rule that reads one list of what depends on the target. */
const ofList = (file: string, list: string): readonly Equivalent[] =>
  alike(
    `${room}/${file}.ts`,
    'Where the neighbourhood was not read, the rule is not asked; and of an empty list it says nothing.',
    [`input.facts.neighbourhood?.${list}`, `input.facts.neighbourhood.${list}`],
    [`${list} === undefined`, 'false'],
    [`${list}.length === 0`, 'false'],
    [`${list} === undefined || ${list}.length === 0`, 'false'],
    [`${list} === undefined || ${list}.length === 0`, `${list} === undefined && ${list}.length === 0`],
  );

/** Of the rules, which say nothing of nothing and are asked of what they are about. */
const ofRules: readonly Equivalent[] = [
  ...ofList('availability/lease-holder', 'leases'),
  ...ofList('availability/selected-by-service', 'services'),
  ...ofList('availability/service-endpoints', 'services'),
  ...ofList('control-plane/served-by-pods', 'dependencies'),
  ...ofList('floor/rollout/disruption-budget', 'budgets'),
  ...ofList('floor/rollout/quota', 'quotas'),
  ...[
    'availability/ready-pods',
    'availability/single-replica',
    'data/stored-data',
    'floor/rollout/failing-revision',
    'floor/rollout/running-rollout',
    'floor/rollout/stuck-pods',
  ].flatMap((file) =>
    alike(
      `${room}/${file}.ts`,
      'It is asked of workloads alone, or says nothing of others: only the compiler is told.',
      ['workload === undefined', 'false'],
    ),
  ),
  ...['availability/growth', 'floor/change/ceilings'].flatMap((file) =>
    alike(`${room}/${file}.ts`, 'Of what has neither, neither grows.', [
      'size === undefined && most === undefined',
      'false',
    ]),
  ),
  ...alike(
    `${room}/availability/growth.ts`,
    'A limit grows only where there is one: only the compiler is told.',
    ['most !== undefined', 'true'],
  ),
  ...alike(`${room}/floor/change/consequences.ts`, 'Of none nothing is said.', [
    'effect.consequences.length === 0',
    'false',
  ]),
  ...alike(`${room}/hard/precondition.ts`, 'Of none nothing is said.', ['obstacles.length === 0', 'false']),
  ...alike(`${room}/hard/action-enabled.ts`, 'Of none nothing is said.', [
    '!everywhere && memberships.length === 0',
    'false',
  ]),
  ...alike(`${room}/floor/policy/freezes.ts`, 'Of none nothing is said.', [
    'policy.freezes.length === 0',
    'false',
  ]),
  ...alike(`${room}/floor/policy/unknown-facts.ts`, 'Of none nothing is said.', [
    'input.facts.unknown.length === 0',
    'false',
  ]),
  ...alike(
    `${room}/floor/policy/repeats.ts`,
    'Fewer in all are fewer in vain; and a group has one at least: only the compiler is told.',
    ['actions.length < most', 'false'],
    ['first === undefined', 'false'],
    ["''", '"Stryker was here!"', "if (first === undefined) return '';"],
  ),
  ...alike(
    `${room}/floor/nodes/eviction-budgets.ts`,
    'It is asked of nodes alone; of no pods nothing is said; a text is no budget that covers any, and one is not several.',
    ['nodeOf(input)?.budgets', 'nodeOf(input).budgets'],
    ['pods.length === 0', 'false'],
    ['[]', '["Stryker was here"]', 'const budgets = nodeOf(input)?.budgets ?? [];'],
    [
      '[]',
      '["Stryker was here"]',
      "const twice = pods.filter((pod) => (pod.budgets ?? []).length > 1 && !has(pod, 'pending'));",
    ],
  ),
  ...alike(
    `${room}/floor/nodes/eviction-budgets.ts`,
    'What is under several budgets has a list of them: only the compiler is told.',
    [
      '[]',
      '["Stryker was here"]',
      `const names = (first.budgets ?? []).map((name) => \`PodDisruptionBudget/\${name}\`).join(' and ');`,
    ],
  ),
  ...alike(
    `${room}/control-plane/control-plane-node.ts`,
    'It is asked of nodes alone: only the compiler is told.',
    ['nodeOf(input)?.controlPlane', 'nodeOf(input).controlPlane'],
  ),
  ...alike(
    `${room}/breadth/user-facing.ts`,
    'Where the neighbourhood was not read, it is not asked; of no Services there are no names; the same text is no other.',
    ['dependents === undefined', 'false'],
    ['fewer.length === 0', 'false'],
    ['source < first', 'source <= first'],
    ['services[0]?.name', 'services[0].name'],
  ),
];

const notDenied =
  "if (right === undefined || right.kind === 'allowed' || all.some(({ kind }) => kind === 'allowed'))";

export const equivalents: readonly Equivalent[] = [
  ...ofRules,
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
  ...alike(
    'src/workflow/lasting/pause-end.ts',
    'What is neither back nor to be tried again is theirs: only the compiler is told.',
    [
      "'theirs'",
      '""',
      "if (answer.kind === 'refused' && found.kind === 'touched') return { kind: 'theirs', reason };",
    ],
  ),
  ...alike(
    'src/workflow/lasting/act-now.ts',
    'Why not has been asked before, and says the same of it: only the compiler is told.',
    ["row.state !== 'waiting'", 'false', "if (row.state !== 'waiting') return refused(tooLate(row));"],
    [
      "row.state !== 'waiting'",
      'false',
      "if (why !== undefined || row.state !== 'waiting') return refused(why ?? tooLate(row));",
    ],
    [
      "row.state !== 'waiting'",
      'false',
      "if (why !== undefined || row.state !== 'waiting') return { answer: refused(why ?? tooLate(row)) };",
    ],
    [
      "row.git?.kind !== 'request'",
      'false',
      "if (why !== undefined || row.git?.kind !== 'request') return refused(why ?? tooLate(row));",
    ],
    [
      'row.git?.kind',
      'row.git.kind',
      "if (why !== undefined || row.git?.kind !== 'request') return refused(why ?? tooLate(row));",
    ],
    [
      "row.git?.kind === 'request'",
      'true',
      "const place = row.git?.kind === 'request' ? row.git.place : undefined;",
    ],
    [
      'row.git?.kind',
      'row.git.kind',
      "const place = row.git?.kind === 'request' ? row.git.place : undefined;",
    ],
    ['place?.owner', 'place.owner'],
  ),
  ...alike('src/workflow/lasting/act-now.ts', 'What is not none is a pause: only the compiler is told.', [
    "'pause'",
    '""',
  ]),
  ...alike(
    'src/workflow/lasting/aftermath.ts',
    'What was not begun is not written yet, and that is asked beside it: only the compiler is told.',
    [
      'begun === undefined',
      'false',
      "if (begun === undefined || written === 'not yet') return { aftermath, dueAt: after(now, soon) };",
    ],
    [
      "'not yet'",
      '""',
      "const written = begun === undefined ? 'not yet' : writtenOf(row, begun, aftermath);",
    ],
  ),
  ...alike(
    'src/workflow/lasting/aftermath.ts',
    'Only of what has ended it is said that the cluster has it.',
    [
      "request.step === 'ended'",
      'true',
      "const isApplied = request.step === 'ended' && request.applied === true;",
    ],
  ),
  ...alike(
    'src/workflow/lasting/aftermath.ts',
    'Of two that are due at the same moment either is the earliest; what has ended waits no second.',
    ['pauseDue(pause) < at', 'pauseDue(pause) <= at'],
    [
      "request.step === 'ended'",
      'false',
      "dueAt: earliest(after(now, request.step === 'ended' ? 0 : afterSeconds)),",
    ],
    ["'ended'", '""', "dueAt: earliest(after(now, request.step === 'ended' ? 0 : afterSeconds)),"],
  ),
  ...alike(
    'src/workflow/lasting/whether-written.ts',
    'What is written is none of the other three; what is in doubt has failed: only the compiler is told.',
    ["'yes'", '""', "return 'yes';"],
    ["row.state === 'failed'", 'true', "const endedAt = row.state === 'failed' ? row.endedAt : now;"],
    [
      "row.state === 'failed'",
      'true',
      "return row.state === 'failed' && row.inDoubt === true && isPaused ? 'in doubt' : 'no';",
    ],
  ),
  ...alike(
    'src/workflow/lasting/whether-written.ts',
    'Of the parts only the calls are asked for, whatever was answered.',
    ['[]', '["Stryker was here"]', 'for (const { calls } of planParts(row, [])) {'],
  ),
  ...alike(
    'src/workflow/lasting/request-moves.ts',
    'What is being opened waits for nothing and has no address yet: only the compiler is told.',
    ["row.request.step === 'opening'", 'false'],
    ["request.step === 'opening'", 'false'],
    ["'opening'", '""', "const before = row.request.step === 'opening' ? undefined : row.request.waitsFor;"],
    [
      "'opening'",
      '""',
      "const wordOf = ({ request }: Open) => requestWord(request.step === 'opening' ? undefined : request.url);",
    ],
  ),
  ...alike(
    'src/workflow/lasting/git-change.ts',
    'Of no objects every one has none; where none has a place fewer have one than there are: only the compiler is told.',
    ['first === undefined', 'false'],
    ['head === undefined', 'false'],
  ),
];
