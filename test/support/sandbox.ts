import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const container = z.object({ state: z.object({ waiting: z.object({ reason: z.string() }).optional() }) });

const list = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ replicas: z.number().optional() }).optional(),
      status: z
        .object({
          readyReplicas: z.number().optional(),
          containerStatuses: z.array(container).optional(),
        })
        .optional(),
    }),
  ),
});

/** The objects of a list in a simulated cluster, as far as tests look at them. */
export async function listAt(cluster: string, path: string): Promise<z.infer<typeof list>['items']> {
  return list.parse(await (await fetch(`${cluster}${path}`)).json()).items;
}

/** How many Deployments have every pod that they want, ready. */
export async function fullDeployments(cluster: string): Promise<number> {
  const all = await listAt(cluster, '/apis/apps/v1/deployments');
  return all.filter(({ spec, status }) => status?.readyReplicas === spec?.replicas).length;
}

/** Resolves when so many Deployments have all their pods: what is judged before that is a rollout that is running. */
export async function untilFull(cluster: string, deployments: number): Promise<void> {
  while ((await fullDeployments(cluster)) < deployments) await sleep(50);
}
