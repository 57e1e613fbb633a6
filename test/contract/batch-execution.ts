import { test } from 'vitest';
import { z } from 'zod';
import { kindOf } from '../../src/actions/action-kinds.ts';
import type { ActionOf } from '../../src/domain/action.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { JsonObject } from '../../src/domain/text/json.ts';
import type { Observation, Sample } from '../../src/domain/verdict.ts';
import { judge } from '../../src/stages/verify/judge.ts';
import type { Applied } from '../../src/workflow/applied.ts';
import type { Stage } from './cluster-world.ts';
import { patience } from './cluster-world.ts';
import { cronJob, job, service } from './manifests.ts';
import { until } from './rest.ts';

type BatchAction = ActionOf<'suspend' | 'resume' | 'create job' | 'delete job'>;
type JobSeen = Extract<Observation, { kind: 'job' }>;

const anything = z.looseObject({});
const texts = z.record(z.string(), z.string());
const object = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    resourceVersion: z.string(),
    labels: texts.default({}),
    annotations: texts.default({}),
    ownerReferences: z.array(z.looseObject({})).default([]),
  }),
  spec: z.looseObject({
    suspend: z.boolean().optional(),
    selector: z.looseObject({ matchLabels: texts }).optional(),
    template: z.looseObject({ metadata: z.looseObject({ labels: texts }) }).optional(),
  }),
});

/** The objects that the manifests are called. */
const report = (namespace: string) => ({ kind: 'CronJob', namespace, name: 'report' }) as const;
const imported = (namespace: string, name = 'import') => ({ kind: 'Job', namespace, name }) as const;

type BatchTarget = ReturnType<typeof report> | ReturnType<typeof imported>;

