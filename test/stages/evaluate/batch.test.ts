import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../src/domain/spec.ts';
import { canonicalJson } from '../../../src/domain/text/json.ts';
import { bindingOf } from '../../../src/stages/evaluate/binding.ts';
import { counterfactuals, counterfactualText } from '../../../src/stages/evaluate/counterfactual.ts';
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
import { defaultPolicy, inNamespace, noon, specId } from '../../fixtures/facts.ts';

const policy = defaultPolicy;
const judge = (action: Action, facts: Facts): DeclarativeSpec =>
  evaluate({ id: specId, now: noon, action, facts, policy });
const prod = (facts: Facts): Facts => inNamespace('prod', facts);
const suspended = jobFacts({ suspended: true, active: 0, pods: [] });

describe('blocks', () => {
  it.each<[string, Action, Facts, string]>([
    [
      'suspended twice',
      suspendCronJob(),
      cronJobFacts({ suspended: true }),
      'CronJob/report is already suspended.',
    ],
    ['resumed while it runs', resumeCronJob(), cronJobFacts(), 'CronJob/report is not suspended.'],
    ['a Job suspended twice', suspendJob(), suspended, 'Job/import is already suspended.'],
    ['a Job resumed while it runs', resumeJob(), jobFacts(), 'Job/import is not suspended.'],
    [
      'a Job suspended after its end',
      suspendJob(),
      endedJob('Complete'),
      'Job/import has ended (Complete): there is nothing to suspend.',
    ],
    [
      'a Job resumed after its end',
      resumeJob(),
      endedJob('Failed', { suspended: true }),
      'Job/import has ended (Failed): there is nothing to resume.',
    ],
    [
      'a Job suspended on its way out',
      suspendJob(),
      jobFacts({ deleting: true }),
      'Job/import is being deleted.',
    ],
    [
      'a name that is taken',
      runCronJob(),
      cronJobFacts({ nameTaken: true }),
      'There is a Job/report-now in shop already.',
    ],
    [
      'a run of what is being deleted',
      runCronJob(),
      cronJobFacts({ deleting: true }),
      'CronJob/report is being deleted: what is made from it would go with it.',
    ],
    [
      'a Job run again while it runs',
      runJobAgain(),
      jobFacts(),
      'Job/import still runs: it would run twice at once.',
    ],
    [
      'a Job run again that is suspended',
      runJobAgain(),
      suspended,
      'Job/import is suspended: resume it instead.',
    ],
    ['deleted twice', deleteJob(), jobFacts({ deleting: true }), 'Job/import is being deleted already.'],
    [
      'facts of something else',
      deleteJob(),
      cronJobFacts(),
      'The facts of Job/import in shop are those of a cronJob.',
    ],
  ])('%s', (_name, action, facts, sentence) => {
    expect(judge(action, facts)).toMatchObject({ tier: 'blocked', blockedReason: sentence });
  });
});

describe('the rollback', () => {
  const resumed = 'Resume Job/import in shop: what has completed stays, the stopped pods start over.';
  it.each<[Action, Facts, DeclarativeSpec['rollbackPlan']]>([
    [suspendJob(), jobFacts(), { kind: 'action', action: resumeJob(), sentence: resumed }],
    [
      resumeJob(),
      suspended,
      {
        kind: 'action',
        action: suspendJob(),
        sentence: 'Suspend Job/import in shop again: what its pods have done by then is done.',
      },
    ],
    [
      suspendCronJob(),
      cronJobFacts(),
      {
        kind: 'action',
        action: resumeCronJob(),
        sentence:
          'Resume CronJob/report in shop: of the runs missed until then at most the latest is made up for.',
      },
    ],
    [
      runCronJob(),
      cronJobFacts(),
      {
        kind: 'action',
        action: { verb: 'delete job', target: { kind: 'Job', namespace: 'shop', name: 'report-now' } },
        sentence: 'Delete Job/report-now in shop: what it has done by then is done.',
      },
    ],
  ])('from %j', (action, facts, plan) => {
    expect(judge(action, facts).rollbackPlan).toEqual(plan);
  });
});

describe('an approval', () => {
  const bound = (action: Action, facts: Facts) => canonicalJson(bindingOf(judge(action, facts), facts));
  const generation = (facts: Facts, value: number): Facts => ({
    ...facts,
    identity: { ...facts.identity, generation: value },
  });

  it.each<[string, Action, Facts, Facts]>([
    ['pods of a Job', suspendJob(), jobFacts(), jobFacts({ active: 3, succeeded: 4, failed: 2, pods: [] })],
    ['the end of a Job that is to be deleted', deleteJob(), jobFacts(), endedJob('Complete')],
    ['runs of a CronJob', runCronJob(), cronJobFacts(), cronJobFacts({ active: ['x'], recent: [] })],
    ['the time of the last run', resumeCronJob(), cronJobFacts(), cronJobFacts({ lastScheduled: noon })],
    [
      'a schedule that is not to be followed',
      suspendCronJob(),
      cronJobFacts(),
      cronJobFacts({ schedule: '@daily' }),
    ],
  ])('still binds after a change of %s', (_name, action, before, now) => {
    expect(bound(action, now)).toBe(bound(action, before));
  });

  it.each<[string, Action, Facts, Facts]>([
    ['the suspension of a CronJob', suspendCronJob(), cronJobFacts(), cronJobFacts({ suspended: true })],
    ['the suspension of a Job', deleteJob(), jobFacts(), suspended],
    ['the schedule that is followed', resumeCronJob(), cronJobFacts(), cronJobFacts({ schedule: '@daily' })],
    ['the image that runs', runCronJob(), cronJobFacts(), cronJobFacts({ images: { report: 'report:2' } })],
    ['anything of the template', runCronJob(), cronJobFacts(), generation(cronJobFacts(), 8)],
    ['the end of a Job that is run again', runJobAgain(), endedJob('Failed'), endedJob('Complete')],
  ])('no longer binds after a change of %s', (_name, action, before, now) => {
    expect(bound(action, now)).not.toBe(bound(action, before));
  });
});

describe('what would have been milder', () => {
  const textOf = (action: Action, facts: Facts) =>
    counterfactualText(counterfactuals(judge(action, facts), { action, facts, policy }));

  it.each<[string, Action, Facts, string]>([
    ['a running Job', suspendJob(), jobFacts(), 'Would be auto if: no running pod instead of 1.'],
    ['nothing makes a run harmless', runJobAgain(), endedJob('Failed'), ''],
    [
      'a CronJob in production',
      suspendCronJob('prod'),
      prod(cronJobFacts()),
      'Would be auto if: outside production.',
    ],
  ])('%s', (_name, action, facts, text) => {
    expect(textOf(action, facts)).toBe(text);
  });
});
