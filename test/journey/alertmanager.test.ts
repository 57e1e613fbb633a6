import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openExportFolder } from '../../src/adapters/files/export-folder.ts';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createPast } from '../../src/adapters/postgres/insight/past.ts';
import {
  findWorkspaceProgram,
  sandboxChannel,
  sandboxTokens,
  startWorkspace,
  type Workspace,
} from '../../src/cli/sandbox/local-slack.ts';
import { loadPlaybooks, loadPolicy } from '../../src/config.ts';
import { type Running, slackFace, start } from '../../src/main.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../../src/simulator/cluster.ts';
import { curedByAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { deployment, namespace } from '../../src/simulator/workloads.ts';
import { exportFinetune } from '../../src/workflow/insight/export.ts';
import { silentLog } from '../fixtures/log.ts';
import {
  type Alertmanager,
  alertsAreNeeded,
  freePort,
  missingForAlerts,
  startAlertmanagers,
  startPrometheus,
} from '../support/alertmanager.ts';
import { cloneDatabase, onlooker } from '../support/database.ts';
import { eventually } from '../support/hang-guard.ts';
import { unhurried } from '../support/unhurried.ts';
import { type Desk, missingForBrowser, openBrowser, openDesk } from './browser.ts';

/*
 * From a crash loop to the lesson: the simulated cluster, a real Prometheus, two real Alertmanagers that are one cluster, and
 * people in Chromium.
 */

const missing = missingForAlerts(['alertmanager', 'prometheus']) ?? missingForBrowser();
test('CI has what the journey needs', () => {
  expect(missing === undefined || !alertsAreNeeded, missing).toBe(true);
});

const token = 'the-alert-token-of-this-journey';

const policyText = `version: 1
approvers:
  human: { users: [U0ALICE, U0BOB, U0CAROL] }
  dual: { users: [U0ALICE, U0BOB, U0CAROL] }
rules:
  - name: somebody-looks
    when: 'true'
    tier: human
    because: here somebody always looks
verification: { initialDelaySeconds: 1, intervalSeconds: 1, goodSamples: 3 }
`;

const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      status: z.object({
        containerStatuses: z
          .array(
            z.object({
              name: z.string(),
              restartCount: z.number().default(0),
              state: z.object({ waiting: z.object({ reason: z.string() }).optional() }),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

/** What kube-state-metrics says of the pods of a cluster, as far as the rules below ask. */
async function metricsOf(cluster: string): Promise<string> {
  const response = await fetch(`${cluster}/api/v1/namespaces/shop/pods`);
  const { items } = pods.parse(await response.json());
  const lines = items.flatMap(({ metadata, status }) =>
    status.containerStatuses.flatMap(({ name, state, restartCount }) => [
      `kube_pod_container_status_restarts_total{namespace="${metadata.namespace}",pod="${metadata.name}",container="${name}",uid="x"} ${restartCount}`,
      ...(state.waiting === undefined
        ? []
        : [
            `kube_pod_container_status_waiting_reason{namespace="${metadata.namespace}",pod="${metadata.name}",container="${name}",reason="${state.waiting.reason}",uid="x"} 1`,
          ]),
    ]),
  );
  return `${lines.join('\n')}\n`;
}

/** Two rules for one cause, as kubernetes-mixin's, with shorter times. */
const looping = 'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[4s])';
const rules = {
  groups: [
    {
      name: 'kubernetes-apps',
      rules: [
        {
          alert: 'KubePodCrashLooping',
          expr: `${looping} >= 1`,
          labels: { severity: 'warning' },
          annotations: { summary: 'Pod is crash looping.' },
        },
        {
          alert: 'KubePodsOfShopDown',
          for: '4s',
          expr: `sum by (namespace, container) (${looping}) >= 1`,
          labels: { severity: 'critical', deployment: 'checkout' },
          annotations: { summary: 'Checkout is down.' },
        },
      ],
    },
  ],
};

describe.skipIf(missing !== undefined)('a crash loop, from the first signal to the lesson', () => {
  let cluster: SimulatedCluster;
  let exporter: Server;
  let alertmanagers: readonly Alertmanager[] = [];
  let prometheus: { stop(): Promise<void> };
  let workspace: Workspace;
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  let knex: Knex;
  let running: Running;
  let browser: Browser;
  let desk: Desk;
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-alerted-'));
  const policyFile = join(folder, 'policy.yaml');

  beforeAll(async () => {
    writeFileSync(policyFile, policyText);
    const program = findWorkspaceProgram();
    if (program === undefined) throw new Error('there is no workspace');
    const [port, prometheusPort] = [await freePort(), await freePort()];
    [cluster, workspace, database, browser, alertmanagers] = await Promise.all([
      createSimulatedCluster({ speed: 4 }),
      startWorkspace(program, { dir: join(folder, 'workspace'), port: 0 }),
      cloneDatabase(),
      openBrowser(),
      startAlertmanagers(2, { url: `http://127.0.0.1:${port}/webhooks/alertmanager`, token }),
    ]);
    knex = onlooker(database.url);
    const { botToken, appToken } = sandboxTokens;
    const slack = {
      botToken,
      mode: { kind: 'socket', appToken },
      apiUrl: workspace.apiUrl,
      channel: sandboxChannel,
    } as const;
    running = await start({
      database: { kind: 'url', url: database.url },
      channel: sandboxChannel,
      policy: loadPolicy(policyFile),
      playbooks: loadPlaybooks(join(import.meta.dirname, '../../examples/playbooks')),
      alertTokens: { alertmanager: token },
      alertmanager: { url: alertmanagers[0]?.url ?? '', settled: 0 },
      prometheus: { url: `http://127.0.0.1:${prometheusPort}`, step: 1 },
      log: silentLog,
      cluster: async (log) =>
        createCluster({ name: 'sandbox', connection: plainConnection(cluster.url), log, ...unhurried }),
      face: slackFace({ host: '127.0.0.1', port, slack }, { guestFlags: 'left out' }),
    });
    desk = await openDesk(browser, workspace.url);
    exporter = createServer((_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      void metricsOf(cluster.url).then(
        (text) => response.end(text),
        () => response.writeHead(500).end(),
      );
    });
    const exporterPort = await freePort();
    await new Promise<void>((done) => exporter.listen(exporterPort, '127.0.0.1', done));
    const target = `http://127.0.0.1:${exporterPort}`;
    prometheus = await startPrometheus({
      ...{ target, rules, port: prometheusPort },
      alertmanagers: alertmanagers.map(({ url }) => url),
    });
  });

  afterAll(async () => {
    await prometheus?.stop();
    await Promise.all(alertmanagers.map((each) => each.stop()));
    exporter?.close();
    await browser?.close();
    await running?.stop();
    await knex?.destroy();
    workspace?.stop();
    await cluster?.stop();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const checkout = () =>
    desk
      .message('restart Deployment/checkout in shop')
      .filter({ hasText: 'Remediation' })
      .filter({ hasNotText: 'only visible' });
  const reply = (words: string) => desk.thread.locator('.msg').filter({ hasText: words }).last();

  test('several alerts of two Alertmanagers are one card', async () => {
    cluster.apply(namespace('shop'));
    cluster.apply(
      deployment({
        ...{ name: 'checkout', namespace: 'shop', image: 'registry.example/checkout:1.0.0', replicas: 2 },
        behaviour: { [curedByAnnotation]: 'restart' },
      }),
    );
    await checkout().filter({ hasText: 'Approval needed' }).waitFor();
    // One for each pod and one for all of them, from either of the two: each is counted once.
    await checkout().filter({ hasText: '3 alerts since' }).waitFor();
    expect(await checkout().count()).toBe(1);
    const counted = await knex('incidents').whereNotNull('alert').count({ n: '*' }).first();
    expect(Number(counted?.['n'])).toBe(3);
    expect(await knex('remediations')).toHaveLength(1);
  });

  test('bob silences them, in both Alertmanagers, and approves by a click', async () => {
    await desk.actAs('bob');
    await checkout()
      .getByRole('button', { name: /^Silence/ })
      .click();
    await checkout().filter({ hasText: '3 alerts silenced by' }).waitFor();
    for (const each of alertmanagers)
      await eventually(async () => expect(await each.silences()).toHaveLength(3));
    await checkout().getByRole('button', { name: 'Approve' }).click();
    await checkout().filter({ hasText: 'Verified: restart Deployment/checkout' }).waitFor();
  });

  test('with the verdict the silences end, the alerts are over, and the thread says it all in order', async () => {
    for (const each of alertmanagers) await eventually(async () => expect(await each.silences()).toEqual([]));
    await desk.openThread(checkout());
    for (const said of [
      '3 alerts silenced in Alertmanager',
      'Approved by @bob',
      'Executed',
      'Verified',
      'The silence of 3 alerts has ended',
      'All 3 alerts are resolved',
    ])
      await reply(said).waitFor();
    await checkout().filter({ hasText: 'over since' }).waitFor();
    await reply('The hour before').filter({ hasText: 'Restarts in 5 min' }).waitFor();
    await reply('The hour before').getByAltText('Restarts in 5 min').waitFor();
  });

  test('hours later it has lasted: the playbook is trusted for one outcome', async () => {
    await knex.raw(`update second_looks set due_at = now() - interval '1 second'`);
    await reply('Lasted').waitFor();
    expect(await knex('playbook_outcomes')).toHaveLength(1);
    expect(await knex('remediations')).toHaveLength(1);
    expect((await knex('playbooks').first())?.trust_score).toBeDefined();
  });

  test('and it is one example of what is exported', async () => {
    const out = join(folder, 'finetune');
    const asked = { since: undefined, now: new Date().toISOString() };
    const card = await exportFinetune(createPast(knex), asked, await openExportFolder(out));
    expect(card.examples).toBe(1);
    const written = ['train', 'validation'].map((side) => readFileSync(join(out, `${side}.jsonl`), 'utf8'));
    expect(written.join('')).toContain('checkout');
  });
});
