import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freshNamespace, kubectl } from './oracle.ts';

const waiting = z.object({ waiting: z.object({ reason: z.string() }).optional() });
const podList = z.object({
  items: z.array(
    z.object({
      status: z.object({
        phase: z.string(),
        containerStatuses: z
          .array(
            z.object({
              ready: z.boolean(),
              restartCount: z.number(),
              state: waiting,
              lastState: z.object({
                terminated: z.object({ exitCode: z.number(), reason: z.string() }).optional(),
              }),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

type Container = z.infer<typeof podList>['items'][number]['status']['containerStatuses'][number] & {
  phase: string;
};

async function containerIn(namespace: string): Promise<Container | undefined> {
  const { items } = podList.parse(JSON.parse(await kubectl(['get', 'pods', '-o', 'json', '-n', namespace])));
  const [pod] = items;
  const container = pod?.status.containerStatuses[0];
  return pod && container ? { ...container, phase: pod.status.phase } : undefined;
}

/** Asks until the answer fits; the limit of the test itself ends a wait in vain. */
async function containerThat(namespace: string, fits: (container: Container) => boolean): Promise<Container> {
  for (;;) {
    const container = await containerIn(namespace);
    if (container && fits(container)) return container;
    await delay(100);
  }
}

async function deploy(tag: string): Promise<string> {
  const namespace = await freshNamespace(tag);
  await kubectl(['create', 'deployment', 'web', `--image=web:${tag}`, '-n', namespace]);
  return namespace;
}

// Each test mostly waits in a namespace of its own, so they wait together.
describe.concurrent('a pod whose image tag asks for a failure', () => {
  test.each([
    { tag: 'crash', terminated: { exitCode: 1, reason: 'Error' } },
    { tag: 'oom', terminated: { exitCode: 137, reason: 'OOMKilled' } },
    { tag: 'crash-later', terminated: { exitCode: 1, reason: 'Error' } },
  ])(':$tag goes round in CrashLoopBackOff with a growing restart count', async ({ tag, terminated }) => {
    const namespace = await deploy(tag);
    const first = await containerThat(namespace, ({ restartCount }) => restartCount > 0);
    expect(first).toMatchObject({ ready: false, phase: 'Running', lastState: { terminated } });
    expect(first.state.waiting?.reason).toBe('CrashLoopBackOff');
    const later = await containerThat(namespace, ({ restartCount }) => restartCount > first.restartCount + 1);
    expect(later.ready).toBe(false);
  });

  test(':crash-later is Ready before it crashes', async () => {
    const namespace = await deploy('crash-later');
    const status = await kubectl(['rollout', 'status', 'deployment/web', '--timeout=300s', '-n', namespace]);
    expect(status).toContain('successfully rolled out');
    await kubectl([
      'wait',
      'deployment/web',
      '--for=condition=Available=false',
      '--timeout=300s',
      '-n',
      namespace,
    ]);
  });

  test(':never-ready runs without becoming ready', async () => {
    const namespace = await deploy('never-ready');
    const container = await containerThat(namespace, ({ phase }) => phase === 'Running');
    expect(container).toMatchObject({ ready: false, restartCount: 0, state: {} });
    await delay(2000);
    expect(await containerIn(namespace)).toMatchObject({ ready: false, restartCount: 0 });
  });

  test(':bad stays pending in ImagePullBackOff, and the old pods of a rollout keep serving', async () => {
    const namespace = await freshNamespace('bad');
    const web = ['deployment/web', '-n', namespace];
    await kubectl(['create', 'deployment', 'web', '--image=web:1', '--replicas=3', '-n', namespace]);
    await kubectl(['rollout', 'status', ...web, '--timeout=300s']);
    await kubectl(['set', 'image', ...web, 'web=web:bad']);
    const reason = '{.items[*].status.containerStatuses[*].state.waiting.reason}';
    const reasons = () => kubectl(['get', 'pods', `--output=jsonpath=${reason}`, '-n', namespace]);
    while ((await reasons()) !== 'ImagePullBackOff') await delay(100);
    expect(await kubectl(['get', ...web, '--output=jsonpath={.status.readyReplicas}'])).toBe('3');

    await kubectl(['rollout', 'undo', ...web]);
    const undone = await kubectl(['rollout', 'status', ...web, '--timeout=300s']);
    expect(undone).toContain('successfully rolled out');
  });

  test('of a Job fails the Job', async () => {
    const namespace = await freshNamespace('job');
    const job = { backoffLimit: 0, template: { spec: podOfJob('backup:crash') } };
    const manifest = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'backup', namespace },
      spec: job,
    };
    await kubectl(['create', '-f', '-'], JSON.stringify(manifest));
    await kubectl(['wait', 'job/backup', '--for=condition=Failed', '--timeout=300s', '-n', namespace]);
  });
});

function podOfJob(image: string) {
  return { restartPolicy: 'Never', containers: [{ name: 'main', image }] };
}
