import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../src/simulator/jobs/schedule.ts';
import type { Json, JsonObject } from '../../src/simulator/json.ts';
import { failsAsAnnotation, runsForAnnotation } from '../../src/simulator/kubelet/behaviour.ts';
import { resources } from '../../src/simulator/resources.ts';
import { edited, listAt, objectAt, put, textAt } from '../../src/simulator/tree.ts';
import { cronJob, job } from '../../src/simulator/workloads.ts';
import { condition, createStage } from './stage.ts';

const wish = { name: 'import', namespace: 'shop', image: 'import:1' };
const writer = { manager: 'test', operation: 'Update' } as const;

/** A stage with one Job, whose spec has these fields too. */
function run(spec: JsonObject = {}, behaviour: Record<string, string> = {}, image = 'import:1') {
  const stage = createStage();
  const manifest = edited(job({ ...wish, image, behaviour }), (draft) => {
    for (const [key, value] of Object.entries(spec)) put(draft, ['spec', key], value);
  });
  stage.apply(manifest);
  return stage;
}

type Stage = ReturnType<typeof createStage>;

const theJob = (stage: Stage) => stage.get('Job', 'import');
const phases = (stage: Stage) => stage.pods('import').map((pod) => textAt(pod, 'status', 'phase'));

function set(stage: Stage, kind: 'Job' | 'CronJob', path: readonly [string, ...string[]], value: Json): void {
  const resource = resources.find((each) => each.kind === kind);
  const live = stage.get(kind, 'import');
  if (resource === undefined || live === undefined) throw new Error(`no ${kind} here`);
  stage.world.store.update(
    resource,
    edited(live, (draft) => put(draft, path, value)),
    writer,
  );
}

describe('a Job', () => {
  test('runs its pods to their end and is complete', () => {
    const stage = run({ completions: 3, parallelism: 2 });
    stage.pass(3);
    expect(phases(stage)).toEqual(['Running', 'Running']);
    stage.pass(20);
    expect(phases(stage)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
    expect(theJob(stage)).toMatchObject({ status: { succeeded: 3, ready: 0 } });
    expect(condition(theJob(stage), 'Complete')).toMatchObject({ status: 'True' });
  });

  test('selects its own pods, in both spellings', () => {
    const stage = run();
    stage.pass(1);
    const uid = textAt(theJob(stage), 'metadata', 'uid');
    expect(theJob(stage)).toMatchObject({
      spec: { selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } } },
    });
    expect(stage.pods('import')[0]).toMatchObject({
      metadata: { labels: { 'controller-uid': uid, 'job-name': 'import' } },
    });
  });

  test('fails when its pods have failed more often than it allows', () => {
    const stage = run({ backoffLimit: 1 }, {}, 'import:crash');
    stage.pass(30);
    expect(phases(stage)).toEqual(['Failed', 'Failed']);
    expect(theJob(stage)).toMatchObject({ status: { failed: 2 } });
    expect(condition(theJob(stage), 'Failed')).toMatchObject({ reason: 'BackoffLimitExceeded' });
  });

  test('whose pods are restarted in place fails by their restarts', () => {
    const stage = run(
      {
        backoffLimit: 1,
        template: {
          metadata: { labels: { app: 'import' } },
          spec: { restartPolicy: 'OnFailure', containers: [{ name: 'import', image: 'import:crash' }] },
        },
      },
      {},
    );
    stage.pass(30);
    expect(condition(theJob(stage), 'Failed')).toMatchObject({ status: 'True' });
    expect(stage.pods('import')).toEqual([]);
  });

  test('that is suspended stops its pods and starts them again when it is resumed', () => {
    const stage = run({}, { [runsForAnnotation]: '60' });
    stage.pass(5);
    set(stage, 'Job', ['spec', 'suspend'], true);
    stage.pass(5);
    expect(phases(stage)).toEqual([]);
    expect(condition(theJob(stage), 'Suspended')).toMatchObject({ status: 'True' });
    set(stage, 'Job', ['spec', 'suspend'], false);
    stage.pass(5);
    expect(phases(stage)).toEqual(['Running']);
    expect(condition(theJob(stage), 'Suspended')).toMatchObject({ status: 'False' });
  });

  test('that fails under its name completes under another', () => {
    const stage = run({ backoffLimit: 0 }, { [failsAsAnnotation]: 'import' });
    stage.apply(job({ ...wish, name: 'import-2', behaviour: { [failsAsAnnotation]: 'import' } }));
    stage.pass(20);
    expect(condition(theJob(stage), 'Failed')).toMatchObject({ status: 'True' });
    expect(condition(stage.get('Job', 'import-2'), 'Complete')).toMatchObject({ status: 'True' });
  });
});

