import { jobOf, nothing, plural, points, type Rule, sourceOf } from '../../rule.ts';

/** Data: pods of a Job that are stopped in the middle of their work. */
export const lostWork: Rule = (input) => {
  const { pods: changed, run } = input.effect;
  const pods = changed.stopped;
  const job = jobOf(input);
  if (job === undefined || pods === 0) return nothing;
  const stopped = `${plural(pods, 'running pod')} ${pods === 1 ? 'is' : 'are'} stopped`;
  const source = sourceOf(input, 'status.active');
  const { lostWork: suspended, lostJob: deleted } = input.policy.weights.data;
  if (run?.work === 'redone') {
    const sentence = `${stopped}: what ${pods === 1 ? 'it has' : 'they have'} not saved is lost and done again on resuming.`;
    return [points('data', suspended, sentence, source)];
  }
  const done = job.completions === undefined ? job.succeeded : `${job.succeeded} of ${job.completions}`;
  const sentence = `${stopped} and not started again: the Job ends half done (${done} completed).`;
  return [points('data', deleted, sentence, source)];
};
