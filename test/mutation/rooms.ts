/** What is mutated together, on which tests it is tried, and the share of mutants that these must notice. */
export interface Room {
  /** Per cent of the mutants that are not equivalent. */
  readonly mark: number;
  /** Globs of the files that are mutated; one that begins with `!` takes files out. */
  readonly code: readonly string[];
  /** Globs of the tests. Each mutant is tried on those of them that come by it. */
  readonly tests: readonly string[];
  /** Its tests need PostgreSQL, which takes longer. */
  readonly needsDatabase?: boolean;
}

const unit = (...folders: readonly string[]): readonly string[] =>
  folders.map((folder) => `test/${folder}.test.ts`);

/*
 * The marks are higher where a mistake lets somebody approve what he may not, or writes what nobody has approved. A room
 * has the tests that are about it: a mutant that only a journey notices is one that whoever changes the room does not see.
 */
export const rooms: Readonly<Record<string, Room>> = {
  decide: {
    mark: 95,
    code: ['src/stages/decide/**/*.ts', 'src/domain/votes.ts', 'src/domain/approval.ts'],
    tests: unit('stages/decide/**/*', 'workflow/vote', 'workflow/roles'),
  },
  gate: {
    mark: 95,
    code: ['src/workflow/approval/{gate,drift,differences,conditions,vote,held-by-stop}.ts'],
    tests: unit(
      'workflow/{gate,vote,ahead,scripts,circumstances,conditions,conditions-before,budgets,stopped}',
      'workflow/{differences,emergency,pull-request,judged-at-gate,approved-and-live,roles}',
    ),
  },
  together: {
    mark: 95,
    code: ['src/workflow/approval/{together,ahead}.ts'],
    tests: unit('workflow/{together,together-lists,ahead,looking-ahead,clusters,pull-request}'),
  },
  rights: {
    mark: 95,
    code: ['src/workflow/rights/**/*.ts', 'src/domain/policy/requesters.ts'],
    tests: unit('workflow/{rights,standing,roles,asking,gate}', 'domain/requesters'),
  },
  preconditions: {
    mark: 90,
    code: ['src/actions/**/precondition.ts', 'src/actions/{being-deleted,obstacle,obstacles-to,needs}.ts'],
    tests: unit('actions/**/*', 'stages/{execute,evaluate}/**/*'),
  },
  calls: {
    mark: 90,
    code: ['src/actions/**/calls.ts', 'src/actions/guarded.ts', 'src/stages/execute/**/*.ts'],
    tests: unit('actions/**/*', 'stages/execute/**/*', 'workflow/differences'),
  },
  effects: {
    mark: 90,
    code: ['src/actions/**/effect.ts', 'src/actions/no-effect.ts', 'src/actions/nodes/displaced.ts'],
    tests: unit('actions/**/*', 'stages/evaluate/**/*'),
  },
  rules: {
    mark: 90,
    code: ['src/stages/evaluate/rules/**/*.ts', 'src/stages/evaluate/rules.ts'],
    tests: unit('stages/evaluate/**/*', 'actions/fails-closed', 'policy/rules'),
  },
  score: {
    mark: 90,
    code: ['src/stages/evaluate/*.ts', '!src/stages/evaluate/rules.ts', 'src/domain/tier.ts'],
    tests: unit('stages/evaluate/**/*', 'actions/fails-closed', 'domain/tier', 'policy/rules'),
  },
  verify: {
    mark: 90,
    code: ['src/stages/verify/**/*.ts', 'src/actions/**/grade.ts', 'src/actions/pods/crash.ts'],
    tests: unit('stages/verify/**/*'),
  },
  learn: {
    mark: 90,
    code: ['src/stages/learn/**/*.ts'],
    tests: unit('stages/learn/**/*', 'workflow/second-look', 'policy/playbook'),
  },
  incidents: {
    mark: 90,
    code: ['src/domain/incidents/*.ts'],
    tests: unit(
      'domain/{incident*,drift,warning-event}',
      'stages/{learn,show}/**/*',
      'stages/intake/{template,match,claims,starter-playbooks}',
      'policy/playbook*',
    ),
  },
  claims: {
    mark: 85,
    needsDatabase: true,
    code: ['src/adapters/postgres/jobs/**/*.ts'],
    tests: unit(
      'adapters/postgres/{jobs,jobs-steps,fence,going-on,job-rows,liveness*,queue,reaper,sweeper,awaiting*}',
      'adapters/postgres/store',
    ),
  },
  transition: {
    mark: 85,
    needsDatabase: true,
    code: ['src/adapters/postgres/remediations/{transition,votes,held-targets}.ts'],
    tests: unit(
      'adapters/postgres/{store,moves,votes,held-targets,stops,effects,budgets}',
      'adapters/postgres/approve-and-execute',
    ),
  },
  outbox: {
    mark: 85,
    needsDatabase: true,
    code: ['src/adapters/postgres/outbox/**/*.ts'],
    tests: unit(
      'adapters/postgres/outbox*',
      'adapters/postgres/{direct,doubles,parts,repost,routes,threads,thread-locks}',
    ),
  },
  audit: {
    mark: 85,
    needsDatabase: true,
    code: ['src/adapters/postgres/audit/**/*.ts'],
    tests: unit('adapters/postgres/{audit,audit-*,anchors,policy-changes}'),
  },
  text: {
    mark: 90,
    code: [
      'src/domain/text/*.ts',
      '!src/domain/text/{redact,redact-leaves,secret-name,without-values}.ts',
      'src/adapters/slack/{text,code-style}.ts',
    ],
    tests: unit(
      'domain/{json,nearest,quantity,text,time}',
      'domain/wording/*',
      'adapters/slack/{text,verbatim}',
    ),
  },
  limits: {
    mark: 90,
    code: ['src/adapters/slack/limits.ts'],
    tests: unit('adapters/slack/limits'),
  },
  redaction: {
    mark: 90,
    code: [
      'src/domain/text/{redact,redact-leaves,secret-name,without-values}.ts',
      'src/domain/text/secrets/*.ts',
    ],
    tests: unit(
      'domain/{redact,redact-families,redact-shapes,redact-recall,redact-leaves}',
      'domain/redact-{addresses,lines,blocks,encoded,names,shape-finder,spans,commands,web-tokens}',
      'domain/{secret-name,without-values,token-rules}',
    ),
  },
  doors: {
    mark: 90,
    code: ['src/adapters/slack/{signed,server}.ts', 'src/adapters/http/**/*.ts'],
    tests: unit('adapters/slack/{signature,door,server}', 'adapters/http/**/*'),
  },
  intake: {
    mark: 90,
    code: ['src/stages/intake/*.ts'],
    tests: unit('stages/intake/**/*'),
  },
  typing: {
    mark: 90,
    code: ['src/stages/intake/grammar/*.ts'],
    tests: unit('stages/intake/**/*'),
  },
  lasting: {
    mark: 90,
    code: ['src/workflow/lasting/*.ts', 'src/stages/locate/*.ts'],
    tests: unit(
      'workflow/{pull-request,follow,rebase,emergency,act-now,request-after,aftermath*,pause-end,lasting-*}',
      'stages/locate/**/*',
      'stages/show/git',
    ),
  },
  trust: {
    mark: 90,
    code: ['src/workflow/trust/*.ts'],
    tests: unit('workflow/trust*'),
  },
  routing: {
    mark: 90,
    code: ['src/domain/policy/channels.ts'],
    tests: unit('domain/channels'),
  },
};
