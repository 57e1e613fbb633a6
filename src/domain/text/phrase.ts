import { describeTarget, type Request } from '../action.ts';

/** What was asked for as people say it: `restart Deployment/web in shop`. */
export function phrase(action: Request): string {
  const target = describeTarget(action.target);
  switch (action.verb) {
    case 'rollout restart':
      return `restart ${target}`;
    case 'rollout undo':
      return `undo ${target}${action.toRevision === undefined ? '' : ` to revision ${action.toRevision}`}`;
    case 'rollout pause':
      return `pause the rollout of ${target}`;
    case 'rollout resume':
      return `resume the rollout of ${target}`;
    case 'scale':
      return `scale ${target} to ${action.replicas} ${action.replicas === 1 ? 'replica' : 'replicas'}`;
    case 'set image':
      return `set ${action.images.length === 1 ? 'the image' : 'images'} of ${target}`;
    case 'delete pod':
    case 'delete job':
      return `delete ${target}`;
    case 'set env':
      return `set variables of ${target}`;
    case 'set resources':
      return `set the resources of ${target}`;
    case 'autoscale':
      return `autoscale ${target} up to ${action.max} ${action.max === 1 ? 'replica' : 'replicas'}`;
    case 'create job':
      return `run ${target} as Job/${action.job}`;
    default:
      return `${action.verb} ${target}`;
  }
}

/** `16:05 UTC`, or with the day where it is not the same day as `near`. Plain text: no client has to render it. */
export function clockTime(instant: string, near: string): string {
  const time = `${instant.slice(11, 16)} UTC`;
  return instant.slice(0, 10) === near.slice(0, 10) ? time : `${instant.slice(0, 10)} ${time}`;
}

/** `40 s`, `3 min`, `2 h`: how long from one instant to another. */
export function span(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
