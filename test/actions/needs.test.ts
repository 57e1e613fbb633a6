import { expect, it } from 'vitest';
import { needsOf, writesOf } from '../../src/actions/needs.ts';
import { type Action, verbs } from '../../src/domain/action.ts';
import type { FactNeeds } from '../../src/domain/facts/needs.ts';
import { deleteJob, resumeJob, runCronJob, runJobAgain, suspendCronJob } from '../fixtures/batch.ts';
import {
  cordonNode,
  deletePodIn,
  drainNode,
  pauseIn,
  restartOf,
  resumeIn,
  scaleTo,
  setImageTo,
  taintNode,
  uncordonNode,
  undoOf,
} from '../fixtures/facts.ts';
import {
  annotateWith,
  autoscaleTo,
  labelNode,
  labelPod,
  labelWith,
  patchOf,
  setEnvTo,
  setResourcesTo,
} from '../fixtures/fields.ts';

const texts = { tier: 'front', old: null };
const labels = ['metadata.labels.tier', 'metadata.labels.old'];
const noExecute = { key: 'broken', effect: 'NoExecute' } as const;
const noSchedule = { key: 'dedicated', effect: 'NoSchedule' } as const;
const flags = { ignoreDaemonSets: true, deleteEmptyDirData: false, force: true };
const partition = 'spec.updateStrategy.rollingUpdate.partition';

const cases: [string, Action, FactNeeds, string[]][] = [
  ['a restart', restartOf(), {}, ['spec.template']],
  ['an undo', undoOf(), { undo: {} }, ['spec.template']],
  ['an undo to a revision', undoOf('Deployment', 3), { undo: { toRevision: 3 } }, ['spec.template']],
  ['a pause', pauseIn(), {}, ['spec.paused']],
  ['a resumed rollout', resumeIn(), {}, ['spec.paused']],
  ['a scale', scaleTo(3), {}, ['spec.replicas']],
  ['an image', setImageTo('web:2'), { newTemplate: true }, ['spec.template']],
  ['a pod that is deleted', deletePodIn(), { podNode: true }, []],
  ['a cordon', cordonNode, {}, ['spec.unschedulable']],
  ['an uncordon', uncordonNode, {}, ['spec.unschedulable']],
  ['a drain', drainNode(flags), { nodePods: { by: 'eviction', ...flags } }, ['spec.unschedulable']],
  [
    'a taint that evicts, and only that one',
    taintNode({ add: [noExecute, noSchedule] }),
    { nodePods: { by: 'taints', taints: [noExecute] } },
    ['spec.taints'],
  ],
  ['a taint that evicts nobody', taintNode({ add: [noSchedule] }), {}, ['spec.taints']],
  ['a label of a workload', labelWith(texts), {}, labels],
  ['a label of a pod', labelPod(texts), { podLabels: ['tier', 'old'] }, labels],
  ['a label of a node', labelNode(texts), { nodeLabels: ['tier', 'old'] }, labels],
  ['an annotation', annotateWith({ 'a.b/note': 'x' }), {}, ['metadata.annotations.a.b/note']],
  [
    'variables',
    setEnvTo({ A: 'b', C: null }, ['web']),
    { variables: { set: [{ name: 'A', value: 'b' }], containers: ['web'] }, newTemplate: true },
    ['spec.template'],
  ],
  [
    'resources',
    setResourcesTo({ limits: { cpu: '1' } }),
    {
      resources: true,
      newResources: { limits: { cpu: '1' }, requests: {}, containers: ['web'] },
      newTemplate: true,
    },
    ['spec.template'],
  ],
  ['an autoscaler, which is another object', autoscaleTo({ max: 5 }), { resources: true }, []],
  ['a suspended CronJob', suspendCronJob(), {}, ['spec.suspend']],
  ['a resumed Job', resumeJob(), {}, ['spec.suspend']],
  ['a run of a CronJob', runCronJob(), { newJob: 'report-now' }, ['spec.jobTemplate']],
  ['a Job that runs again', runJobAgain(), { newJob: 'import-again' }, []],
  ['a Job that is deleted', deleteJob(), {}, []],
  [
    'a field',
    patchOf('StatefulSet', { [partition]: 1 }),
    { fieldValues: ['spec.minReadySeconds', 'spec.revisionHistoryLimit', partition] },
    [partition],
  ],
];

it.each(cases)('what a look must bring for %s', (_name, action, needs, writes) => {
  expect(needsOf(action)).toEqual(needs);
  expect(writesOf(action).map((path) => path.join('.'))).toEqual(writes);
});

it('every verb has its case', () => {
  expect([...new Set(cases.map(([, { verb }]) => verb))].toSorted()).toEqual(verbs.toSorted());
});
