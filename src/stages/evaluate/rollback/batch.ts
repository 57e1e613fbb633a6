import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import type { RollbackPlan } from '../../../domain/spec.ts';

type BatchAction = ActionOf<'suspend' | 'resume' | 'create job' | 'delete job'>;

/** The way back from what is done to Jobs and CronJobs: the object's state, never what a run has done meanwhile. */
export function batchBack(action: BatchAction, { subject }: Facts): RollbackPlan {
  const name = describeTarget(action.target);
  switch (action.verb) {
    case 'suspend':
      return {
        kind: 'action',
        action: { verb: 'resume', target: action.target },
        sentence:
          subject.kind === 'job'
            ? `Resume ${name}: what has completed stays, the stopped pods start over.`
            : `Resume ${name}: of the runs missed until then at most the latest is made up for.`,
      };
    case 'resume':
      return {
        kind: 'action',
        action: { verb: 'suspend', target: action.target },
        sentence:
          subject.kind === 'job'
            ? `Suspend ${name} again: what its pods have done by then is done.`
            : `Suspend ${name} again: a run that has started by then goes on.`,
      };
    case 'create job':
      return createdBack(action);
    case 'delete job':
      return {
        kind: 'none',
        sentence: `A deleted Job does not come back: the manifest of ${name} is kept in the snapshot, what it has done is done.`,
      };
  }
}

function createdBack({ job, target: { namespace } }: ActionOf<'create job'>): RollbackPlan {
  const target = { kind: 'Job', namespace, name: job } as const;
  const sentence = `Delete ${describeTarget(target)}: what it has done by then is done.`;
  return { kind: 'action', action: { verb: 'delete job', target }, sentence };
}
