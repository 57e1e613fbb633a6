import { describe, expect, it } from 'vitest';
import { needsOf, writesOf } from '../../../src/actions/needs.ts';
import type { Answer } from '../../../src/adapters/kubernetes/client/answer.ts';
import type { Api } from '../../../src/adapters/kubernetes/client/api.ts';
import { createReader } from '../../../src/adapters/kubernetes/client/read.ts';
import { readNodeView } from '../../../src/adapters/kubernetes/facts/node/node-view.ts';
import { createUnknowns } from '../../../src/adapters/kubernetes/facts/unknowns.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { cordonNode } from '../../fixtures/facts.ts';
import { labelNode } from '../../fixtures/fields.ts';

const never = new AbortController().signal;
const ok = (body: Json): Answer => ({ kind: 'ok', status: 200, body, warnings: [] });
const meta = (name: string, rest: JsonObject = {}): JsonObject => ({
  ...{ name, namespace: 'shop', uid: name, resourceVersion: '1' },
  creationTimestamp: '2026-03-01T12:00:00Z',
  ...rest,
});
const owned = (kind: string, name: string): JsonObject => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid: 'o', controller: true }],
});
const web = { labels: { 'pod-template-hash': 'abc' }, ...owned('ReplicaSet', 'web-abc') };
const here = { nodeName: 'worker-1' };
const disk = { nodeSelector: { disk: 'ssd' } };
const terms = (key: string) => ({ matchExpressions: [{ key, operator: 'Exists' }] });
const required = (key: string) => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [terms(key)] } },
  },
});
const preferred = (key: string) => ({
  affinity: {
    nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ preference: terms(key) }] },
  },
});
const apart = (key: string) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: key }] } },
});
const near = (key: string) => ({
  affinity: {
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { topologyKey: key } }],
    },
  },
});
const spread = (key: string) => ({ topologySpreadConstraints: [{ topologyKey: key }] });

const pod = (rest: JsonObject, spec: JsonObject, phase = 'Running'): JsonObject => ({
  metadata: meta('web-0', rest),
  spec: { containers: [], ...spec },
  status: { phase },
});
const daemons = (name: string, spec: JsonObject): JsonObject => ({
  metadata: meta(name),
  spec: { template: { spec } },
});
const placement = (kind: string, name: string, keys: string[], pods: number) => ({
  ...{ kind, namespace: 'shop', name, keys, pods },
});

async function look(action: Action, pods: JsonObject[], daemonSets: JsonObject[] = []) {
  const asked: string[] = [];
  const api: Api = async ({ resource: { resource, name } }) => {
    asked.push(resource);
    if (name !== undefined) return ok({ metadata: meta(name) });
    return ok({ items: resource === 'pods' ? pods : resource === 'daemonsets' ? daemonSets : [] });
  };
  const unknowns = createUnknowns(never);
  const wanted = { name: 'worker-1', needs: needsOf(action), writes: writesOf(action) };
  const read = await readNodeView(createReader(api, never), unknowns, wanted);
  expect(unknowns.list).toEqual([]);
  if (read.kind === 'refusal') throw new Error('the node was not read');
  return { placements: read.value.placements, subject: read.value.subject, asked };
}

describe('who goes by a label that is written to a node', () => {
  const action = labelNode({ disk: null, rack: '7' });
  it.each<[string, JsonObject[], JsonObject[], object[]]>([
    ['nobody', [pod(web, { ...here, nodeSelector: { other: 'x' } })], [], []],
    ['a selector', [pod(web, { ...here, ...disk })], [], [placement('Deployment', 'web', ['disk'], 1)]],
    [
      'what a node must have',
      [pod(web, required('rack'))],
      [],
      [placement('Deployment', 'web', ['rack'], 0)],
    ],
    ['what is preferred', [pod({}, preferred('rack'))], [], [placement('Pod', 'web-0', ['rack'], 0)]],
    ['a spread', [pod(owned('Job', 'load'), spread('rack'))], [], [placement('Job', 'load', ['rack'], 0)]],
    ['pods that keep apart', [pod({}, apart('rack'))], [], [placement('Pod', 'web-0', ['rack'], 0)]],
    ['pods that keep together', [pod({}, near('rack'))], [], [placement('Pod', 'web-0', ['rack'], 0)]],
    [
      'several pods of one owner',
      [pod(web, { ...here, ...disk }), pod(web, { ...here, ...required('rack') }), pod(web, disk)],
      [],
      [placement('Deployment', 'web', ['disk', 'rack'], 2)],
    ],
    [
      'a DaemonSet with a pod on the node and one without any',
      [pod(owned('DaemonSet', 'agent'), { ...here, ...disk })],
      [daemons('agent', disk), daemons('new', required('rack'))],
      [placement('DaemonSet', 'agent', ['disk'], 1), placement('DaemonSet', 'new', ['rack'], 0)],
    ],
    [
      'a DaemonSet that only prefers, which its controller does not look at',
      [pod(owned('DaemonSet', 'agent'), { ...here, ...preferred('disk') })],
      [daemons('agent', preferred('disk'))],
      [],
    ],
    ['a pod that has ended', [pod(owned('Job', 'load'), { ...here, ...disk }, 'Succeeded')], [], []],
    [
      'a pod of the kubelet',
      [pod({ annotations: { 'kubernetes.io/config.mirror': 'x' }, ...owned('Node', 'worker-1') }, disk)],
      [],
      [],
    ],
  ])('%s', async (_name, pods, daemonSets, expected) => {
    const { placements, subject } = await look(action, pods, daemonSets);
    expect(placements).toEqual(expected);
    expect(subject).not.toHaveProperty('tenants');
  });

  it('is read from one list of all pods, beside those on the node', async () => {
    const { asked } = await look(action, []);
    expect(asked.toSorted()).toEqual(['daemonsets', 'nodes', 'nodes', 'pods', 'pods']);
  });

  it('is not looked for where no label is written', async () => {
    expect(await look(cordonNode, [pod(web, disk)])).toMatchObject({ placements: undefined });
  });
});
