import { alike, type Equivalent } from './equivalent.ts';

/** Of what makes a change last. */
export const ofLasting: readonly Equivalent[] = [
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
    'What is being opened waits for nothing: only the compiler is told.',
    ["row.request.step === 'opening'", 'false'],
    ["'opening'", '""', "const before = row.request.step === 'opening' ? undefined : row.request.waitsFor;"],
  ),
  ...alike(
    'src/domain/manifest/request-name.ts',
    'What is being opened has no address yet: only the compiler is told.',
    ["request.step === 'opening'", 'false'],
    ["'opening'", '""'],
  ),
  ...alike(
    'src/workflow/lasting/git-change.ts',
    'Of no objects every one has none; where none has a place fewer have one than there are: only the compiler is told.',
    ['first === undefined', 'false'],
    ['head === undefined', 'false'],
  ),
];
