import type { ActionOf, Target, Verb } from '../domain/action.ts';
import type { Case } from '../domain/case.ts';
import type { Constraint } from '../domain/constraints/constraint.ts';
import type { Effect } from '../domain/effect.ts';
import type { FactNeeds, FieldPath } from '../domain/facts/needs.ts';
import type { LastingForm } from '../domain/manifest/lasting.ts';
import type { DeclarativeSpec, RollbackPlan } from '../domain/spec.ts';
import type { Command, RequestOf } from './command.ts';
import type { Draft, DraftInput } from './draft.ts';
import type { Guarded } from './guarded.ts';
import type { Grading, Measurement } from './measurement.ts';
import type { Obstacle } from './obstacle.ts';

/**
 * All that belongs to one verb. Every member is mandatory: a verb that leaves one out does not compile, so that no
 * place can be forgotten. Pure: the same input gives the same answer.
 */
export interface ActionKind<V extends Verb> {
  /** How it is written, read, printed and told. */
  readonly command: Command<V>;
  /** What a look at the target must bring, besides what every look brings. */
  readonly needs: (action: ActionOf<V>) => FactNeeds;
  /** The fields that it writes in its target; a change of one of them by somebody else, moments ago, is told. */
  readonly writes: (action: ActionOf<V>) => readonly FieldPath[];
  /**
   * Why it makes no sense on these facts; empty when nothing is in the way. Evaluation blocks by it and planning refuses
   * by it, in the same words. The most telling comes first.
   */
  readonly precondition: (judged: Case<V>) => readonly Obstacle[];
  /** What it does on these facts. */
  readonly effect: (judged: Case<V>) => Effect;
  /** What the target looks like if it works. Holds nothing that a status write changes: approvals bind to it. */
  readonly targetState: (judged: Case<V>) => DeclarativeSpec['targetState'];
  /** The action that leads back to what is live now, or an honest "there is none". */
  readonly rollback: (judged: Case<V>) => RollbackPlan;
  /** What it means for the manifests that the object is made from, if a repository holds them. */
  readonly lasting: (judged: Case<V>) => LastingForm;
  /** Conditions of its own, besides those that every spec may have. */
  readonly constraints: (judged: Case<V>) => readonly Constraint[];
  /** The live fields that the decision relied on: an approval binds to them. Nothing that moves by itself. */
  readonly binding: (judged: Case<V>) => Guarded;
  /** The guarded calls that carry it out. */
  readonly calls: (input: DraftInput<V>) => Draft;
  /** What has to be seen for it to have worked; it completes "verified after 3 good checks (...)". */
  readonly verification: (asked: RequestOf<V>) => string;
  /** The object that has to be looked at: the target, or what the action has made. */
  readonly observed: (judged: Case<V>) => Target;
  /** Judges one measurement. What cannot be judged is an error, never good. */
  readonly grade: (measurement: Measurement<V>) => Grading;
}
