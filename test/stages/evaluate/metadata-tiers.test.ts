import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { counterfactuals } from '../../../src/stages/evaluate/counterfactual.ts';
import {
  barePodFacts,
  defaultPolicy,
  dependents,
  deploymentFacts,
  inNamespace,
  nodeFacts,
  podFacts,
} from '../../fixtures/facts.ts';
import { helm, judge } from '../../fixtures/field-cases.ts';
import { annotateWith, labelNode, labelPod, labelWith, picker } from '../../fixtures/fields.ts';

const small = { kind: 'ReplicaSet', name: 'web-c', desired: 1, ready: 1 };
const webPicker = picker('ReplicaSet', 'web-c', { app: 'web-0' });
const servicePicker = picker('Service', 'web', { app: 'web-0' });
const serving = (ready: number, own = 1) => dependents({ services: [{ name: 'web', ready, own }] });
const quota = (podsLeft: number, resource = 'pods') =>
  dependents({ quotas: [{ name: 'team', resource, used: '3', hard: '4', podsLeft }] });

/** name, action, facts, tier, score, a sentence among the counted lines. */
type Case = [string, Action, Facts, Tier, number, string];

const cases: Case[] = [
  [
    'a label of a Deployment, which nothing goes by',
    labelWith({ tier: 'front' }),
    deploymentFacts(),
    'auto',
    2,
    'Rollback: Put the labels of Deployment/web in shop back to what they are now.',
  ],
  [
    'a label while a rollout runs, which it does not meet',
    labelWith({ tier: 'front' }),
    deploymentFacts({ rollingOut: true, updated: 1 }),
    'auto',
    2,
    'Rollback: Put the labels of Deployment/web in shop back to what they are now.',
  ],
  [
    'a label in production',
    labelWith({ tier: 'front' }, { kind: 'Deployment', namespace: 'prod', name: 'web' }),
    inNamespace('prod', deploymentFacts()),
    'human',
    11,
    'Nothing in the production namespace prod changes without a person.',
  ],
  [
    'a label that Kubernetes keeps for itself',
    labelWith({ 'app.kubernetes.io/version': '2' }),
    deploymentFacts(),
    'human',
    11,
    'Controllers read app.kubernetes.io/version: writing it may switch something on or off.',
  ],
  [
    'a label of another domain',
    labelWith({ 'example.com/team': 'shop' }),
    deploymentFacts(),
    'auto',
    2,
    'Rollback: Put the labels of Deployment/web in shop back to what they are now.',
  ],
  [
    'an annotation of another domain',
    annotateWith({ 'argocd.argoproj.io/sync-options': 'Prune=false' }),
    deploymentFacts(),
    'human',
    11,
    'Controllers read argocd.argoproj.io/sync-options: writing it may switch something on or off.',
  ],
  [
    'a plain annotation under Helm',
    annotateWith({ note: 'x' }),
    deploymentFacts({}, helm),
    'human',
    11,
    'Helm (shop) owns this object: the next upgrade of the release may undo the change.',
  ],
  [
    'a label of a pod that nobody goes by',
    labelPod({ debug: 'yes' }),
    podFacts({}, { pickers: [], neighbourhood: serving(3) }),
    'auto',
    2,
    'Rollback: Put the labels of Pod/web-0 in shop back to what they are now.',
  ],
  [
    'a pod taken from its controller: another starts',
    labelPod({ app: 'quarantine' }),
    podFacts({}, { pickers: [webPicker], neighbourhood: dependents() }),
    'human',
    11,
    'ReplicaSet/web-c would let Pod/web-0 go: it runs on, and nobody replaces or stops it; another starts in its place.',
  ],
  [
    'the only ready pod taken from its controller',
    labelPod({ app: null }),
    podFacts({ controller: small }, { pickers: [webPicker], neighbourhood: dependents() }),
    'human',
    41,
    '0 of 1 ready pod left at the worst moment: an outage.',
  ],
  [
    'a pod taken from a StatefulSet, which cannot start another of its name',
    labelPod({ app: 'quarantine' }),
    podFacts(
      { controller: { kind: 'StatefulSet', name: 'web', desired: 3, ready: 3 } },
      { pickers: [picker('StatefulSet', 'web', { app: 'web-0' })], neighbourhood: dependents() },
    ),
    'human',
    26,
    'The pod belongs to StatefulSet/web: it keeps its identity, and its volumes are attached again.',
  ],
  [
    'the last endpoint of a Service',
    labelPod({ app: 'quarantine' }),
    podFacts({}, { pickers: [servicePicker], neighbourhood: serving(1) }),
    'human',
    46,
    'Service/web would have 0 of 1 ready endpoint left: its callers get errors.',
  ],
  [
    'one of three endpoints',
    labelPod({ app: 'quarantine' }),
    podFacts({}, { pickers: [servicePicker], neighbourhood: serving(3) }),
    'human',
    11,
    'Service/web would no longer pick Pod/web-0: it gets no more requests.',
  ],
  [
    'a bare pod that a Service would pick from then on',
    labelPod({ app: 'web' }),
    { ...barePodFacts(), pickers: [picker('Service', 'web', { app: 'web' })] },
    'human',
    11,
    'Service/web would pick Pod/web-0 from then on: it gets requests if it is ready.',
  ],
  [
    'a label by which a policy lets a pod reach a database',
    labelPod({ access: 'database' }),
    podFacts(
      {},
      {
        pickers: [{ ...picker('NetworkPolicy', 'db', { access: 'database' }), namespace: 'data' }],
        neighbourhood: serving(3),
      },
    ),
    'human',
    11,
    'NetworkPolicy/db in data would start to select Pod/web-0.',
  ],
  [
    'a label by which a policy keeps a pod in',
    labelPod({ app: 'free' }),
    podFacts({}, { pickers: [picker('NetworkPolicy', 'deny', { app: 'web-0' })], neighbourhood: serving(3) }),
    'human',
    11,
    'NetworkPolicy/deny would stop selecting Pod/web-0.',
  ],
  [
    'a label that a Service goes by, without a change for it',
    labelPod({ app: 'free' }),
    podFacts({}, { pickers: [picker('Service', 'other', { app: 'other' })], neighbourhood: serving(3) }),
    'human',
    11,
    'Service/other goes by this label too, and nothing changes there.',
  ],
  [
    'a label in an expression that is not worked out',
    labelPod({ role: 'db' }),
    podFacts(
      {},
      {
        pickers: [{ ...picker('GlobalNetworkPolicy', 'db', {}), expression: "role == 'db'" }],
        neighbourhood: serving(3),
      },
    ),
    'human',
    11,
    'GlobalNetworkPolicy/db goes by this label: whether Pod/web-0 is selected then is not worked out here.',
  ],
  ...['istio.io/dataplane-mode', 'security.istio.io/tlsMode', 'linkerd.io/inject', 'example.com/any'].map(
    (key): Case => [
      `a label of a running pod with a domain: ${key}`,
      labelPod({ [key]: 'none' }),
      podFacts({}, { pickers: [], neighbourhood: serving(3) }),
      'human',
      11,
      `Controllers read ${key}: writing it may switch something on or off.`,
    ],
  ),
  [
    'another pod, for which a quota has no room',
    labelPod({ app: 'quarantine' }),
    podFacts({}, { pickers: [webPicker], neighbourhood: quota(0) }),
    'human',
    11,
    'ResourceQuota/team has room for 0 more pods (pods: 3 of 4), 1 is needed.',
  ],
  [
    'an annotation of a pod of a StatefulSet, which moves no data',
    annotateWith({ note: 'x' }, { kind: 'Pod', namespace: 'shop', name: 'web-0' }),
    podFacts({ controller: { kind: 'StatefulSet', name: 'web', desired: 3, ready: 3 } }),
    'auto',
    2,
    'Rollback: Put the annotations of Pod/web-0 in shop back to what they are now.',
  ],
  [
    'a label of a node that nothing is placed by',
    labelNode({ rack: '7' }),
    nodeFacts({}, { placements: [] }),
    'auto',
    3,
    'Node/worker-1 may serve every namespace, production ones too: the sum counts 1.5 times.',
  ],
];

describe('judged', () => {
  it.each(cases)('%s', (_name, action, facts, tier, score, sentence) => {
    const spec = judge(action, facts);
    const told = spec.lineItems.map((item) => item.sentence);
    expect(told).toContain(sentence);
    expect({ tier: spec.tier, score: spec.score }).toEqual({ tier, score });
  });

  it('says what would make a quarantine milder', () => {
    const action = labelPod({ app: null });
    const facts = podFacts({ controller: small }, { pickers: [webPicker], neighbourhood: dependents() });
    const found = counterfactuals(judge(action, facts), { action, facts, policy: defaultPolicy });
    // A pod that leaves its controller always needs a person, however many others there are.
    expect(found).toEqual([]);
  });
});
