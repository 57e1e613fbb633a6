import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { nothingFollows } from '../../no-effect.ts';
import { jobOf } from '../../subject.ts';

/** A run of a CronJob that is deleted before its end is not repeated; only the next one comes. */
export function scheduledRun(judged: Case<'delete job'>): readonly Consequence[] {
  const job = jobOf(judged);
  if (job?.cronJob === undefined || job.ended !== undefined) return nothingFollows;
  const sentence = `It is a run of CronJob/${job.cronJob}: it is not repeated, the next one comes on schedule.`;
  return [{ rule: 'scheduled-run', asks: 'human', sentence, field: 'metadata.ownerReferences' }];
}
