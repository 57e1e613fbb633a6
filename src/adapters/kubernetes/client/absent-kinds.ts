import { z } from 'zod';
import type { Answer } from './answer.ts';
import type { Api, ApiRequest } from './api.ts';
import { type Resource, resourceOf } from './resource.ts';

/** The kinds that were not installed when they were last asked for, with what the API server said. */
export type AbsentKinds = Map<string, Answer>;

const named = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/**
 * Does not ask again for kinds that were not installed, as long as the API server has no APIService for their group and
 * version: the aggregator has one for whatever it serves, those of CustomResourceDefinitions too
 * (kubernetes/kube-aggregator, autoregister). That list is read at every look anyway, so that nothing is taken for absent
 * that this look does not show to be. Where it cannot be read, all are asked for.
 *
 * @param api under which the same read is sent once
 */
export function skippingAbsent(api: Api, absent: AbsentKinds): Api {
  return async (request) => {
    if (request.mayBeAbsent !== true) return api(request);
    const key = `${request.resource.apiVersion} ${request.resource.resource}`;
    const before = absent.get(key);
    if (before !== undefined && !(await isServed(api, request))) return before;
    const answer = await api(request);
    if (answer.kind === 'refusal' && answer.status === 404) absent.set(key, answer);
    else absent.delete(key);
    return answer;
  };
}

/** Whether it may be served: yes, where that is not known. */
async function isServed(api: Api, { resource, signal, timeoutMs }: ApiRequest): Promise<boolean> {
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  const services = resourceOf('APIService');
  const answer = await api({ method: 'GET', resource: services, signal, ...limit }).catch(() => undefined);
  const read = answer?.kind === 'ok' ? named.safeParse(answer.body).data : undefined;
  return read === undefined || read.items.some(({ metadata: { name } }) => name === serviceOf(resource));
}

/** `v1.networking.istio.io` */
function serviceOf({ apiVersion }: Resource): string {
  const [group, version] = apiVersion.split('/');
  return `${version}.${group}`;
}
