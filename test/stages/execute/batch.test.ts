import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { type Call, plan as planSchema } from '../../../src/domain/plan.ts';
import type { Json, JsonObject } from '../../../src/domain/text/json.ts';
import { planExecution } from '../../../src/stages/execute/plan.ts';
import {
  cronJobFacts,
  deleteJob,
  endedJob,
  jobFacts,
  resumeCronJob,
  resumeJob,
  runCronJob,
  runJobAgain,
  suspendCronJob,
  suspendJob,
} from '../../fixtures/batch.ts';
import { noon, remediationId } from '../../fixtures/facts.ts';
import { applyPatch, isRecognised, lookUp } from '../../fixtures/json-patch.ts';

const { uid } = jobFacts().identity;

function planned(action: Action, facts: Facts, snapshot: Json): Call {
  const result = planExecution({ action, facts, snapshot, remediationId, stamp: noon });
  if (result.kind === 'refused') throw new Error(`refused: ${result.reason}`);
  expect(planSchema.parse(result.plan)).toEqual(result.plan);
  expect(result.plan.fieldManager).toBe(`firebreak/${remediationId}`);
  const [call] = result.plan.calls;
  if (call === undefined) throw new Error('a plan without a call');
  return call;
}

const stored = (spec: JsonObject): JsonObject => ({ metadata: { uid, generation: 7 }, spec });

describe('suspending and resuming', () => {
  const suspendedJob = jobFacts({ suspended: true });
  const suspendedCronJob = cronJobFacts({ suspended: true });
  it.each<[string, Action, Facts, JsonObject, JsonObject, boolean, string]>([
    [
      'a CronJob',
      suspendCronJob(),
      cronJobFacts(),
      { suspend: false },
      { suspend: true },
      true,
      'Suspend CronJob/report in shop.',
    ],
    [
      'a CronJob that says nothing',
      suspendCronJob(),
      cronJobFacts(),
      {},
      { suspend: true },
      true,
      'Suspend CronJob/report in shop.',
    ],
    [
      'a CronJob again',
      resumeCronJob(),
      suspendedCronJob,
      { suspend: true },
      { suspend: false },
      false,
      'Resume CronJob/report in shop.',
    ],
    [
      'a Job',
      suspendJob(),
      jobFacts(),
      { suspend: false },
      { suspend: true },
      true,
      'Suspend Job/import in shop.',
    ],
    [
      'a Job again',
      resumeJob(),
      suspendedJob,
      { suspend: true },
      { suspend: false },
      false,
      'Resume Job/import in shop.',
    ],
  ])('%s', (_name, action, facts, before, changed, wanted, sentence) => {
    const object = stored(before);
    const call = planned(action, facts, object);
    if (call.kind !== 'patch') throw new Error(`expected a patch, not a ${call.kind}`);
    const after = applyPatch(object, call.operations) ?? {};
    expect(lookUp(after, '/spec/suspend')).toBe(wanted);
    expect(call.sentence).toBe(sentence);
    expect([isRecognised(call, object), isRecognised(call, after)]).toEqual([false, true]);
    // Not once somebody else has done it, and not to another object of the name.
    expect(applyPatch(stored(changed), call.operations)).toBeUndefined();
    expect(applyPatch({ ...object, metadata: { uid: 'another' } }, call.operations)).toBeUndefined();
  });
});

describe('a run of a CronJob', () => {
  const template = {
    metadata: { labels: { team: 'shop' }, annotations: { 'example.com/owner': 'shop' } },
    spec: {
      backoffLimit: 2,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report:1' }] } },
    },
  };
  const made = (jobTemplate: JsonObject) =>
    planned(runCronJob(), cronJobFacts(), stored({ schedule: '0 2 * * *', suspend: true, jobTemplate }));

  it('is what kubectl makes of it: the template, the mark, an owner that does not block', () => {
    expect(made(template)).toEqual({
      kind: 'create',
      ref: { apiVersion: 'batch/v1', resource: 'jobs', namespace: 'shop', name: 'report-now' },
      body: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name: 'report-now',
          namespace: 'shop',
          labels: { team: 'shop' },
          annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', 'example.com/owner': 'shop' },
          ownerReferences: [
            { apiVersion: 'batch/v1', kind: 'CronJob', name: 'report', uid, controller: true },
          ],
        },
        spec: template.spec,
      },
      recognise: { kind: 'ours' },
      sentence: 'Create Job/report-now in shop from CronJob/report.',
    });
  });

  it('has the mark alone where the template has no annotations', () => {
    const call = made({ spec: template.spec });
    if (call.kind !== 'create') throw new Error(call.kind);
    expect(lookUp(call.body, '/metadata')).toMatchObject({
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
    });
    expect(lookUp(call.body, '/metadata/labels')).toBeUndefined();
  });
});

