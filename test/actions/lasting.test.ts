import { describe, expect, test } from 'vitest';
import { kindOf } from '../../src/actions/action-kinds.ts';
import { type Action, isGroup } from '../../src/domain/action.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import type { TemplateChange } from '../../src/domain/facts/revision.ts';
import type { LastingForm } from '../../src/domain/manifest/lasting.ts';
import { parseCommand } from '../../src/stages/intake/command.ts';
import { cronJobFacts, jobFacts } from '../fixtures/batch.ts';
import { deploymentFacts, nodeFacts, podFacts } from '../fixtures/facts.ts';

const containers = ['spec', 'template', 'spec', 'containers', { name: 'web' }];
const hpa = { name: 'web-hpa', min: 2, max: 6, cpu: { percent: 80, index: 0 } };
const scaled = deploymentFacts({}, { autoscaler: hpa });
const change: TemplateChange = {
  containers: [
    {
      name: 'web',
      init: false,
      becomes: 'changed',
      image: { from: 'registry.example/web:1.1', to: 'registry.example/web:1.0' },
      resources: [{ field: 'limits.memory', from: '1Gi', to: '512Mi' }],
      fields: [],
    },
  ],
  fields: [],
  restart: true,
};
const backTo = (next: TemplateChange | undefined): Facts =>
  deploymentFacts({
    revisions: [
      { revision: 2, source: 'ReplicaSet/web-b', ...(next === undefined ? {} : { change: next }) },
      { revision: 3, source: 'ReplicaSet/web-c' },
    ],
  });
const [webChange] = change.containers;

