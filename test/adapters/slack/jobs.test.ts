import { expect, test } from 'vitest';
import { detailsModal } from '../../../src/adapters/slack/cards/details.ts';
import { modalFaultsOf } from '../../../src/adapters/slack/limits.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { cronJobFacts, endedJob, runCronJob, runJobAgain, suspendCronJob } from '../../fixtures/batch.ts';
import { remediationIn } from './remediations.ts';

test.each<[string, Action, Facts, string]>([
  [
    'a CronJob with its latest runs',
    runCronJob(),
    cronJobFacts({
      active: ['report-3'],
      recent: [{ name: 'report-3' }, { name: 'report-2', ended: 'Failed' }],
    }),
    'Runs at "0 2 * * *", 1 running now, concurrency Allow; latest runs: report-3 (running), report-2 (Failed)',
  ],
  [
    'a suspended CronJob of which nothing has run',
    suspendCronJob(),
    cronJobFacts({ suspended: true, recent: [] }),
    'Suspended at "0 2 * * *", 0 running now, concurrency Allow',
  ],
  [
    'a Job that has ended',
    runJobAgain(),
    endedJob('Failed', { failed: 7 }),
    'Failed, 0 active, 1 succeeded, 7 failed',
  ],
])('the details tell of %s', (_, action, facts, text) => {
  const view = detailsModal({ remediation: remediationIn('waiting', { facts, action }), approvals: [] });
  expect(JSON.stringify(view)).toContain(JSON.stringify(text).slice(1, -1));
  expect(modalFaultsOf(view)).toEqual([]);
});
