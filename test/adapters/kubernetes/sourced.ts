import type { Api } from '../../../src/adapters/kubernetes/client/api.ts';
import { anyObject } from '../../../src/adapters/kubernetes/client/objects.ts';
import { createReader } from '../../../src/adapters/kubernetes/client/read.ts';
import { readSource } from '../../../src/adapters/kubernetes/facts/source/read-source.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { deploymentFacts } from '../../fixtures/facts.ts';

const { signal } = new AbortController();
export const target = { kind: 'Deployment', namespace: 'production', name: 'web' } as const;
const setImage: Action = { verb: 'set image', target, images: [{ container: 'web', image: 'web:2' }] };

export type Objects = Readonly<Record<string, JsonObject>>;

const named = (path: string): { name: string; namespace?: string } => {
  const [namespace, name = ''] = (path.split(' ')[1] ?? '').split('/');
  return { name, ...(namespace === undefined ? {} : { namespace }) };
};

/** Answers with these objects, by `plural namespace/name`; whatever else is asked for is not there. */
export function apiOf(objects: Objects, refused: readonly string[] = []): Api {
  return async ({ resource: { resource, namespace, name }, query }) => {
    const missing = (status: number, sentence: string) =>
      ({ kind: 'refusal', status, reason: 'x', sentence, warnings: [] }) as never;
    if (refused.includes(resource)) return missing(403, `${resource} may not be read.`);
    const kinds = Object.entries(objects).filter(([path]) => path.startsWith(`${resource} `));
    const whole = kinds.map(
      ([path, object]): Json => ({
        metadata: { uid: path, resourceVersion: '1', ...named(path), ...Object(object['metadata']) },
        ...Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'metadata')),
      }),
    );
    const wanted = query?.['fieldSelector']?.split('=')[1];
    const places = kinds.map(([path]) => named(path));
    const items = whole.filter(
      (_, index) =>
        (namespace === undefined || places[index]?.namespace === namespace) &&
        places[index]?.name === (name ?? wanted),
    );
    if (name === undefined && kinds.length === 0) return missing(404, 'not served');
    if (name === undefined) return { kind: 'ok', status: 200, body: { items }, warnings: [] };
    const [body] = items;
    if (body === undefined) return missing(404, `There is no ${resource} ${name}.`);
    return { kind: 'ok', status: 200, body, warnings: [] };
  };
}

const spec = { replicas: 3, template: { spec: { containers: [{ name: 'web', image: 'web:1' }] } } };
const imageOnly = { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } };
const managedFields = [
  {
    manager: 'argocd-controller',
    fieldsV1: { 'f:spec': { 'f:template': { 'f:spec': imageOnly } } },
  },
  {
    manager: 'kube-controller-manager',
    subresource: 'scale',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  },
  { manager: 'kubelet', subresource: 'status', fieldsV1: { 'f:status': {} } },
];

/** Where a Deployment that is marked so is said to come from. */
export function sourceOf(
  labels: Record<string, string>,
  annotations: Record<string, string>,
  api: Api,
  action: Action = setImage,
) {
  const own = { name: 'web', namespace: 'production', uid: 'u', resourceVersion: '1', managedFields };
  const raw = { metadata: { ...own, labels, annotations }, spec };
  const object = anyObject.parse(raw);
  const gitOps: Facts['gitOps'] = { manager: 'argo-cd', name: 'shop' };
  return readSource(
    createReader(api, signal),
    { action, facts: deploymentFacts({}, { gitOps }) },
    { object, raw },
  );
}

/** The mark of a pause by Firebreak. */
export const paused = (was: Json) => ({
  'firebreak.dev/sync-paused': JSON.stringify({ remediation: 7, until: '2026-01-01T12:00:00Z', was }),
});