const cases: readonly (readonly [string, Facts, readonly unknown[] | RegExp, string?])[] = [
  ['rollout restart deployment/web', deploymentFacts(), /leaves nothing behind/],
  ['rollout pause deployment/web', deploymentFacts(), /meant to end/],
  ['rollout resume deployment/web', deploymentFacts(), /leaves nothing behind/],
  ['delete pod web-0', podFacts(), /leaves nothing behind/],
  [
    'scale deployment/web --replicas=5',
    deploymentFacts(),
    [{ path: ['spec', 'replicas'], value: 5, was: 3 }],
  ],
  ['scale deployment/web --replicas=5', scaled, /HorizontalPodAutoscaler\/web-hpa sets the replicas/],
  [
    'scale deployment/web --replicas=5',
    deploymentFacts({}, { scaledObject: { name: 'web', paused: true, pausedReplicas: 2 } }),
    /ScaledObject\/web is paused and holds the replicas/,
  ],
  [
    'set image deployment/web web=registry.example/web:2',
    deploymentFacts(),
    [{ path: [...containers, 'image'], value: 'registry.example/web:2', was: 'registry.example/web:1.1' }],
  ],
  [
    'set image deployment/web migrate=m:2',
    deploymentFacts(),
    [
      {
        path: ['spec', 'template', 'spec', 'initContainers', { name: 'migrate' }, 'image'],
        value: 'm:2',
        was: 'registry.example/migrate:1.1',
      },
    ],
  ],
  [
    'set env deployment/web -c web LEVEL=debug',
    deploymentFacts(),
    [{ path: [...containers, 'env', { name: 'LEVEL' }, 'value'], value: 'debug' }],
  ],
  ['set env deployment/web -c web LEVEL-', deploymentFacts(), /LEVEL would have to be taken out/],
  [
    'set resources deployment/web -c web --limits=memory=1Gi',
    deploymentFacts(),
    [{ path: [...containers, 'resources', 'limits', 'memory'], value: '1Gi' }],
  ],
  [
    'autoscale deployment/web --min=2 --max=9',
    scaled,
    [{ path: ['spec', 'maxReplicas'], value: 9, was: 6 }],
    'HorizontalPodAutoscaler web-hpa',
  ],
  ['autoscale deployment/web --min=2 --max=9 --cpu-percent=50', scaled, /processor time/],
  ['autoscale deployment/web --max=9', deploymentFacts(), /would have to be added/],
  [
    'rollout undo deployment/web',
    backTo(change),
    [
      { path: [...containers, 'image'], value: 'registry.example/web:1.0', was: 'registry.example/web:1.1' },
      { path: [...containers, 'resources', 'limits', 'memory'], value: '512Mi', was: '1Gi' },
    ],
  ],
  ['rollout undo deployment/web', backTo(undefined), /is not known/],
  [
    'rollout undo deployment/web',
    backTo({ ...change, volumes: { added: ['a'], removed: [], changed: [] } }),
    /Revision 2 differs in volumes as well/,
  ],
  [
    'rollout undo deployment/web',
    backTo({
      ...change,
      containers:
        webChange === undefined ? [] : [{ ...webChange, env: { added: [], removed: [], changed: ['A'] } }],
    }),
    /differs in variables of web/,
  ],
  [
    'rollout undo deployment/web',
    backTo({ ...change, containers: webChange === undefined ? [] : [{ ...webChange, becomes: 'removed' }] }),
    /differs in the container web/,
  ],
  [
    'rollout undo deployment/web',
    backTo({
      ...change,
      containers:
        webChange === undefined ? [] : [{ ...webChange, resources: [{ field: 'limits.cpu', from: '1' }] }],
    }),
    /settings that go from web/,
  ],
  ['label deployment/web team=a', deploymentFacts(), [{ path: ['metadata', 'labels', 'team'], value: 'a' }]],
  [
    'label deployment/web app=b --overwrite',
    deploymentFacts(),
    [{ path: ['metadata', 'labels', 'app'], value: 'b', was: 'web' }],
  ],
  ['label deployment/web app-', deploymentFacts(), /app would have to be taken out/],
  ['label pod/web-0 team=a', podFacts(), /A Pod is not made from a manifest/],
  ['label node/worker-1 team=a', nodeFacts(), /A Node is not made from a manifest/],
  [
    'annotate deployment/web example.com/a.b=x',
    deploymentFacts(),
    [{ path: ['metadata', 'annotations', 'example.com/a.b'], value: 'x' }],
  ],
  [
    'patch deployment/web -p \'{"spec":{"minReadySeconds":5}}\'',
    deploymentFacts(),
    [{ path: ['spec', 'minReadySeconds'], value: 5 }],
  ],
  [
    'patch cronjob/nightly -p \'{"spec":{"suspend":true}}\'',
    cronJobFacts(),
    [{ path: ['spec', 'suspend'], value: true, was: false }],
  ],
  [
    'patch cronjob/nightly -p \'{"spec":{"suspend":false}}\'',
    cronJobFacts({ suspended: true }),
    [{ path: ['spec', 'suspend'], value: false, was: true }],
  ],
  ['create job again --from=cronjob/nightly', cronJobFacts(), /runs once/],
  ['delete job migrate', jobFacts(), /leaves nothing behind/],
  ['cordon worker-1', nodeFacts(), /cordon has no lasting form/],
  ['uncordon worker-1', nodeFacts(), /no lasting form/],
  ['drain worker-1 --ignore-daemonsets', nodeFacts(), /drain has no lasting form/],
  ['taint node worker-1 a=b:NoSchedule', nodeFacts(), /taint has no lasting form/],
];

function actionOf(command: string): Action {
  const parsed = parseCommand(
    `${command} -n shop`.replace(/ -n shop$/, / (node|worker-1)/.test(command) ? '' : ' -n shop'),
  );
  if (parsed.kind === 'refused' || isGroup(parsed.action))
    throw new Error(`${command}: ${JSON.stringify(parsed)}`);
  return parsed.action;
}

function lastingOf(command: string, facts: Facts): LastingForm {
  const action = actionOf(command);
  return kindOf(action.verb).lasting({ action, facts });
}

describe('what a change means for the manifests', () => {
  test.each(cases.map((each) => [each[0], each] as const))('%s', (_, [command, facts, becomes, object]) => {
    const form = lastingOf(command, facts);
    if (becomes instanceof RegExp) {
      expect(form).toEqual({ kind: 'none', reason: expect.stringMatching(becomes) });
      return;
    }
    const { target } = actionOf(command);
    const [kind, name] = object?.split(' ') ?? [target.kind, target.name];
    expect(form).toEqual({ kind: 'fields', object: { kind, name, namespace: 'shop' }, fields: becomes });
  });
});
