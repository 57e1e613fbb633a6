import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import {
  findWorkspaceProgram,
  sandboxChannel,
  sandboxTokens,
  startWorkspace,
  whyNoWorkspace,
} from '../../src/cli/sandbox/local-slack.ts';
import { loadPlaybook } from '../../src/config.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import { type Parts, slackFace, start } from '../../src/main.ts';
import { compileRules } from '../../src/policy/rules.ts';
import { createSimulatedCluster } from '../../src/simulator/cluster.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { silentLog } from '../fixtures/log.ts';
import { login, startGitServer } from '../support/git-server.ts';
import { startGitHub } from '../support/github.ts';
import { untilFull } from '../support/sandbox.ts';
import { unhurried } from '../support/unhurried.ts';

/* A Deployment that Argo CD makes from a repository, whose newest commit names an image that nobody has pushed. */

export interface RepositoryStage {
  /** The workspace, for a browser. */
  readonly url: string;
  /** Posts the alert that Alertmanager has for it. */
  alert(): Promise<void>;
  /** The request as it stands at the host. */
  pull(): { readonly title: string; readonly body: string } | undefined;
  /** What the branch of the request changes, as `git diff` has it. */
  diff(): string;
  /** Somebody merges it there; Argo CD has not applied it yet. */
  merge(): string;
  /** Argo CD applies what main says, and says so. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const images = {
  good: 'registry.example/checkout:1.4.0',
  missing: 'registry.example/checkout:release-1.4.1',
} as const;

const manifest = (image: string) => `# The till of the shop. Owner: team-payments.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
  namespace: shop
spec:
  replicas: 3
  selector:
    matchLabels: { app: checkout }
  template:
    metadata:
      labels: { app: checkout }
    spec:
      containers:
        - name: checkout
          image: ${image} # by the release train
`;
const file = 'apps/shop/checkout.yaml';

const checkout = (image: string): JsonObject =>
  deployment({
    ...{ name: 'checkout', namespace: 'shop', image, replicas: 3 },
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/checkout' },
  });

const everybody = { users: ['U0ALICE', 'U0BOB', 'U0CAROL'] };

/** Two people for production, and a second look some seconds later instead of hours. */
function stagePolicy(host: string, api: string) {
  const chosen = policy.parse({
    version: 1,
    namespaces: { production: ['shop'] },
    approvers: { human: everybody, dual: everybody },
    rules: [{ name: 'the till', when: 'true', because: 'Customers pay here.', tier: 'dual' }],
    gitOps: { hosts: [{ host, kind: 'github', address: `http://${host}`, api }] },
    verification: { initialDelaySeconds: 0, intervalSeconds: 1, goodSamples: 2 },
  });
  return { ...chosen, predicates: compileRules(chosen), secondLookHours: 5 / 3600 };
}

export async function openRepositoryStage(database: Parts['database']): Promise<RepositoryStage> {
  const program = findWorkspaceProgram();
  if (program === undefined) throw new Error(whyNoWorkspace());
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-repository-'));
  const git = await startGitServer({ [file]: manifest(images.good) });
  const [github, cluster, workspace] = await Promise.all([
    startGitHub(git),
    createSimulatedCluster({ speed: 4 }),
    startWorkspace(program, { dir: folder, port: 0 }),
  ]);
  const at = `${cluster.url}/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop`;
  cluster.apply(namespace('shop'));
  cluster.apply(namespace('argocd'));
  cluster.apply(checkout(images.good));
  await untilFull(cluster.url, 1);
  git.commit('main', { [file]: manifest(images.missing) }, 'Release 1.4.1');
  cluster.apply(checkout(images.missing));
  cluster.apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: {
      source: { repoURL: git.url, targetRevision: 'main', path: 'apps', directory: { recurse: true } },
      syncPolicy: { automated: { selfHeal: true } },
    },
    status: {
      resources: [{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'checkout' }],
      sync: { status: 'Synced', revision: git.git('rev-parse', 'main') },
    },
  });
  const { botToken, appToken } = sandboxTokens;
  const chosen = stagePolicy(git.host, github.api);
  const running = await start({
    database,
    channel: sandboxChannel,
    policy: chosen,
    playbooks: [loadPlaybook('examples/playbooks/undo-unpullable-image.yaml', 'the playbook')],
    alertTokens: { alertmanager: 'the-alert-token-of-the-stage' },
    gitLogins: { [git.host]: login },
    // A busy machine may need longer than people wait.
    repositoryPatience: 300_000,
    log: silentLog,
    chatIsNew: true,
    cluster: async (log) =>
      createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
    face: slackFace(
      {
        ...{ host: '127.0.0.1', port: 0 },
        slack: {
          ...{ botToken, mode: { kind: 'socket', appToken }, apiUrl: workspace.apiUrl },
          channel: sandboxChannel,
        },
      },
      { guestFlags: 'left out' },
    ),
  });
  return {
    url: workspace.url,
    alert: async () => {
      const answer = await fetch(`http://127.0.0.1:${running.port}/webhooks/alertmanager`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer the-alert-token-of-the-stage',
          'content-type': 'application/json',
        },
        body: JSON.stringify(await pendingAlert(cluster.url)),
      });
      if (!answer.ok) throw new Error(`The alert was not taken: HTTP ${answer.status}.`);
    },
    pull: () => github.pulls[0],
    diff: () => git.git('diff', '--unified=0', 'main', github.pulls[0]?.head ?? 'main'),
    merge: () => github.merge(1),
    sync: async () => {
      const [, image = ''] = /image: (\S+)/.exec(git.file('main', file)) ?? [];
      cluster.apply(checkout(image));
      await fetch(`${at}/status`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify({
          status: { sync: { status: 'Synced', revision: git.git('rev-parse', 'main') } },
        }),
      });
    },
    close: async () => {
      await running.stop();
      workspace.stop();
      await Promise.all([cluster.stop(), git.close(), github.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Of the first pod whose image cannot be pulled, waited for; as the kubernetes-mixin's rule KubePodNotReady fires it. */
async function pendingAlert(clusterUrl: string): Promise<object> {
  const pod = await untilUnpullable(clusterUrl);
  return {
    ...{ version: '4', status: 'firing' },
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'KubePodNotReady', severity: 'warning', namespace: 'shop', pod },
        annotations: { summary: `Pod shop/${pod} has been in a non-ready state for longer than 15 minutes.` },
        startsAt: new Date().toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
      },
    ],
  };
}

const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ containerStatuses: z.array(z.unknown()).default([]) }).optional(),
    }),
  ),
});

async function untilUnpullable(clusterUrl: string): Promise<string> {
  for (;;) {
    const { items } = pods.parse(await (await fetch(`${clusterUrl}/api/v1/namespaces/shop/pods`)).json());
    const found = items.find(({ status }) =>
      JSON.stringify(status?.containerStatuses ?? []).includes('ImagePullBackOff'),
    );
    if (found !== undefined) return found.metadata.name;
    await sleep(100);
  }
}
