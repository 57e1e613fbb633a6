import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { nothingFollows } from '../../no-effect.ts';
import { nameOf } from '../../obstacle.ts';
import { cronJobOf, jobOf } from '../../subject.ts';

/** Three looks at an interval of some seconds need about this long. */
const enoughSeconds = 60;

/** A Job that is removed as soon as it has ended. Nobody may see how, and a verdict needs to. */
export function shortLivedJob(judged: Case<'create job'>): readonly Consequence[] {
  const { ttlSeconds } = jobOf(judged) ?? cronJobOf(judged) ?? {};
  if (ttlSeconds !== undefined && ttlSeconds < enoughSeconds) {
    const sentence = `The new Job is removed ${ttlSeconds} s after its end: how it ended may not be seen.`;
    return unseenEnd(sentence, 'spec.ttlSecondsAfterFinished');
  }
  const kept = cronJobOf(judged)?.kept;
  const forgotten = [
    ...(kept?.successful === 0 ? ['successful'] : []),
    ...(kept?.failed === 0 ? ['failed'] : []),
  ];
  if (forgotten.length === 0) return nothingFollows;
  const sentence = `${nameOf(judged.action.target)} keeps no ${forgotten.join(' and no ')} Jobs: how the new one ended may not be seen.`;
  return unseenEnd(sentence, 'spec.successfulJobsHistoryLimit');
}

function unseenEnd(sentence: string, field: string): readonly Consequence[] {
  return [{ rule: 'short-lived-job', asks: 'human', sentence, field }];
}
