import { expect, test } from 'vitest';
import type { GitSource } from '../../src/domain/facts/manifest-source.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { stateWords } from '../../src/domain/text/states.ts';
import { fitted, requestTexts } from '../../src/workflow/lasting/request-text.ts';
import {
  commits,
  type MemoryRepositories,
  memoryRepositories,
  replicaLine,
} from '../fixtures/memory-repositories.ts';
import { createRig, type Rig, type RigOptions } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const source: GitSource = {
  kind: 'git',
  owner: { kind: 'Application', namespace: 'argocd', name: 'shop' },
  repository: 'https://git.example/shop',
  revision: { kind: 'branch', name: 'main' },
  path: 'apps',
  recurse: false,
  overrides: [],
  selfHeal: true,
};
const gitOps = { hosts: [{ host: 'git.example', kind: 'github' }], mergeHours: 1, applyMinutes: 10 };
const users = ['U0ANN', 'U0BEN'];
const gitPolicy: Policy = policy.parse({
  version: 1,
  gitOps,
  approvers: { human: { users }, dual: { users } },
});

interface Stage {
  readonly rig: Rig;
  readonly repositories: MemoryRepositories;
}

/** A card for five replicas of a Deployment that Argo CD holds. */
async function asked(more: RigOptions = {}, change: Partial<MemoryRepositories> = {}): Promise<Stage> {
  const repositories = Object.assign(memoryRepositories(), change);
  const world = { argoCd: true, around: { source }, ...more.world };
  const rig = createRig({ policy: () => gitPolicy, repositories, ...more, world });
  await playStep(rig, { do: 'ask', text: 'scale deployment/web --replicas=5 -n shop' });
  await rig.settle();
  return { rig, repositories };
}

async function approved(stage: Stage, seconds = 2): Promise<Stage> {
  await playStep(stage.rig, { do: 'approve', by: 'U0ANN' });
  await stage.rig.pass(seconds);
  return stage;
}

const merged = { kind: 'merged', commit: commits.merged } as const;
const arrived = { replicas: 5, generation: 8 };
const replies = ({ rig }: Stage) =>
  rig.now().shelf.messages.flatMap(({ notice }) => (notice.kind === 'reply' ? [notice.headline] : []));
const sentence = ({ rig }: Stage) => stateWords(rig.row(1), [], false).sentence;

test('from the card to the verified commit, and nothing is sent to the cluster', async () => {
  const stage = await asked();
  const { rig, repositories } = stage;
  expect(rig.row(1)).toMatchObject({ state: 'waiting', git: { kind: 'request', lines: [replicaLine] } });
  await approved(stage);
  expect(rig.row(1)).toMatchObject({ state: 'pr_open', request: { step: 'open', number: 7 } });
  const actor = { userId: 'U0ASK', teamId: 'T0' };
  const listed = await rig.commands.remediate({ text: 'status', actor, requestKey: 'status' });
  expect(JSON.stringify(listed)).toContain('1  in its repository, human');
  repositories.standing = merged;
  await rig.pass(20);
  expect(rig.row(1)).toMatchObject({ state: 'pr_open', request: { step: 'merged', commit: commits.merged } });
  expect(sentence(stage)).toBe(
    'Merged as cccccccccccc. It waits for Application argocd/shop to apply cccccccccccc.',
  );
  // Synced, of the commit before.
  Object.assign(rig.now().world, { applied: [commits.base] });
  await rig.pass(30);
  expect(rig.row(1).state).toBe('pr_open');
  Object.assign(rig.now().world, { applied: [commits.later], ...arrived });
  await rig.pass(60);
  expect(rig.row(1)).toMatchObject({
    state: 'succeeded',
    verdict: { result: 'verified' },
    request: { number: 7 },
  });
  expect(rig.now().world.writes).toEqual([]);
  expect(replies(stage)).toEqual([
    'Approved by',
    'Opened pull request #7',
    'Merged as cccccccccccc',
    'Applied',
    'Verified',
  ]);
});

test('who approves is told that the repository gets it first', async () => {
  const { rig } = await asked();
  const row = rig.row(1);
  if (row.state !== 'waiting') throw new Error(row.state);
  const answer = await rig.commands.vote({
    ...{ remediationId: row.id, digest: row.digest, decision: 'approve' },
    actor: { userId: 'U0ANN', teamId: 'T0' },
  });
  expect(answer).toMatchObject({
    sentence: 'Approved, 1 of 1. It goes into the repository now, unless something has changed since.',
  });
});

