import type { GitSource } from '../../src/domain/facts/manifest-source.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { commits, type MemoryRepositories, memoryRepositories } from '../fixtures/memory-repositories.ts';
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
const gitOps = { hosts: [{ host: 'git.example', kind: 'github' }], mergeHours: 4, pauseMinutes: 30 };
const users = ['U0ANN', 'U0BEN'];
/** A repository at GitHub, and two people who approve. */
export const gitPolicy: Policy = policy.parse({
  version: 1,
  gitOps,
  requesters: { users: ['U0ASK'] },
  approvers: { human: { users }, dual: { users } },
});

export interface Stage {
  readonly rig: Rig;
  readonly repositories: MemoryRepositories;
}

/** A card for five replicas of a Deployment that Argo CD holds. */
export async function asked(
  more: RigOptions = {},
  change: Partial<MemoryRepositories> = {},
  replicas = 5,
): Promise<Stage> {
  const repositories = Object.assign(memoryRepositories(), change);
  const world = { argoCd: true, around: { source }, ...more.world };
  const rig = createRig({ policy: () => gitPolicy, repositories, ...more, world });
  await playStep(rig, { do: 'ask', text: `scale deployment/web --replicas=${replicas} -n shop` });
  await rig.settle();
  return { rig, repositories };
}

export const digestOf = ({ rig }: Stage) => {
  const row = rig.row(1);
  return 'digest' in row && row.digest !== undefined ? row.digest : '';
};

export const now = (
  stage: Stage,
  more: { pause?: boolean; by?: string; reason?: string; digest?: string } = {},
) =>
  stage.rig.commands.actNow({
    remediationId: stage.rig.row(1).id,
    digest: more.digest ?? digestOf(stage),
    actor: { userId: more.by ?? 'U0ANN', teamId: 'T0' },
    reason: more.reason ?? 'Checkout is down.',
    pause: more.pause ?? false,
  });

export async function inTwo(stage: Stage, seconds = 10): Promise<Stage> {
  for (const by of users) await playStep(stage.rig, { do: 'approve', by });
  await stage.rig.pass(seconds);
  return stage;
}

export const replies = ({ rig }: Stage) =>
  rig.now().shelf.messages.flatMap(({ notice }) => (notice.kind === 'reply' ? [notice.headline] : []));
export const left = ({ rig }: Stage) => rig.now().shelf.aftermaths[rig.row(1).id];
export const changes = ({ rig }: Stage) =>
  rig.now().world.writes.flatMap(({ call, changed }) => (changed ? [call.ref.resource] : []));
export const merged = { kind: 'merged', commit: commits.merged } as const;
