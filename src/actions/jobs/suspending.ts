import { type ActionOf, describeTarget } from '../../domain/action.ts';
import type { Facts } from '../../domain/facts/facts.ts';
import { type Draft, type DraftInput, guardedPatch, refuse, send } from '../draft.ts';
import { valueAt } from '../json-pointer.ts';

const path = '/spec/suspend';

/** Of a CronJob no run starts any more; of a Job the pods are stopped (kubernetes.io, "Suspending a Job"). */
export function suspend(input: DraftInput<ActionOf<'suspend'>>): Draft {
  return set(input, true);
}

export function resumeJob(input: DraftInput<ActionOf<'resume'>>): Draft {
  return set(input, false);
}

/**
 * The API server stores `false` where nothing was said (SetDefaults_Job and SetDefaults_CronJob in
 * kubernetes/pkg/apis/batch/v1/defaults.go), so the test is for what was seen, and `add` writes over it.
 */
function set(input: DraftInput<ActionOf<'suspend' | 'resume'>>, wanted: boolean): Draft {
  const name = describeTarget(input.action.target);
  const state = stateOf(input.facts);
  if (state === undefined) return refuse(`The facts of ${name} are those of a ${input.facts.subject.kind}.`);
  if (state.ended !== undefined) return refuse(`${name} has ended (${state.ended}).`);
  if (state.suspended === wanted) return refuse(`${name} is ${wanted ? 'already' : 'not'} suspended.`);
  return send(
    guardedPatch(input, {
      operations: [
        { op: 'test', path, value: valueAt(input.snapshot, 'spec', 'suspend') ?? null },
        { op: 'add', path, value: wanted },
      ],
      done: [{ path, value: wanted }],
      sentence: `${wanted ? 'Suspend' : 'Resume'} ${name}.`,
    }),
  );
}

function stateOf({ subject }: Facts): { suspended: boolean; ended?: string | undefined } | undefined {
  if (subject.kind === 'cronJob') return { suspended: subject.suspended };
  return subject.kind === 'job' ? { suspended: subject.suspended, ended: subject.ended } : undefined;
}