test('it is opened with what was approved, under the remediation, its digest and who approved', async () => {
  const { rig, repositories } = await approved(await asked());
  const row = rig.row(1);
  const [request, ...more] = repositories.opened;
  expect(more).toEqual([]);
  expect(request).toMatchObject({
    branch: `firebreak/remediation-1-${row.id.slice(0, 8)}`,
    lines: [replicaLine],
    wanted: [{ kind: 'Deployment', name: 'web', fields: [{ path: ['spec', 'replicas'], value: 5 }] }],
    trailers: [
      ['Firebreak-Remediation', row.id],
      ['Firebreak-Digest', 'digest' in row ? row.digest : ''],
      ['Firebreak-Approved-By', 'U0ANN'],
    ],
  });
  expect(request?.body).toContain('### Rollback');
});

test('a vote binds to the lines: for others it is another digest', async () => {
  const digestOf = ({ rig }: Stage) => {
    const row = rig.row(1);
    return 'digest' in row ? row.digest : undefined;
  };
  const lines = [{ ...replicaLine, file: 'apps/other.yaml' }];
  const other = await asked({}, { proposes: { kind: 'request', base: commits.base, lines } });
  const moved = await asked(
    {},
    { proposes: { kind: 'request', base: commits.later, lines: [{ ...replicaLine, line: 9 }] } },
  );
  const plain = await asked({}, { proposes: { kind: 'by hand', reason: 'No.' } });
  const first = digestOf(await asked());
  expect(digestOf(moved)).toBe(first);
  expect(new Set([first, digestOf(other), digestOf(plain)]).size).toBe(3);
});

test.each<[string, Partial<MemoryRepositories>, string]>([
  ['that Git says so already', { proposes: { kind: 'already', base: commits.base } }, 'already'],
  ['that people have to change it there', { proposes: { kind: 'by hand', reason: 'An anchor.' } }, 'by hand'],
  ['that the repository does not answer', { silent: 1 }, 'by hand'],
])('the card says %s, and the change goes to the cluster', async (_name, change, kind) => {
  const stage = await asked({}, change);
  expect(stage.rig.row(1)).toMatchObject({ state: 'waiting', git: { kind } });
  await approved(stage, 60);
  expect(stage.rig.row(1).state).toBe('succeeded');
  expect(stage.rig.now().world.writes).toHaveLength(1);
  expect(stage.repositories.opened).toEqual([]);
});

test('a line with a secret in it is not shown', async () => {
  const lines = [{ ...replicaLine, before: 'password: hunter2hunter2' }];
  const { rig } = await asked({}, { proposes: { kind: 'request', base: commits.base, lines } });
  expect(rig.row(1)).toMatchObject({
    git: { kind: 'by hand', reason: 'apps/web.yaml:5 has what looks like a secret.' },
  });
  expect(JSON.stringify(rig.now().shelf)).not.toContain('hunter2');
});

test('one that is closed is rejected, and says by whom', async () => {
  const stage = await approved(await asked());
  stage.repositories.standing = { kind: 'closed', by: 'octocat' };
  await stage.rig.pass(20);
  expect(stage.rig.row(1)).toMatchObject({ state: 'rejected', rejectedBy: 'octocat' });
  expect(replies(stage).at(-1)).toBe('Closed without being merged, by octocat');
});

test.each([['moved'], ['refused']] as const)(
  'one that the repository has %s fails before anything was changed',
  async (kind) => {
    const stage = await approved(await asked({}, { opens: { kind, reason: 'main is not as it was.' } }));
    expect(stage.rig.row(1)).toMatchObject({
      state: 'failed',
      failure: 'Nothing was changed. main is not as it was.',
    });
    expect(stage.rig.now().world.writes).toEqual([]);
  },
);

test('one that nobody merges is not followed for ever', async () => {
  const stage = await approved(await asked(), 3700);
  expect(stage.rig.row(1).state).toBe('expired');
  // The longer nothing happens, the rarer it is looked at.
  expect(stage.rig.row(1).version).toBeLessThan(140);
});

test('a commit that is never applied fails, and says who has not', async () => {
  const stage = await approved(await asked({}, { standing: merged }), 700);
  expect(stage.rig.row(1)).toMatchObject({
    state: 'failed',
    failure: expect.stringMatching(
      /Merged as c+, and Application argocd\/shop has not applied it within 10 min/,
    ),
  });
});

