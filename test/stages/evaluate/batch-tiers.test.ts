import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import type { Tier } from '../../../src/domain/tier.ts';
import { evaluate } from '../../../src/stages/evaluate/evaluate.ts';
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
import { defaultPolicy, dependents, inNamespace, noon, podFact, specId } from '../../fixtures/facts.ts';

const judge = (action: Action, facts: Facts): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy: defaultPolicy });
const prod = (facts: Facts): Facts => inNamespace('prod', facts);
const job = (overrides: Parameters<typeof dependents>[0], facts = jobFacts()): Facts => ({
  ...facts,
  neighbourhood: dependents(overrides),
});
const owner = { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', name: 'training' };
const suspended = jobFacts({ suspended: true, active: 0, pods: [] });
const aMinuteAgo = '2026-03-01T11:59:30Z';

/** name, action, facts, tier, score, a sentence that must be among the counted lines. */
type Case = [string, Action, Facts, Tier, number, string];

describe('tiers', () => {
  it.each<Case>([
    [
      'suspend a CronJob',
      suspendCronJob(),
      cronJobFacts(),
      'auto',
      8,
      'No more runs at "0 2 * * *" until somebody resumes it.',
    ],
    [
      'suspend a CronJob that runs',
      suspendCronJob(),
      cronJobFacts({ active: ['report-2'], timeZone: 'Europe/Berlin' }),
      'auto',
      8,
      'No more runs at "0 2 * * *" (Europe/Berlin) until somebody resumes it; the one that runs now goes on.',
    ],
    [
      'suspend a CronJob in production',
      suspendCronJob('prod'),
      prod(cronJobFacts()),
      'human',
      12,
      'prod is a production namespace: the sum counts 1.5 times.',
    ],
    [
      'resume a CronJob that has just run',
      resumeCronJob(),
      cronJobFacts({ suspended: true, lastScheduled: aMinuteAgo }),
      'auto',
      2,
      'Rollback: Suspend CronJob/report in shop again: a run that has started by then goes on.',
    ],
    [
      'resume a CronJob that may have missed a run',
      resumeCronJob(),
      cronJobFacts({ suspended: true }),
      'human',
      11,
      'It may start at once: the latest run of "0 2 * * *" starts if it was missed since 2026-03-01 02:00 UTC.',
    ],
    [
      'resume a CronJob that has never run and starts late runs for five minutes only',
      resumeCronJob(),
      cronJobFacts({ suspended: true, lastScheduled: undefined, startingDeadlineSeconds: 300 }),
      'human',
      11,
      'It may start at once: the latest run of "0 2 * * *" starts if it was missed since it was made, at most 300 s ago.',
    ],
    [
      'run a CronJob by hand',
      runCronJob(),
      cronJobFacts(),
      'human',
      11,
      'It runs now, whatever the schedule says: what it does is done.',
    ],
    [
      'run a CronJob whose last run has failed',
      runCronJob(),
      cronJobFacts({ recent: [{ name: 'report-2' }, { name: 'report-1', ended: 'Failed' }] }),
      'human',
      11,
      'It runs now, whatever the schedule says: what it does is done. Its last run (Job/report-1) has failed.',
    ],
    [
      'run a CronJob that forbids a second run beside the first',
      runCronJob(),
      cronJobFacts({ concurrencyPolicy: 'Forbid', active: ['report-2'] }),
      'human',
      11,
      'CronJob/report allows one run at a time (Forbid), and Job/report-2 runs now: this one would run beside.',
    ],
    [
      'run a CronJob that replaces runs, beside two',
      runCronJob(),
      cronJobFacts({ concurrencyPolicy: 'Replace', active: ['report-2'], recent: [{ name: 'by-hand' }] }),
      'human',
      11,
      'CronJob/report ends one run for the next (Replace), and Job/by-hand, Job/report-2 run now: this one would run beside.',
    ],
    [
      'run a CronJob that forbids a second run, while none runs',
      runCronJob(),
      cronJobFacts({ concurrencyPolicy: 'Forbid' }),
      'human',
      11,
      'CronJob/report allows one run at a time (Forbid), but its schedule does not wait for a run by hand.',
    ],
    [
      'run a CronJob that keeps nothing',
      runCronJob(),
      cronJobFacts({ kept: { successful: 0, failed: 0 } }),
      'human',
      11,
      'CronJob/report keeps no successful and no failed Jobs: how the new one ended may not be seen.',
    ],
    [
      'run a Job again that is removed at once',
      runJobAgain(),
      endedJob('Failed', { ttlSeconds: 0 }),
      'human',
      11,
      'The new Job is removed 0 s after its end: how it ended may not be seen.',
    ],
    [
      'run a failed Job again',
      runJobAgain(),
      endedJob('Failed'),
      'human',
      11,
      'It runs again: what Job/import has already done may be done twice.',
    ],
    [
      'run a Job again that has completed',
      runJobAgain(),
      endedJob('Complete'),
      'human',
      11,
      'It runs again: what Job/import has already done may be done twice, and it has completed.',
    ],
    [
      'run a Job of many pods: breadth alone',
      runJobAgain(),
      endedJob('Failed', { parallelism: 600, completions: 600 }),
      'human',
      11,
      '600 pods are started.',
    ],
    [
      'suspend a running Job',
      suspendJob(),
      jobFacts(),
      'human',
      16,
      '1 running pod is stopped: what it has not saved is lost and done again on resuming.',
    ],
    [
      'suspend a Job whose pods have not started',
      suspendJob(),
      jobFacts({ active: 0, pods: [] }),
      'auto',
      2,
      'Rollback: Resume Job/import in shop: what has completed stays, the stopped pods start over.',
    ],
    [
      'suspend the Job that leads',
      suspendJob(),
      job({ leases: [{ name: 'importer', pod: 'import-a' }] }),
      'human',
      16,
      '1 running pod is stopped: what it has not saved is lost and done again on resuming.',
    ],
    [
      'suspend a Job whose pods serve',
      suspendJob(),
      job({ services: [{ name: 'import', ready: 1, own: 1 }] }),
      'human',
      46,
      'Service/import would have 0 of 1 ready endpoint left: its callers get errors.',
    ],
    [
      'suspend a Job with a spent budget',
      suspendJob(),
      job({ budgets: [{ name: 'import', healthy: 1, desired: 1, allowed: 0 }] }),
      'human',
      16,
      '1 pod is stopped.',
    ],
    ['resume a Job', resumeJob(), suspended, 'auto', 3, '1 pod is started.'],
    [
      'resume a Job without room',
      resumeJob(),
      job({ quotas: [{ name: 'team', resource: 'pods', used: '9', hard: '9', podsLeft: 0 }] }, suspended),
      'human',
      11,
      'ResourceQuota/team has room for 0 more pods (pods: 9 of 9), 1 is needed.',
    ],
    [
      'resume a Job whose pods a Service selects',
      resumeJob(),
      job({ services: [{ name: 'web', ready: 3, own: 0 }] }, suspended),
      'human',
      21,
      'Service/web selects the pods that are started: while they are ready it sends them requests.',
    ],
    [
      'delete a Job that has ended',
      deleteJob(),
      endedJob('Failed'),
      'auto',
      6,
      'A deleted Job does not come back: the manifest of Job/import in shop is kept in the snapshot, what it has done is done.',
    ],
    [
      'delete a running Job',
      deleteJob(),
      jobFacts({ active: 2, pods: [podFact('import-a'), podFact('import-b')] }),
      'human',
      27,
      '2 running pods are stopped and not started again: the Job ends half done (1 of 2 completed).',
    ],
    [
      'delete a run of a CronJob before its pods have started',
      deleteJob(),
      jobFacts({ active: 0, pods: [], cronJob: 'report' }),
      'human',
      11,
      'It is a run of CronJob/report: it is not repeated, the next one comes on schedule.',
    ],
    [
      'suspend a Job that an operator keeps',
      suspendJob(),
      jobFacts({ active: 0, pods: [] }, { owner }),
      'human',
      11,
      'JobSet/training (jobset.x-k8s.io/v1alpha2) controls this object and may put the change back.',
    ],
    [
      'delete a Job that an operator makes again',
      deleteJob(),
      { ...endedJob('Failed'), owner },
      'human',
      11,
      'JobSet/training (jobset.x-k8s.io/v1alpha2) controls this object and may make it again, and it runs again.',
    ],
    [
      'delete a Job that GitOps makes again',
      deleteJob(),
      { ...endedJob('Failed'), gitOps: { manager: 'flux', name: 'shop' } },
      'human',
      11,
      'Flux (shop) owns this object: its next sync may make it again, and it runs again.',
    ],
    [
      'a new Job is nothing that GitOps takes back',
      runCronJob(),
      { ...cronJobFacts(), gitOps: { manager: 'flux', name: 'shop' } },
      'human',
      11,
      'It runs now, whatever the schedule says: what it does is done.',
    ],
    [
      'what is around a Job could not be read',
      suspendJob(),
      { ...jobFacts({ active: 0, pods: [] }), unknown: [{ fact: 'pods', reason: 'forbidden' }] },
      'dual',
      51,
      'Not known: pods (forbidden).',
    ],
  ])('%s', (_name, action, facts, tier, score, sentence) => {
    const spec = judge(action, facts);
    const counted = spec.lineItems.filter((item) => item.counted).map((item) => item.sentence);
    expect({ tier: spec.tier, score: spec.score }).toEqual({ tier, score });
    expect(counted).toContain(sentence);
  });

  it('a new Job is not held against the GitOps that owns its source', () => {
    const facts: Facts = { ...cronJobFacts(), gitOps: { manager: 'flux', name: 'shop' } };
    expect(judge(runCronJob(), facts).lineItems.map(({ rule }) => rule)).not.toContain('gitops');
  });
});