const pathOf = ({ kind, namespace, name }: BatchTarget) =>
  `/apis/batch/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;

const done = (alreadyDone: boolean) => ({ kind: 'applied', result: { alreadyDone, warnings: [] } });

/** What is done to a Job and a CronJob, tried, repeated, refused and verified. */
export function batchContract(stage: Stage): void {
  const namespaceWith = (...objects: JsonObject[]) => stage.namespace(...objects);
  const raw = (target: BatchTarget) => stage.rest().send(object, 'GET', pathOf(target));
  const observe = (target: BatchTarget, plan?: Plan) =>
    stage.world().cluster.observe(target, patience(), plan);
  const jobSeen = (target: BatchTarget, fits: (seen: JobSeen) => boolean) =>
    until(
      () => observe(target),
      (found) => found.kind === 'job' && fits(found),
    );
  const running = (target: BatchTarget) =>
    jobSeen(target, ({ active, pods }) => active > 0 && pods.length > 0);
  const look = async (action: BatchAction, facts: Facts, applied: Applied, plan: Plan): Promise<Sample> => {
    const observation = await stage
      .world()
      .cluster.observe(kindOf(action.verb).observed({ action, facts }), patience(), plan);
    const results = applied.kind === 'applied' ? [applied.result] : [];
    return judge({ action, facts, results, observation });
  };
  /** Rehearses it, does it, does it again, and waits until verification has an opinion. */
  const carriedOut = async (action: BatchAction) => {
    const facts = await stage.facts(action);
    const plan = await stage.plan(action);
    const dryRun = await stage.world().cluster.dryRun(plan, patience());
    const first = await stage.apply(plan);
    const second = await stage.apply(plan);
    const sample = await until(
      () => look(action, facts, first, plan),
      ({ grade }) => grade !== 'pending',
    );
    return { facts, plan, dryRun, first, second, sample };
  };
  const accepted = { kind: 'accepted', warnings: [] };

  test('a CronJob: schedule, state, what a run needs, its latest Jobs', async ({ expect }) => {
    const spec = { concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 300, failedJobsHistoryLimit: 2 };
    const run = { parallelism: 2, completions: 4, ttlSecondsAfterFinished: 900 };
    const namespace = await namespaceWith(cronJob({ spec, run }), service('report'));
    const target = report(namespace);
    const facts = await stage.facts({ verb: 'create job', target, job: 'report-now' });
    expect(facts).toMatchObject({
      identity: { apiVersion: 'batch/v1', generation: 1 },
      subject: {
        kind: 'cronJob',
        ...{ suspended: false, schedule: '0 0 1 1 *', concurrencyPolicy: 'Forbid' },
        startingDeadlineSeconds: 300,
        ...{ parallelism: 2, completions: 4, ttlSeconds: 900, backoffLimit: 0 },
        ...{ active: [], recent: [], kept: { successful: 3, failed: 2 }, nameTaken: false },
        images: { app: 'report:1' },
      },
      // Its Jobs' pods would be behind it.
      neighbourhood: { services: [{ name: 'report', ready: 0, own: 0 }] },
      unknown: [],
    });
  });

  test('a Job: state, pods, how it ended', async ({ expect }) => {
    const endless = job({ name: 'endless', image: 'import:never-ready', spec: { parallelism: 2 } });
    const namespace = await namespaceWith(endless, job(), job({ name: 'broken', image: 'import:crash' }));
    const facts = async (name: string, fits: (seen: JobSeen) => boolean) => {
      const target = imported(namespace, name);
      await jobSeen(target, fits);
      return (await stage.facts({ verb: 'delete job', target })).subject;
    };
    const active = await facts('endless', (each) => each.active === 2 && each.pods.length === 2);
    // With a parallelism and no completions the first pod that ends well is enough.
    expect(active).toMatchObject({ kind: 'job', suspended: false, active: 2, parallelism: 2 });
    expect(active).not.toHaveProperty('completions');
    expect(active).not.toHaveProperty('ended');
    const complete = await facts('import', ({ ended }) => ended !== undefined);
    expect(complete).toMatchObject({ active: 0, succeeded: 1, completions: 1, ended: 'Complete' });
    const failed = await facts('broken', ({ ended }) => ended !== undefined);
    expect(failed).toMatchObject({ failed: 1, ended: 'Failed', reason: 'BackoffLimitExceeded' });
  });

  test('suspending and resuming a CronJob', async ({ expect }) => {
    const target = report(await namespaceWith(cronJob()));
    expect((await raw(target)).spec.suspend).toBe(false);
    for (const verb of ['suspend', 'resume'] as const) {
      const { dryRun, first, second, sample } = await carriedOut({ verb, target });
      expect(dryRun, verb).toMatchObject(accepted);
      expect([first, second], verb).toMatchObject([done(false), done(true)]);
      expect(sample, verb).toMatchObject({ grade: 'good' });
      expect((await raw(target)).spec.suspend).toBe(verb === 'suspend');
    }
  });

  test('suspending a Job stops its pods, resuming it starts them', async ({ expect }) => {
    const target = imported(await namespaceWith(job({ image: 'import:never-ready' })));
    const before = await running(target);
    const { dryRun, first, second, sample } = await carriedOut({ verb: 'suspend', target });
    expect(dryRun).toMatchObject(accepted);
    expect([first, second]).toMatchObject([done(false), done(true)]);
    expect(sample).toMatchObject({
      grade: 'good',
      sentence: expect.stringContaining('none of its pods runs'),
    });
    const stopped = await observe(target);
    expect(stopped).toMatchObject({ kind: 'job', suspended: true, active: 0, pods: [] });

    const plan = await stage.plan({ verb: 'resume', target });
    expect(await stage.apply(plan)).toMatchObject(done(false));
    const after = await running(target);
    expect(after).toMatchObject({ suspended: false });
    expect(uidsOf(after)).not.toEqual(uidsOf(before));
  });

  test('a suspension that somebody takes back is seen', async ({ expect }) => {
    const target = report(await namespaceWith(cronJob()));
    const plan = await stage.plan({ verb: 'suspend', target });
    await stage.apply(plan);
    await stage.patch(pathOf(target), { spec: { suspend: false } });
    expect(await observe(target, plan)).toMatchObject({
      suspended: false,
      changed: `CronJob report in namespace ${target.namespace} is not as it was written: spec.suspend is false instead of true.`,
    });
  });

  test('a CronJob is run by hand, once however often it is asked for', async ({ expect }) => {
    const target = report(await namespaceWith(cronJob()));
    const owner = await raw(target);
    const action = { verb: 'create job', target, job: 'report-now' } as const;
    const { dryRun, first, second, sample, plan } = await carriedOut(action);
    expect(dryRun).toMatchObject(accepted);
    expect([first, second]).toMatchObject([done(false), done(true)]);
    expect(sample).toMatchObject({ grade: 'good', sentence: expect.stringContaining('has completed') });
    const { metadata } = await raw(imported(target.namespace, 'report-now'));
    expect(metadata).toMatchObject({
      labels: { team: 'shop' },
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', 'example.com/owner': 'shop' },
      ownerReferences: [{ kind: 'CronJob', name: 'report', uid: owner.metadata.uid, controller: true }],
      managedFields: expect.arrayContaining([expect.objectContaining({ manager: plan.fieldManager })]),
    });
    expect(metadata.ownerReferences[0]).not.toHaveProperty('blockOwnerDeletion');
    const { subject } = await stage.facts(action);
    expect(subject).toMatchObject({ nameTaken: true, recent: [{ name: 'report-now', ended: 'Complete' }] });
    await expect(stage.plan(action)).rejects.toThrow('There is a Job/report-now');
  });

  test('a run by hand that goes on is none of the active ones', async ({ expect }) => {
    const target = report(await namespaceWith(cronJob({ image: 'report:never-ready' })));
    const action = { verb: 'create job', target, job: 'report-now' } as const;
    expect(await stage.apply(await stage.plan(action))).toMatchObject(done(false));
    await running(imported(target.namespace, 'report-now'));
    const { subject } = await stage.facts({ ...action, job: 'another' });
    expect(subject).toMatchObject({ active: [], recent: [{ name: 'report-now' }], nameTaken: false });
  });

  test('a CronJob that is resumed makes up at once for a run that it missed', async ({ expect }) => {
    const target = report(await namespaceWith(cronJob({ spec: { schedule: '*/5 * * * *', suspend: true } })));
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
    await stage.patch(`${pathOf(target)}/status`, { status: { lastScheduleTime: anHourAgo } });
    expect(await stage.apply(await stage.plan({ verb: 'resume', target }))).toMatchObject(done(false));
    const { subject } = await until(
      () => stage.facts({ verb: 'suspend', target }),
      (facts) => facts.subject.kind === 'cronJob' && facts.subject.recent?.length === 1,
    );
    expect(subject).toMatchObject({
      suspended: false,
      recent: [{ name: expect.stringMatching(/^report-\d+$/) }],
    });
  });

  test('a dry run makes nothing', async ({ expect }) => {
    const target = report(await namespaceWith(cronJob()));
    const plan = await stage.plan({ verb: 'create job', target, job: 'report-now' });
    expect(await stage.world().cluster.dryRun(plan, patience())).toMatchObject(accepted);
    expect(await observe(imported(target.namespace, 'report-now'))).toMatchObject({ kind: 'absent' });
  });

  test('a Job that has ended is run again, under its own labels and with a selector of its own', async ({
    expect,
  }) => {
    const metadata = {
      labels: { app: 'import', 'argocd.argoproj.io/instance': 'shop' },
      annotations: { 'example.com/owner': 'shop', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    };
    const namespace = await namespaceWith(job({ metadata, image: 'import:crash' }));
    const target = imported(namespace);
    await jobSeen(target, ({ ended }) => ended === 'Failed');
    const { dryRun, first, second, sample } = await carriedOut({
      verb: 'create job',
      target,
      job: 'import-again',
    });
    expect(dryRun).toMatchObject(accepted);
    expect([first, second]).toMatchObject([done(false), done(true)]);
    // The same program fails again, and the verdict says so.
    expect(sample).toMatchObject({ grade: 'bad', sentence: expect.stringContaining('BackoffLimitExceeded') });
    const [old, again] = [await raw(target), await raw(imported(namespace, 'import-again'))];
    expect(again.metadata.labels).toEqual({ app: 'import' });
    expect(again.metadata.annotations).toEqual({ 'example.com/owner': 'shop' });
    expect(again.spec.selector?.matchLabels).not.toEqual(old.spec.selector?.matchLabels);
    expect(again.spec.template?.metadata.labels).toMatchObject({ app: 'import', 'job-name': 'import-again' });
  });

  test("a Job of that name that is somebody else's is left alone", async ({ expect }) => {
    const target = report(await namespaceWith(cronJob()));
    const plan = await stage.plan({ verb: 'create job', target, job: 'report-now' });
    await stage.create(target.namespace, job({ name: 'report-now' }));
    const reason = `Job report-now in namespace ${target.namespace} exists already, made by somebody else.`;
    expect(await stage.world().cluster.dryRun(plan, patience())).toEqual({
      kind: 'refused',
      sentence: reason,
    });
    expect(await stage.apply(plan)).toEqual({ kind: 'refused', reason });
    expect(await observe(imported(target.namespace, 'report-now'), plan)).toMatchObject({ changed: reason });
  });

  test('a deleted Job takes its pods with it', async ({ expect }) => {
    const target = imported(await namespaceWith(job({ image: 'import:never-ready' })));
    const before = await running(target);
    const { dryRun, first, second, sample, plan } = await carriedOut({ verb: 'delete job', target });
    expect(dryRun).toMatchObject(accepted);
    expect([first, second]).toMatchObject([done(false), done(true)]);
    expect(sample).toMatchObject({ grade: 'good' });
    expect(await observe(target, plan)).toMatchObject({ kind: 'absent', podsLeft: 0 });
    for (const { name } of before.kind === 'job' ? before.pods : []) {
      const pod = { kind: 'Pod', namespace: target.namespace, name } as const;
      expect(await stage.world().cluster.observe(pod, patience())).toMatchObject({ kind: 'absent' });
    }
  });

  test('a plan does not delete another Job of the same name', async ({ expect }) => {
    const target = imported(await namespaceWith(job()));
    const action = { verb: 'delete job', target } as const;
    const facts = await stage.facts(action);
    const plan = await stage.plan(action);
    await stage.rest().send(anything, 'DELETE', `${pathOf(target)}?propagationPolicy=Background`);
    await until(
      () => observe(target),
      ({ kind }) => kind === 'absent',
    );
    await stage.create(target.namespace, job());
    const applied = await stage.apply(plan);
    expect(applied).toMatchObject(done(true));
    expect(await observe(target)).toMatchObject({ kind: 'job', deleting: false });
    expect(await look(action, facts, applied, plan)).toMatchObject({
      grade: 'bad',
      sentence: expect.stringContaining('it runs again'),
    });
  });
}

function uidsOf(seen: Observation): string[] {
  return seen.kind === 'job' ? seen.pods.map(({ uid }) => uid) : [];
}