test('a host that is away while it is followed is asked again, and the card says so', async () => {
  const stage = await approved(await asked());
  stage.repositories.silent = 2;
  await stage.rig.pass(20);
  expect(sentence(stage)).toContain('It waits for an answer: git.example does not answer.');
  Object.assign(stage.rig.now().world, { applied: [commits.merged], ...arrived });
  stage.repositories.standing = merged;
  await stage.rig.pass(120);
  expect(stage.rig.row(1).state).toBe('succeeded');
});

test.each([['before-request'], ['after-request']])(
  'stopped %s, it goes on with the same branch',
  async (point) => {
    let stops = 1;
    const probe = async (at: string) => {
      if (at !== point || stops === 0) return;
      stops -= 1;
      throw Object.assign(new Error('The process is gone.'), { name: 'Stopped' });
    };
    const stage = await approved(await asked({ probe }), 30);
    expect(stops).toBe(0);
    expect(stage.rig.row(1)).toMatchObject({ state: 'pr_open', request: { step: 'open' } });
    expect(new Set(stage.repositories.opened.map((each) => JSON.stringify(each))).size).toBe(1);
  },
);

test('what is stored at every step can be read back', async () => {
  const stage = await asked({ between: (rig) => rig.reload() });
  await approved(stage);
  stage.repositories.standing = merged;
  Object.assign(stage.rig.now().world, { applied: [commits.merged], ...arrived });
  await stage.rig.pass(60);
  expect(stage.rig.row(1).state).toBe('succeeded');
});

test('where nobody says what was applied, the values in the cluster count', async () => {
  const mapping = { match: { namespaces: ['shop'] }, repository: 'https://git.example/shop', branch: 'main' };
  const mapped = policy.parse({ ...gitPolicy, gitOps: { ...gitOps, repositories: [mapping] } });
  const world = { around: {}, meddled: { by: 'nobody yet', back: true } };
  const stage = await approved(await asked({ policy: () => mapped, world }, { standing: merged }), 60);
  expect(stage.rig.row(1)).toMatchObject({ state: 'pr_open', request: { step: 'merged' } });
  Object.assign(stage.rig.now().world, { meddled: null, ...arrived });
  await stage.rig.pass(60);
  expect(stage.rig.row(1).state).toBe('succeeded');
});

test('while Firebreak is stopped nothing is opened, and meanwhile the approval grows too old', async () => {
  const stage = await asked({
    probe: async (point) => {
      if (point !== 'committed:approved') return;
      stage.rig.now().shelf.stop = { number: 1, at: stage.rig.now().now, by: 'U0ANN', reason: 'Wait.' };
    },
  });
  await approved(stage, 60);
  expect(stage.rig.row(1)).toMatchObject({ state: 'pr_open', request: { step: 'opening' } });
  await stage.rig.pass(3600);
  expect(stage.rig.row(1)).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining('approval had grown too old'),
  });
  expect(stage.repositories.opened).toEqual([]);
});

test('while Firebreak is stopped nothing is merged by itself', async () => {
  const whys: (string | undefined)[] = [];
  const repositories = memoryRepositories();
  const look: MemoryRepositories['look'] = async ({ held }) => {
    whys.push(await held());
    return repositories.standing;
  };
  const stage = await approved(await asked({}, { look }), 10);
  stage.rig.now().shelf.stop = { number: 1, at: stage.rig.now().now, by: 'U0ANN', reason: 'Wait.' };
  await stage.rig.pass(20);
  expect(whys[0]).toBeUndefined();
  expect(whys.at(-1)).toContain('Firebreak was stopped (Wait.)');
});

test.each<[string, 'human' | 'dual', boolean]>([
  ['that wants no more people than have agreed does not hold', 'human', false],
  ['that wants more of them holds', 'dual', true],
])(
  'a freeze that began after the approval and %s it back from being merged by itself',
  async (_name, tier, holds) => {
    const whys: (string | undefined)[] = [];
    const repositories = memoryRepositories();
    const look: MemoryRepositories['look'] = async ({ held }) => {
      whys.push(await held());
      return repositories.standing;
    };
    let current = gitPolicy;
    const stage = await approved(await asked({ policy: () => current }, { look }), 10);
    const freeze = { name: 'release', dates: [{ from: '2026-01-01', to: '2026-12-31' }], tier };
    current = policy.parse({ ...gitPolicy, freezes: [freeze] });
    await stage.rig.pass(20);
    expect(whys[0]).toBeUndefined();
    expect(whys.at(-1)?.includes('The freeze "release" holds') ?? false).toBe(holds);
  },
);

