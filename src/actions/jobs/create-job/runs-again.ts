import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import { nameOf } from '../../obstacle.ts';
import { cronJobOf, jobOf } from '../../subject.ts';

/** What a run does, it does. Whether it may be done now, or twice, is a person's decision. */
export function runsAgain(judged: Case<'create job'>): readonly Consequence[] {
  const { target } = judged.action;
  const field = target.kind === 'Job' ? 'spec.template' : 'spec.jobTemplate';
  return [{ rule: 'runs-again', asks: 'human', sentence: sentenceOf(judged), field }];
}

function sentenceOf(judged: Case<'create job'>): string {
  const job = jobOf(judged);
  if (job !== undefined) {
    const ended = job.ended === 'Complete' ? ', and it has completed' : '';
    return `It runs again: what ${nameOf(judged.action.target)} has already done may be done twice${ended}.`;
  }
  const latest = cronJobOf(judged)?.recent?.find(({ ended }) => ended !== undefined);
  const failed = latest?.ended === 'Failed' ? ` Its last run (Job/${latest.name}) has failed.` : '';
  return `It runs now, whatever the schedule says: what it does is done.${failed}`;
}
