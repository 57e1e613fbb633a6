import type { Actor } from '../../domain/actor.ts';
import type { WorkflowContext } from '../context.ts';

/** Notes whether somebody wants direct messages; answers the sentence for them. */
export async function chooseNotices(
  { notified }: Pick<WorkflowContext, 'notified'>,
  { userId }: Actor,
  wants: boolean,
): Promise<string> {
  if (notified === undefined) return 'Direct messages cannot be sent here.';
  await notified.choose(userId, wants);
  return wants
    ? 'You get a direct message when a change that you asked for or decided on has ended. /remediate notify me off ends that.'
    : 'You get no direct messages. /remediate notify me on brings them back.';
}
