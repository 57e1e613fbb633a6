import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { SimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { startGitServer } from '../support/git-server.ts';
import { startGitHub } from '../support/github.ts';
import { startGitLab } from '../support/gitlab.ts';
import type { Site } from './composition.ts';

/** What people do with a request: nothing at all, or they change the line beside it first. */
export interface RepositoryPlay {
  readonly isLeftAlone?: boolean;
  readonly baseMoves?: boolean;
  /** Whose requests they are; GitHub's unless told. */
  readonly kind?: 'github' | 'gitlab';
}

/** A repository that Deployment/front is made from, with people who merge and an Argo CD that applies. */
export interface FaultRepository {
  readonly site: NonNullable<Site['git']>;
  /** What stands in the cluster because of it. */
  readonly objects: readonly JsonObject[];
  /** One request with one commit, however often it was begun. */
  readonly expectOnce: () => void;
  /** Argo CD syncs as it did before, and nothing is left of the pause. */
  readonly expectUnpaused: () => Promise<void>;
  /** What self-heal does to an object that is not as the repository has it. */
  readonly heal: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Written by the Argo CD of the tests, and planned by no remediation. */
export const reported = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop/status';

const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/front' };
const front = (tag: string): JsonObject =>
  deployment({ name: 'front', namespace: 'shop', image: `registry.example/front:${tag}`, annotations });

const manifest = `kind: Deployment
metadata: {name: front, namespace: shop}
spec:
  template:
    spec:
      containers:
        - name: front
          image: registry.example/front:1.0.0   # by the release train
`;

/** What somebody else makes of it: Git cannot put both together. */
const neighbour = manifest.replace('- name: front\n', '- name: front   # the shop window\n');

/** Argo CD's word on what it has applied. */
async function report(cluster: string, status: JsonObject): Promise<void> {
  await fetch(`${cluster}${reported}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ status }),
  });
}

export async function openRepository(
  cluster: Pick<SimulatedCluster, 'apply' | 'url'>,
  { isLeftAlone = false, baseMoves = false, kind = 'github' }: RepositoryPlay = {},
): Promise<FaultRepository> {
  const git = await startGitServer({ 'apps/front.yaml': manifest });
  const host = await (kind === 'gitlab' ? startGitLab(git) : startGitHub(git));
  const conflicting = kind === 'gitlab' ? 'conflict' : 'dirty';
  const ending = new AbortController();
  const syncPolicy = { automated: { prune: true, selfHeal: true } };
  const application = (revision: string): JsonObject => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: { source: { repoURL: git.url, targetRevision: 'main', path: 'apps' }, syncPolicy },
    status: {
      resources: [{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'front' }],
      sync: { status: 'Synced', revision },
    },
  });
  const play = async () => {
    while (!ending.signal.aborted) {
      const open = isLeftAlone ? undefined : host.pulls.find(({ state }) => state === 'open');
      if (open !== undefined && baseMoves && moved === '') {
        moved = git.commit('main', { 'apps/front.yaml': neighbour });
        open.mergeable = conflicting;
      }
      // A conflict is over once the commit stands on what has moved.
      const isOn = moved === '' || (open !== undefined && git.git('rev-parse', `${open.head}^`) === moved);
      if (open !== undefined && isOn) {
        const commit = host.merge(open.number);
        cluster.apply(front('1.1.0'));
        await report(cluster.url, { sync: { status: 'Synced', revision: commit } });
      }
      await sleep(100);
    }
  };
  let moved = '';
  const playing = play();
  return {
    site: { host: git.host, api: host.api, kind },
    objects: [namespace('argocd'), application(git.git('rev-parse', 'main')), front('1.0.0')],
    expectOnce: () => {
      expect(host.pulls).toHaveLength(1);
      const refs = git.git('for-each-ref', '--format=%(refname)', 'refs/heads/firebreak').split('\n');
      expect(refs).toHaveLength(1);
      expect(git.git('rev-list', '--count', '--no-merges', 'main')).toBe(baseMoves ? '3' : '2');
      const expected = baseMoves ? neighbour : manifest;
      expect(git.file('main', 'apps/front.yaml')).toBe(expected.replace(':1.0.0', ':1.1.0').trim());
    },
    expectUnpaused: async () => {
      const path = reported.replace(/\/status$/, '');
      const found = await (await fetch(`${cluster.url}${path}`)).json();
      expect(found).toMatchObject({ spec: { syncPolicy } });
      expect(found).not.toHaveProperty(['metadata', 'annotations', 'firebreak.dev/sync-paused']);
    },
    heal: async () => {
      const containers = [{ name: 'front', image: 'registry.example/front:1.0.0' }];
      const path = '/apis/apps/v1/namespaces/shop/deployments/front?fieldManager=argocd-controller';
      const answer = await fetch(`${cluster.url}${path}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/strategic-merge-patch+json' },
        body: JSON.stringify({ spec: { template: { spec: { containers } } } }),
      });
      expect(answer.status).toBe(200);
    },
    close: async () => {
      ending.abort();
      await playing;
      await Promise.all([git.close(), host.close()]);
    },
  };
}
