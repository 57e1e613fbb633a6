import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts, PodFact } from '../../../src/domain/facts/facts.ts';
import type { Observation } from '../../../src/domain/verdict.ts';
import { conclude, planText } from '../../../src/stages/verify/conclude.ts';
import { judge } from '../../../src/stages/verify/judge.ts';
import {
  cronJobFacts,
  deleteJob,
  endedJob,
  jobFacts,
  resumeCronJob,
  resumeJob,
  runCronJob,
  suspendCronJob,
  suspendJob,
} from '../../fixtures/batch.ts';
import { defaultPolicy, noon, podFact } from '../../fixtures/facts.ts';
import { uid, wrote } from '../../fixtures/observation.ts';

type JobSeen = Extract<Observation, { kind: 'job' }>;

const job = (overrides: Partial<Omit<JobSeen, 'kind'>> = {}): Observation => ({
  kind: 'job',
  at: noon,
  uid,
  suspended: false,
  ...{ active: 1, ready: 1, succeeded: 0, failed: 0 },
  deleting: false,
  pods: [],
  ...overrides,
});
/** The Job that was made is another object than the one it was made from. */
const made = (overrides: Parameters<typeof job>[0] = {}) => job({ uid: 'made', ...overrides });
const cronJob = (suspended: boolean, changed?: string): Observation => ({
  kind: 'cronJob',
  at: noon,
  uid,
  suspended,
  ...(changed === undefined ? {} : { changed }),
});
const absent: Observation = { kind: 'absent', at: noon };
const pod = (overrides: Partial<PodFact>) => podFact('import-a', { ready: false, ...overrides });

