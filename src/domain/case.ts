import type { ActionOf, Verb } from './action.ts';
import type { Facts } from './facts/facts.ts';

/** An action and what the cluster says of its target: what is judged, planned, carried out and verified. */
export interface Case<V extends Verb = Verb> {
  readonly action: ActionOf<V>;
  readonly facts: Facts;
}