describe('a Job that is run again', () => {
  const own = {
    'controller-uid': uid,
    'batch.kubernetes.io/controller-uid': uid,
    'job-name': 'import',
    'batch.kubernetes.io/job-name': 'import',
  };
  const old: JsonObject = {
    metadata: {
      uid,
      name: 'import',
      resourceVersion: '1000',
      labels: { team: 'shop', 'argocd.argoproj.io/instance': 'shop', ...own },
      annotations: {
        'example.com/owner': 'shop',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'meta.helm.sh/release-name': 'shop',
      },
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: 'report', uid: 'x', controller: true },
      ],
      managedFields: [],
    },
    spec: {
      backoffLimit: 2,
      completions: 1,
      suspend: true,
      manualSelector: false,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: {
        metadata: { creationTimestamp: null, labels: { app: 'import', ...own } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'import', image: 'import:1' }] },
      },
    },
    status: { failed: 3 },
  };

  it('keeps what it is and what it is called by, and nothing that tied it to the old one', () => {
    const call = planned(runJobAgain(), endedJob('Failed'), old);
    if (call.kind !== 'create') throw new Error(call.kind);
    expect(call.body).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'import-again',
        namespace: 'shop',
        labels: { team: 'shop' },
        annotations: { 'example.com/owner': 'shop' },
      },
      spec: {
        backoffLimit: 2,
        completions: 1,
        template: {
          metadata: { creationTimestamp: null, labels: { app: 'import' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'import', image: 'import:1' }] },
        },
      },
    });
    expect(call.recognise).toEqual({ kind: 'ours' });
  });

  it('gets no labels and no annotations that the old one had not', () => {
    const spec = { template: { spec: { containers: [{ name: 'import', image: 'import:1' }] } } };
    const call = planned(runJobAgain(), endedJob('Failed'), { metadata: { uid }, spec });
    expect(call.kind === 'create' && call.body).toEqual({
      ...{ apiVersion: 'batch/v1', kind: 'Job', spec },
      metadata: { name: 'import-again', namespace: 'shop' },
    });
  });
});

it('a Job is deleted by uid', () => {
  expect(planned(deleteJob(), jobFacts(), { metadata: { uid } })).toEqual({
    kind: 'delete',
    ref: { apiVersion: 'batch/v1', resource: 'jobs', namespace: 'shop', name: 'import' },
    uid,
    recognise: { kind: 'gone', uid },
    sentence: 'Delete Job/import in shop and its pods.',
  });
});

describe('refusals', () => {
  it.each<[string, Action, Facts, Json, string]>([
    [
      'suspended twice',
      suspendCronJob(),
      cronJobFacts({ suspended: true }),
      {},
      'CronJob/report is already suspended.',
    ],
    ['resumed while it runs', resumeJob(), jobFacts(), {}, 'Job/import is not suspended.'],
    [
      'suspended after its end',
      suspendJob(),
      endedJob('Complete'),
      {},
      'Job/import has ended (Complete): there is nothing to suspend.',
    ],
    [
      'a name that is taken',
      runCronJob(),
      cronJobFacts({ nameTaken: true }),
      {},
      'There is a Job/report-now in shop already.',
    ],
    [
      'a CronJob without a template',
      runCronJob(),
      cronJobFacts(),
      {},
      'CronJob/report in shop has no template to make a Job from.',
    ],
    [
      'a Job without a template',
      runJobAgain(),
      endedJob('Failed'),
      {},
      'Job/import in shop has no template to make a Job from.',
    ],
    [
      'a Job that still runs',
      runJobAgain(),
      jobFacts(),
      {},
      'Job/import still runs: it would run twice at once.',
    ],
    [
      'a CronJob on its way out',
      runCronJob(),
      cronJobFacts({ deleting: true }),
      {},
      'CronJob/report is being deleted: what is made from it would go with it.',
    ],
    [
      'suspending what is on its way out',
      suspendCronJob(),
      cronJobFacts({ deleting: true }),
      {},
      'CronJob/report is being deleted.',
    ],
    ['deleted twice', deleteJob(), jobFacts({ deleting: true }), {}, 'Job/import is being deleted already.'],
    [
      'facts of a CronJob',
      deleteJob(),
      cronJobFacts(),
      {},
      'The facts of Job/import in shop are those of a cronJob.',
    ],
  ])('%s', (_name, action, facts, snapshot, reason) => {
    expect(planExecution({ action, facts, snapshot, remediationId, stamp: noon })).toEqual({
      kind: 'refused',
      reason,
    });
  });
});