test('one whose step was given away is left to whoever has it', async () => {
  const stage = await approved(await asked({}, { opens: { kind: 'late', reason: 'Given away.' } }), 30);
  expect(stage.rig.row(1)).toMatchObject({ state: 'pr_open', request: { step: 'opening' } });
  stage.repositories.opens = { kind: 'open', commit: commits.pushed, number: 7 };
  await stage.rig.pass(120);
  expect(stage.rig.row(1)).toMatchObject({ state: 'pr_open', request: { step: 'open', number: 7 } });
});

test('one that was merged with commits of others says so', async () => {
  const stage = await approved(await asked({}, { standing: { ...merged, altered: true } }), 20);
  expect(replies(stage)).toContain('Merged as cccccccccccc, with commits that nobody has approved here');
});

test('a branch whose place the policy does not name any more is not taken for merged', async () => {
  const mapping = { match: { namespaces: ['shop'] }, repository: 'https://git.example/shop', branch: 'main' };
  let current = policy.parse({ ...gitPolicy, gitOps: { ...gitOps, repositories: [mapping] } });
  const world = { around: { source: { kind: 'unclear', reason: 'It lives elsewhere.' } as const } };
  const opens = { kind: 'open', commit: commits.pushed } as const;
  const stage = await approved(await asked({ policy: () => current, world }, { opens, standing: merged }));
  current = gitPolicy;
  await stage.rig.pass(30);
  expect(stage.rig.row(1)).toMatchObject({ state: 'pr_open', request: { step: 'open' } });
  expect(sentence(stage)).toContain('It waits for the policy: Where its manifest lives is not known');
});

test('title and body fit into what GitHub takes', async () => {
  const { rig } = await approved(await asked());
  const row = rig.row(1);
  if (row.state !== 'pr_open' || row.action.verb !== 'scale') throw new Error(row.state);
  const target = { ...row.action.target, name: 'w'.repeat(253) };
  expect(requestTexts({ ...row, action: { ...row.action, target } }, []).title).toMatch(/^.{200} …$/);
  expect(fitted('Head', ['a', 'b'])).toBe('Head\n\na\n\nb');
  expect(fitted('Head', ['a', 'b'.repeat(60_000), 'c'])).toBe(
    'Head\n\na\n\nThere is no room here for 2 more of what the card says.',
  );
});

test('one that no host answers for when it is opened fails, and says that it may be there', async () => {
  const stage = await asked();
  stage.repositories.silent = 1_000;
  await approved(stage, 120);
  expect(stage.rig.row(1)).toMatchObject({
    state: 'failed',
    failure: 'git.example does not answer. A branch or a request may be there, and is not followed.',
  });
});

test('merged and taken back before it was applied, it is not verified, and nothing is written over that', async () => {
  const stage = await approved(await asked());
  const { rig, repositories } = stage;
  repositories.standing = merged;
  await rig.pass(20);
  // A commit with what was there before, which has the merged one in its history.
  Object.assign(rig.now().world, { applied: [commits.later] });
  await rig.pass(600);
  expect(rig.row(1)).toMatchObject({
    state: 'failed',
    verdict: {
      result: 'not_verified',
      sentence: expect.stringContaining('Deployment/web in shop has 3 replicas'),
    },
  });
  expect(rig.now().world.writes).toEqual([]);
  expect(replies(stage)).toEqual([
    'Approved by',
    'Opened pull request #7',
    'Merged as cccccccccccc',
    'Applied',
    'Not verified',
  ]);
});

test('closed, then opened again and merged by people, it stays rejected, and the same may be asked for anew', async () => {
  const stage = await approved(await asked());
  const { rig, repositories } = stage;
  repositories.standing = { kind: 'closed', by: 'ann' };
  await rig.pass(20);
  repositories.standing = merged;
  await rig.pass(600);
  expect(rig.row(1)).toMatchObject({ state: 'rejected', rejectedBy: 'ann' });
  repositories.standing = { kind: 'open', waitsFor: 'reviews' };
  await playStep(rig, { do: 'ask', text: 'scale deployment/web --replicas=5 -n shop' });
  await rig.settle();
  for (const by of users) await playStep(rig, { do: 'approve', by, on: 2 });
  await rig.pass(2);
  expect(rig.row(2)).toMatchObject({ state: 'pr_open', request: { step: 'open' } });
  expect(repositories.opened.map(({ branch }) => branch.replace(/-[^-]*$/, ''))).toEqual([
    'firebreak/remediation-1',
    'firebreak/remediation-2',
  ]);
});
