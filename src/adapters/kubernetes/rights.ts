import { z } from 'zod';
import { createApi } from './client/api.ts';
import type { Connection } from './client/connection.ts';
import { describeRight, everythingRead, type Resource, resourceOf } from './client/resource.ts';

/** One right as RBAC has it. */
export interface Right {
  readonly verb: string;
  readonly resource: Resource;
}

const review = z.object({ status: z.object({ allowed: z.boolean() }) });

/** What every installation reads. */
export const rightsToRead = (): readonly Right[] =>
  everythingRead().map((resource) => ({ verb: 'list', resource }));

/** What `warningEvents` of the policy needs. */
export const rightsToWatch = (): readonly Right[] => [{ verb: 'watch', resource: resourceOf('Event', {}) }];

/** What firebreak-act of deploy/base/rbac.yaml lets it change in a namespace; test/documents.test.ts holds that it is all. */
export const rightsToAct = (namespace: string): readonly Right[] =>
  actingRights.map((text) => rightOf(text, namespace));

/** Of nodes: firebreak-nodes, which is bound to nobody. */
export const rightsOnNodes = (): readonly Right[] => nodeRights.map((text) => rightOf(text));

/** To pause Argo CD and Flux in an emergency: firebreak-sync-pause of deploy/overlays/sync-pause, which is optional. */
export const rightsToPause = (): readonly Right[] => pausingRights.map((text) => rightOf(text));

/** The verb, the version and the resource, as `kubectl auth can-i` takes them. */
export const actingRights = [
  'patch apps/v1 deployments',
  'patch apps/v1 statefulsets',
  'patch apps/v1 daemonsets',
  'patch apps/v1 deployments/scale',
  'patch apps/v1 statefulsets/scale',
  'delete v1 pods',
  'get v1 pods/log',
  'patch v1 pods',
  'create autoscaling/v2 horizontalpodautoscalers',
  'patch autoscaling/v2 horizontalpodautoscalers',
  'patch batch/v1 cronjobs',
  'create batch/v1 jobs',
  'patch batch/v1 jobs',
  'delete batch/v1 jobs',
] as const;

export const nodeRights = ['patch v1 nodes', 'create v1 pods/eviction'] as const;

export const pausingRights = [
  'patch argoproj.io/v1alpha1 applications',
  'patch kustomize.toolkit.fluxcd.io/v1 kustomizations',
  'patch helm.toolkit.fluxcd.io/v2 helmreleases',
] as const;

function rightOf(text: string, namespace?: string): Right {
  const [verb = '', apiVersion = '', path = ''] = text.split(' ');
  const [resource = '', subresource] = path.split('/');
  return { verb, resource: { apiVersion, resource, namespace, subresource } };
}

/**
 * Which of these rights the account of the connection lacks, in RBAC's words (`patch deployments.apps in namespace shop`),
 * by a SelfSubjectAccessReview for each (kubernetes.io, "Authorization Overview"), which any account may ask.
 *
 * @throws ClusterFault when the API server does not answer
 */
export async function rightsMissing(
  connection: Connection,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const api = createApi(connection.cluster, connection);
  const asked = await Promise.all(
    rights.map(async ({ verb, resource }) => {
      const { apiVersion, namespace, subresource } = resource;
      const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
      const attributes = { verb, group, resource: resource.resource };
      const answer = await api({
        method: 'POST',
        resource: { apiVersion: 'authorization.k8s.io/v1', resource: 'selfsubjectaccessreviews' },
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: {
            resourceAttributes: {
              ...attributes,
              ...(namespace === undefined ? {} : { namespace }),
              ...(subresource === undefined ? {} : { subresource }),
            },
          },
        },
        signal,
      });
      const allowed = answer.kind === 'ok' && review.safeParse(answer.body).data?.status.allowed === true;
      return allowed ? undefined : `${verb} ${describeRight(resource)}`;
    }),
  );
  return asked.filter((each) => each !== undefined);
}
