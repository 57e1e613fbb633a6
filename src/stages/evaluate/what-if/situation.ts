import { kindOf } from '../../../actions/action-kinds.ts';
import type { Case } from '../../../domain/case.ts';
import type { Circumstances } from '../../../domain/circumstances.ts';
import type { Effect } from '../../../domain/effect.ts';
import type { Dependents } from '../../../domain/facts/dependents.ts';
import type { Facts, Subject, WorkloadSubject } from '../../../domain/facts/facts.ts';
import type { Policy } from '../../../domain/policy/policy.ts';

/** What an evaluation is made from, as far as it could have been different. */
export interface Situation extends Case {
  readonly policy: Policy;
  readonly circumstances?: Circumstances | undefined;
}

/** One thing that could have been different. `say` completes the sentence "Would be auto if: ...". */
export interface WhatIf {
  readonly say: string;
  /** The same situation but for this; changes can be made one after the other. */
  readonly change: (situation: Situation) => Situation;
}

/** Ways in which one thing could have been different, the smallest change first; none where it is as it should be. */
export type Family = (situation: Situation) => readonly WhatIf[];

/** Numbers of pods or nodes that are worth saying: beyond ten, one more makes no difference to anybody. */
export const ladder = [1, 2, 3, 4, 5, 6, 8, 10] as const;

export const onFacts =
  (edit: (facts: Facts) => Facts): WhatIf['change'] =>
  (situation) => ({ ...situation, facts: edit(situation.facts) });

export const onSubject = (edit: (subject: Subject) => Subject): WhatIf['change'] =>
  onFacts((facts) => ({ ...facts, subject: edit(facts.subject) }));

export const onWorkload = (edit: (workload: WorkloadSubject) => WorkloadSubject): WhatIf['change'] =>
  onSubject((subject) => (subject.kind === 'workload' ? edit(subject) : subject));

export const onDependents = (edit: (dependents: Dependents) => Dependents): WhatIf['change'] =>
  onFacts((facts) =>
    facts.neighbourhood === undefined ? facts : { ...facts, neighbourhood: edit(facts.neighbourhood) },
  );

/** What the action would do in the situation. */
export const effectOf = ({ action, facts }: Case): Effect => kindOf(action.verb).effect({ action, facts });

/** `3 ready replicas`: how all of them are told. */
export const replicas = (count: number): string => `${count} ready ${count === 1 ? 'replica' : 'replicas'}`;

/** The Services over the pods have so many more of them. */
export function withEndpoints(facts: Facts, more: number): Facts {
  const dependents = facts.neighbourhood;
  if (dependents === undefined) return facts;
  const services = dependents.services.map((each) => ({ ...each, ready: each.ready + more }));
  const own = facts.subject.kind === 'workload' ? more : 0;
  const owned = services.map((each) => ({ ...each, own: each.own + own }));
  return { ...facts, neighbourhood: { ...dependents, services: owned } };
}
