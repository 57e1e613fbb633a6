import type { Verb } from '../domain/action.ts';
import type { Case } from '../domain/case.ts';
import type { ActionKind } from './action-kind.ts';
import { beingDeleted } from './being-deleted.ts';
import type { Obstacle } from './obstacle.ts';

/** Why an action makes no sense on these facts: what holds for every verb, else what its own kind says. */
export function obstaclesTo(kind: ActionKind<Verb>, judged: Case): readonly Obstacle[] {
  const going = beingDeleted(judged);
  return going.length > 0 ? going : kind.precondition(judged);
}
