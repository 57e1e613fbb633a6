import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import type { DeclarativeSpec } from '../../../domain/spec.ts';

type TargetState = DeclarativeSpec['targetState'];

/** What a Job or CronJob looks like afterwards. */
export function batchState(
  action: ActionOf<'suspend' | 'resume' | 'create job' | 'delete job'>,
  { subject }: Facts,
): TargetState {
  const name = describeTarget(action.target);
  const isJob = action.target.kind === 'Job';
  switch (action.verb) {
    case 'suspend':
      return {
        sentence: isJob
          ? `${name} has no pods until it is resumed.`
          : `${name} starts no runs until it is resumed; those that run go on.`,
        fields: { 'spec.suspend': true },
      };
    case 'resume':
      return {
        sentence: isJob ? `${name} runs its pods again.` : `${name} starts its runs on schedule again.`,
        fields: { 'spec.suspend': false },
      };
    case 'create job':
      return {
        sentence: `Job/${action.job} in ${action.target.namespace} runs what ${action.target.kind}/${action.target.name} runs.`,
        fields: 'images' in subject && subject.images !== undefined ? { images: subject.images } : {},
      };
    case 'delete job':
      return { sentence: `${name} and its pods are gone.`, fields: {} };
  }
}