describe('a CronJob', () => {
  /** It is ten o'clock when the stage begins. */
  const every = (schedule: string, spec: JsonObject = {}, seconds = '3') => {
    const stage = createStage();
    stage.apply(
      edited(cronJob({ ...wish, schedule, behaviour: { [runsForAnnotation]: seconds } }), (draft) => {
        for (const [key, value] of Object.entries(spec)) put(draft, ['spec', key], value);
      }),
    );
    return stage;
  };
  const names = (stage: Stage) => stage.list('Job').map((each) => textAt(each, 'metadata', 'name'));
  const minutes = Date.parse('2026-01-31T10:00:00Z') / 60_000;

  test('makes a Job for each minute that its schedule names, called after the minute', () => {
    const stage = every('*/2 * * * *');
    stage.pass(290, undefined, 1);
    expect(names(stage)).toEqual([`import-${minutes + 2}`, `import-${minutes + 4}`]);
    expect(stage.get('CronJob', 'import')).toMatchObject({
      status: { lastScheduleTime: '2026-01-31T10:04:00Z', lastSuccessfulTime: expect.any(String) },
    });
  });

  test('does not count a run by hand among its own', () => {
    const stage = every('* * * * *', { concurrencyPolicy: 'Forbid' }, '600');
    const { uid = '', name = '' } = objectAt(stage.get('CronJob', 'import'), 'metadata');
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true }];
    const byHand = job({ ...wish, name: 'by-hand', behaviour: { [runsForAnnotation]: '600' } });
    stage.apply(edited(byHand, (draft) => put(draft, ['metadata', 'ownerReferences'], ownerReferences)));
    stage.pass(70, undefined, 1);
    expect(names(stage)).toEqual(['by-hand', `import-${minutes + 1}`]);
    expect(listAt(stage.get('CronJob', 'import'), 'status', 'active')).toMatchObject([
      { name: `import-${minutes + 1}` },
    ]);
  });

  test('keeps as many ended Jobs as it is told', () => {
    const stage = every('* * * * *', { successfulJobsHistoryLimit: 2 });
    stage.pass(330, undefined, 1);
    expect(names(stage)).toEqual([`import-${minutes + 4}`, `import-${minutes + 5}`]);
  });

  test.each([
    ['Forbid', 1, [1]],
    ['Replace', 1, [2]],
    ['Allow', 2, [1, 2]],
  ])('with %s has %i Job when the next run is due and the last still runs', (policy, active, runs) => {
    const stage = every('* * * * *', { concurrencyPolicy: policy }, '600');
    stage.pass(130, undefined, 1);
    expect(names(stage)).toEqual(runs.map((run) => `import-${minutes + run}`));
    expect(listAt(stage.get('CronJob', 'import'), 'status', 'active')).toHaveLength(active);
  });

  test.each([
    ['makes up for the latest run that it missed', {}, [3]],
    ['makes up for none that is older than its starting deadline', { startingDeadlineSeconds: 10 }, []],
  ])('that is resumed %s', (_, spec, runs) => {
    const stage = every('* * * * *', { suspend: true, ...spec });
    stage.pass(200, undefined, 1);
    expect(names(stage)).toEqual([]);
    set(stage, 'CronJob', ['spec', 'suspend'], false);
    stage.pass(5);
    expect(names(stage)).toEqual(runs.map((run) => `import-${minutes + run}`));
  });
});

describe('schedules', () => {
  test.each([
    ['0 2 * * *', '2026-03-02T02:00:00Z', true],
    ['0 2 * * *', '2026-03-02T02:01:00Z', false],
    ['*/15 9-17 * * 1-5', '2026-03-02T09:45:00Z', true],
    ['*/15 9-17 * * 1-5', '2026-03-01T09:45:00Z', false],
    ['5,35 * * * *', '2026-03-02T23:35:00Z', true],
    ['0 0 1 * 1', '2026-03-02T00:00:00Z', true],
    ['0 0 1 * 1', '2026-03-01T00:00:00Z', true],
    ['0 0 1 * 1', '2026-03-03T00:00:00Z', false],
    ['@hourly', '2026-03-02T07:00:00Z', true],
    ['@daily', '2026-03-02T07:00:00Z', false],
  ])('%s at %s: %s', (schedule, at, due) => {
    expect(parseSchedule(schedule)?.(Date.parse(at))).toBe(due);
  });

  test.each(['', '* * * *', '* * * * * *', '*/0 * * * *', '0 2 * * MON', '@every 5m', '1- * * * *'])(
    'the sandbox cannot read "%s"',
    (schedule) => {
      expect(parseSchedule(schedule)).toBeUndefined();
    },
  );
});
