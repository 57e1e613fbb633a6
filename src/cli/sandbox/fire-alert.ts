import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** A pod that an alert is about. */
export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

/** What a running sandbox leaves on disk for the commands that talk to it. */
const addresses = z.strictObject({
  /** Port of Firebreak's HTTP side. */
  port: z.number(),
  alertToken: z.string(),
  /** URL of the simulated cluster; absent when the sandbox uses a real one. */
  clusterUrl: z.string().optional(),
});
export type Addresses = z.infer<typeof addresses>;

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      status: z
        .object({
          containerStatuses: z
            .array(
              z.object({
                state: z
                  .object({ waiting: z.object({ reason: z.string().optional() }).optional() })
                  .optional(),
              }),
            )
            .optional(),
        })
        .optional(),
    }),
  ),
});

const fileIn = (folder: string): string => join(folder, 'running.json');

/** Says in the sandbox's folder how to reach it. */
export async function writeAddresses(folder: string, value: Addresses): Promise<void> {
  await writeFile(fileIn(folder), JSON.stringify(value), { mode: 0o600 });
}

export async function forgetAddresses(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true });
}

/** Looks at the pods, half a second apart, before none crash loops: between two crashes a pod runs for a while. */
const looks = 40;

/** The first pod of the simulated cluster that crash loops, waited for during twenty seconds. */
export async function findCrashLooping(clusterUrl: string): Promise<PodName | undefined> {
  for (let look = 0; look < looks; look += 1) {
    const found = await crashLoopingNow(clusterUrl);
    if (found !== undefined) return found;
    await sleep(500);
  }
  return undefined;
}

async function crashLoopingNow(clusterUrl: string): Promise<PodName | undefined> {
  const response = await fetch(`${clusterUrl}/api/v1/pods`);
  const { items } = podList.parse(await response.json());
  const looping = items.find((pod) =>
    pod.status?.containerStatuses?.some(
      (container) => container.state?.waiting?.reason === 'CrashLoopBackOff',
    ),
  );
  return looping && { namespace: looping.metadata.namespace, pod: looping.metadata.name };
}

/** Alertmanager's webhook body for one crash-looping pod, as the kubernetes-mixin rule KubePodCrashLooping fires it. */
export function crashLoopingAlert({ namespace, pod }: PodName, now: string): object {
  const labels = {
    alertname: 'KubePodCrashLooping',
    severity: 'warning',
    namespace,
    pod,
    reason: 'CrashLoopBackOff',
  };
  return {
    version: '4',
    status: 'firing',
    receiver: 'firebreak',
    groupKey: `{}:{alertname="KubePodCrashLooping", namespace="${namespace}"}`,
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { summary: `Pod ${namespace}/${pod} is crash looping.` },
        startsAt: now,
        endsAt: '0001-01-01T00:00:00Z',
      },
    ],
  };
}

/** Posts an alert to the sandbox that runs in `folder`; resolves to the exit code, with a sentence printed. */
export async function fireAlert(folder: string, named: PodName | undefined): Promise<number> {
  const { port, alertToken, clusterUrl } = await readAddresses(folder);
  const pod = named ?? (clusterUrl === undefined ? undefined : await reach(findCrashLooping(clusterUrl)));
  if (pod === undefined) {
    process.stderr.write(
      clusterUrl === undefined
        ? 'The sandbox uses a real cluster. Name a pod: alert --namespace NS --pod POD\n'
        : 'No pod crash loops right now. Name one: alert --namespace NS --pod POD\n',
    );
    return 1;
  }
  const request = fetch(`http://127.0.0.1:${port}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(crashLoopingAlert(pod, new Date().toISOString())),
  });
  const response = await reach(request);
  const about = `KubePodCrashLooping for pod ${pod.pod} in ${pod.namespace}`;
  if (response.ok) {
    process.stdout.write(`Fired ${about}. Its card follows in the channel.\n`);
    return 0;
  }
  process.stderr.write(`${about} was not taken: HTTP ${response.status} ${await response.text()}\n`);
  return 1;
}

const notRunning = 'No sandbox is running here. Start one with: npm run sandbox';

/** A sandbox that was killed leaves its address behind. */
function reach<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause: unknown) => {
    throw new Error(notRunning, { cause });
  });
}

/** @throws Error with one sentence when no sandbox runs there */
export async function readAddresses(folder: string): Promise<Addresses> {
  try {
    return addresses.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')));
  } catch (cause) {
    throw new Error(notRunning, { cause });
  }
}