describe('a look', () => {
  it.each<[string, Action, Facts, Observation, string]>([
    [
      'a suspended CronJob',
      suspendCronJob(),
      cronJobFacts(),
      cronJob(true),
      'good: CronJob/report in shop is suspended.',
    ],
    [
      'a resumed CronJob',
      resumeCronJob(),
      cronJobFacts({ suspended: true }),
      cronJob(false),
      'good: CronJob/report in shop is not suspended.',
    ],
    [
      'a Job of which a pod on its way out cannot pull its image',
      runCronJob(),
      cronJobFacts(),
      made({ pods: [pod({ deleting: true, waiting: 'ImagePullBackOff' })] }),
      'pending: Job/report-now in shop is still running: 1 active, 1 ready, 0 succeeded.',
    ],
    [
      'a CronJob that somebody has resumed',
      suspendCronJob(),
      cronJobFacts(),
      cronJob(false),
      'bad: CronJob/report in shop is not suspended: somebody has changed it back.',
    ],
    [
      'a CronJob that is not as it was written',
      suspendCronJob(),
      cronJobFacts(),
      cronJob(false, 'It is false instead of true.'),
      'bad: It is false instead of true.',
    ],
    [
      'a CronJob that is gone',
      suspendCronJob(),
      cronJobFacts(),
      absent,
      'bad: CronJob/report in shop is gone.',
    ],
    [
      'a suspended Job whose pods have not stopped',
      suspendJob(),
      jobFacts(),
      job({ suspended: true, active: 1, pods: [pod({ deleting: true })] }),
      'pending: Job/import in shop is suspended: 1 of its pods still to stop, 1 stopping.',
    ],
    [
      'a suspended Job whose pods are stopping',
      suspendJob(),
      jobFacts(),
      job({ suspended: true, active: 0, pods: [pod({ deleting: true })] }),
      'pending: Job/import in shop is suspended: 0 of its pods still to stop, 1 stopping.',
    ],
    [
      'a suspended Job with a pod that has ended',
      suspendJob(),
      jobFacts(),
      job({ suspended: true, active: 0, pods: [pod({})] }),
      'good: Job/import in shop is suspended and none of its pods runs.',
    ],
    [
      'a resumed Job without pods yet',
      resumeJob(),
      jobFacts({ suspended: true }),
      job({ active: 0, ready: 0 }),
      'pending: Job/import in shop is resumed: 0 pods, none ready yet.',
    ],
    [
      'a resumed Job that runs',
      resumeJob(),
      jobFacts({ suspended: true }),
      job({ active: 2, ready: 1 }),
      'good: Job/import in shop runs: 1 of 2 pods ready.',
    ],
    [
      'a resumed Job that has completed',
      resumeJob(),
      jobFacts({ suspended: true }),
      job({ active: 0, ready: 0, ended: 'Complete' }),
      'good: Job/import in shop has completed.',
    ],
    [
      'a resumed Job that fails',
      resumeJob(),
      jobFacts({ suspended: true }),
      job({ active: 0, ready: 0, ended: 'Failed', reason: 'DeadlineExceeded' }),
      'bad: Job/import in shop has failed: DeadlineExceeded.',
    ],
    [
      'a new Job that has completed',
      runCronJob(),
      cronJobFacts(),
      made({ active: 0, ended: 'Complete' }),
      'good: Job/report-now in shop has completed.',
    ],
    [
      'a new Job that runs well: it may still fail',
      runCronJob(),
      cronJobFacts(),
      made({ active: 2, ready: 2, succeeded: 1 }),
      'pending: Job/report-now in shop is still running: 2 active, 2 ready, 1 succeeded.',
    ],
    [
      'a new Job that tries again',
      runCronJob(),
      cronJobFacts(),
      made({ failed: 2, ready: 0, pods: [pod({ restarts: 1, terminated: 'Error' })] }),
      'pending: Job/report-now in shop is still running: 1 active, 0 ready, 0 succeeded, 2 failed and tried again.',
    ],
    [
      'a new Job whose image cannot be pulled',
      runCronJob(),
      cronJobFacts(),
      made({ ready: 0, pods: [pod({ waiting: 'ImagePullBackOff' })] }),
      'bad: Job/report-now in shop: Pod import-a is in ImagePullBackOff.',
    ],
    [
      'a new Job that has failed',
      runCronJob(),
      cronJobFacts(),
      made({ active: 0, ended: 'Failed', reason: 'BackoffLimitExceeded' }),
      'bad: Job/report-now in shop has failed: BackoffLimitExceeded.',
    ],
    [
      'a new Job that something holds back',
      runCronJob(),
      cronJobFacts(),
      made({ suspended: true, active: 0 }),
      'pending: Job/report-now in shop is suspended: somebody or something holds it back.',
    ],
    [
      'a new Job that is gone',
      runCronJob(),
      cronJobFacts(),
      absent,
      'error: Job/report-now in shop is gone: it was deleted, or removed after its end; how it ended is not known.',
    ],
    [
      "somebody else's Job of that name",
      runCronJob(),
      cronJobFacts(),
      made({ ended: 'Complete', changed: 'It exists already, made by somebody else.' }),
      'bad: It exists already, made by somebody else.',
    ],
    ['a deleted Job', deleteJob(), jobFacts(), job(), 'pending: Job/import in shop is still there.'],
    [
      'a deleted Job with pods',
      deleteJob(),
      jobFacts(),
      { ...absent, podsLeft: 2 },
      'pending: Job/import in shop is gone, 2 of its pods still to go.',
    ],
    [
      'a deleted Job that is gone',
      deleteJob(),
      endedJob('Failed'),
      { ...absent, podsLeft: 0 },
      'good: Job/import in shop and its pods are gone.',
    ],
    [
      'a deleted Job that is back',
      deleteJob(),
      jobFacts(),
      job({ uid: 'another' }),
      'bad: Job/import in shop was deleted, and somebody has made another of its name: it runs again.',
    ],
    [
      'a Job seen as something else',
      runCronJob(),
      cronJobFacts(),
      cronJob(false),
      'error: Job/report-now in shop was looked at as a cronJob; nothing can be said of it.',
    ],
  ])('%s', (_name, action, facts, observation, expected) => {
    const { grade, sentence } = judge({ action, facts, results: wrote(8), observation });
    expect(`${grade}: ${sentence}`).toBe(expected);
  });
});

it('a Job that still runs well at the deadline is neither verified nor failed', () => {
  const look = { action: runCronJob(), facts: cronJobFacts(), results: wrote(1) };
  const samples = Array.from({ length: 20 }, () => judge({ ...look, observation: made() }));
  const { verification: plan } = defaultPolicy;
  const now = new Date(Date.parse(noon) + plan.deadlineSeconds * 1000).toISOString();
  expect(conclude({ plan, samples, appliedAt: noon, now })).toMatchObject({
    verdict: {
      result: 'inconclusive',
      sentence: expect.stringContaining('is still running: 1 active, 1 ready'),
    },
  });
});

describe('the plan on the card', () => {
  it.each<[Action, string]>([
    [suspendCronJob(), '(CronJob/report in shop is suspended)'],
    [resumeCronJob(), '(CronJob/report in shop is not suspended)'],
    [suspendJob(), '(Job/import in shop is suspended and none of its pods runs)'],
    [resumeJob(), '(Job/import in shop has a ready pod or has completed)'],
    [runCronJob(), '(Job/report-now has completed)'],
    [deleteJob(), '(Job/import in shop and its pods are gone)'],
  ])('%j', (action, proof) => {
    expect(planText(defaultPolicy.verification, action)).toContain(proof);
  });
});
