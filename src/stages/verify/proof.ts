import type { Action } from '../../domain/action.ts';
import { describeTarget, type Request, type Target } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';

/** What has to be seen for an action to have worked, for the card: it completes "verified after 3 good looks (...)". */
export function proof(asked: Request): string {
  const name = describeTarget(asked.target);
  switch (asked.verb) {
    case 'delete pod':
      return `${name} is gone, a successor of its name is ready`;
    case 'cordon':
      return `${name} takes no new pods`;
    case 'uncordon':
      return `${name} takes new pods`;
    case 'drain':
      return `no pod is left on ${name} that could go elsewhere, and those that went are ready again`;
    case 'rollout pause':
      return `${name} is paused`;
    case 'scale':
      return asked.replicas === 0
        ? `no pod of ${name} is left`
        : `${asked.replicas} of ${name} ready, none restarts`;
    case 'taint':
      return asked.add.some(({ effect }) => effect === 'NoExecute')
        ? `${name} has what was written, the pods that do not tolerate it are gone and ready elsewhere`
        : `${name} still has what was written`;
    case 'label':
    case 'annotate':
    case 'patch':
      return `${name} still has what was written`;
    case 'autoscale':
      return `the autoscaler of ${name} still has these limits, it can work out how many there should be, and the replicas are within them`;
    case 'suspend':
    case 'resume':
      return suspensionProof(asked);
    case 'create job':
      return `Job/${asked.job} has completed`;
    case 'delete job':
      return `${name} and its pods are gone`;
    default:
      return `the rollout of ${name} is complete, every pod is ready, none restarts`;
  }
}

function suspensionProof({ verb, target }: Extract<Request, { verb: 'suspend' | 'resume' }>): string {
  const name = describeTarget(target);
  if (target.kind === 'CronJob') return `${name} is ${verb === 'suspend' ? '' : 'not '}suspended`;
  return verb === 'suspend'
    ? `${name} is suspended and none of its pods runs`
    : `${name} has a ready pod or has completed`;
}

/** The object that has to be looked at: the target, the Job that an action has made, or the target's autoscaler. */
export function lookedAt(action: Action, { autoscaler }: Pick<Facts, 'autoscaler'>): Target {
  if (action.verb === 'autoscale') {
    const { namespace, name } = action.target;
    return { kind: 'HorizontalPodAutoscaler', namespace, name: autoscaler?.name ?? name };
  }
  if (action.verb !== 'create job') return action.target;
  return { kind: 'Job', namespace: action.target.namespace, name: action.job };
}
