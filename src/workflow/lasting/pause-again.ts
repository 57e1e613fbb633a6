import type { Call } from '../../domain/plan.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { asJson, canonicalJson } from '../../domain/text/json.ts';
import { after, isPast } from '../../domain/text/time.ts';
import type { WorkflowContext } from '../context.ts';
import { bump } from '../lifecycle/transitions.ts';
import type { Transition } from '../ports.ts';

/** Seconds from the start of a change for which its pause is planned anew: others that begin one do it at the same moment. */
const patience = 60;

/**
 * executing -> executing: the pause that was refused, as it has to be now. Between the plan and the write another remediation
 * may have paused the same owner, and that pause is joined. Undefined where nothing else would be sent than was refused.
 *
 * @throws ClusterFault when the owner cannot be read
 */
export async function pauseAgain(
  { cluster, clock }: WorkflowContext,
  row: RemediationIn<'executing'>,
  signal: AbortSignal,
): Promise<Transition | undefined> {
  const { emergency, plan, startedAt, number, results = [] } = row;
  const pause = emergency?.pause;
  const [refused, ...calls] = plan.calls;
  if (pause === undefined || refused === undefined || results.length >= (plan.before ?? 0)) return undefined;
  const now = clock();
  if (isPast(after(startedAt, patience), now)) return undefined;
  const until = after(startedAt, pause.minutes * 60);
  const found = await cluster.suspension({ owner: pause.owner, number, until }, signal);
  const plain = (call: Call) => canonicalJson(asJson(call));
  if (found.kind === 'impossible' || plain(found.begin) === plain(refused)) return undefined;
  return {
    event: 'planned_anew',
    next: { ...row, plan: { ...plan, calls: [found.begin, ...calls] }, ...bump(row, now) },
    sideEffects: [{ kind: 'wake', afterSeconds: 0 }],
  };
}
