import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { Json } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import {
  deletePodIn,
  deploymentFacts,
  noon,
  podFacts,
  remediationId,
  setImageTo,
  statefulSetFacts,
  undoOf,
} from '../../fixtures/facts.ts';
import { autoscalerOf, autoscaleTo, setEnvTo } from '../../fixtures/fields.ts';

/* What a call says of itself, or why there is none: people read it in the thread. */

const { uid } = deploymentFacts().identity;
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:0' }] },
};
const revised = (data?: Json): Facts =>
  statefulSetFacts({
    revisions: [
      { revision: 2, source: 'ControllerRevision/web-b', ...(data === undefined ? {} : { template: data }) },
    ],
  });
const running = (live: Json): Json => ({ metadata: { uid, generation: 7 }, spec: { template: live } });
const other = { ...template, spec: { containers: [{ name: 'web', image: 'web:9' }] } };
const withEnv = (...names: string[]): Json =>
  running({
    ...template,
    spec: { containers: [{ name: 'web', image: 'web:0', env: names.map((name) => ({ name, value: 'x' })) }] },
  });
const both = {
  ...setImageTo('web:2'),
  images: [
    { container: 'web', image: 'web:2' },
    { container: 'migrate', image: 'migrate:2' },
  ],
};

describe('a plan says', () => {
  test.each<[string, Action, Facts, Json, string]>([
    [
      'of an undo by its data, which revision comes back',
      undoOf('StatefulSet'),
      revised({ spec: { template } }),
      running(other),
      'Put the template of revision 2 (ControllerRevision/web-b) back into StatefulSet/web in shop.',
    ],
    [
      'of an undo by its data, that it runs already',
      undoOf('StatefulSet'),
      revised({ spec: { template } }),
      running(template),
      'StatefulSet/web in shop already runs the template of revision 2.',
    ],
    ...[undefined, { spec: {} }].map((data): [string, Action, Facts, Json, string] => [
      `of an undo by its data, that ${data === undefined ? 'it was not read' : 'it has no template'}`,
      undoOf('StatefulSet'),
      revised(data),
      running(other),
      'StatefulSet/web in shop cannot be undone: the template of revision 2 could not be read from ControllerRevision/web-b.',
    ]),
    [
      'of images, each',
      both,
      deploymentFacts(),
      running(template),
      'Set the image of web from registry.example/web:1.1 to web:2, migrate from registry.example/migrate:1.1 to migrate:2 in Deployment/web in shop.',
    ],
    [
      'of variables that go, each',
      setEnvTo({ ONE: null, TWO: null }, ['web']),
      deploymentFacts(),
      withEnv('ONE', 'TWO'),
      'Remove ONE, TWO in web of Deployment/web in shop.',
    ],
    [
      'of variables that come and go, each',
      setEnvTo({ NEW: '1', ONE: null, TWO: null }, ['web']),
      deploymentFacts(),
      withEnv('ONE', 'TWO'),
      'Set NEW and remove ONE, TWO in web of Deployment/web in shop.',
    ],
    ...(
      [
        ['ReplicaSet', 'ReplicaSet/web starts another.'],
        ['StatefulSet', 'StatefulSet/web starts no other while Node/worker-1 is silent.'],
      ] as const
    ).map(([kind, next]): [string, Action, Facts, Json, string] => [
      `of a pod of a ${kind} on a silent node, who starts another`,
      deletePodIn(),
      podFacts({
        controller: { kind, name: 'web', desired: 3, ready: 3 },
        unreadyNode: { name: 'worker-1', reported: false },
      }),
      { metadata: { uid } },
      `Delete Pod/web-0 in shop; ${next}`,
    ]),
    [
      'of an autoscaler, what it keeps from now on',
      autoscaleTo({ max: 9, cpu: 70 }),
      deploymentFacts({}, autoscalerOf({ name: 'web-hpa', cpu: { percent: 80, index: 0 } })),
      running(template),
      'Change HorizontalPodAutoscaler/web-hpa to 2 to 9 replicas at 70 % of the requested processor time.',
    ],
    [
      'of an autoscaler without a target, nothing of one',
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, { autoscaler: { name: 'web', min: 2, max: 6, uid: 'uid-of-hpa' } }),
      running(template),
      'Change HorizontalPodAutoscaler/web to 2 to 9 replicas.',
    ],
    [
      'of an autoscaler that was not read whole, that nothing is sent',
      autoscaleTo({ max: 9 }),
      deploymentFacts({}, { autoscaler: { name: 'web', min: 2, max: 6 } }),
      running(template),
      'HorizontalPodAutoscaler/web was not read whole: which object it is, is not known.',
    ],
  ])('%s', (_name, action, facts, snapshot, sentence) => {
    const planned = planExecution({ action, facts, snapshot, remediationId, stamp: noon });
    expect(planned.kind === 'plan' ? planned.plan.calls[0]?.sentence : planned.reason).toBe(sentence);
  });
});
