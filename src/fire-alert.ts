import { readFile, writeFile } from 'node:fs/promises';
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

export async function writeAddresses(file: string, value: Addresses): Promise<void> {
  await writeFile(file, JSON.stringify(value), { mode: 0o600 });
}

/** The first pod of the simulated cluster that crash loops now. */
export async function findCrashLooping(clusterUrl: string): Promise<PodName | undefined> {
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

/** Posts an alert to the sandbox whose addresses `file` holds; resolves to the exit code, with a sentence printed. */
export async function fireAlert(file: string, named: PodName | undefined): Promise<number> {
  const { port, alertToken, clusterUrl } = await readAddresses(file);
  const pod = named ?? (clusterUrl === undefined ? undefined : await findCrashLooping(clusterUrl));
  if (pod === undefined) {
    process.stderr.write('No pod crash loops right now. Name one: alert --namespace NS --pod POD\n');
    return 1;
  }
  const response = await fetch(`http://127.0.0.1:${port}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alertToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(crashLoopingAlert(pod, new Date().toISOString())),
  });
  process.stdout.write(
    `KubePodCrashLooping for ${pod.namespace}/${pod.pod}: ${response.status} ${await response.text()}`,
  );
  return response.ok ? 0 : 1;
}

async function readAddresses(file: string): Promise<Addresses> {
  try {
    return addresses.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new Error('No sandbox is running here. Start one with: npm run sandbox', { cause });
  }
}
