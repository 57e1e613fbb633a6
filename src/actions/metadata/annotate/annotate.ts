import type { ActionKind } from '../../action-kind.ts';
import { allKnown, nothingMore, quietEffect } from '../../no-effect.ts';
import { metadataCalls } from '../calls.ts';
import { driftOf } from '../drift.ts';
import { lastingTexts } from '../lasting-texts.ts';
import { precondition } from '../precondition.ts';
import { readByControllers } from '../read-by-controllers.ts';
import { keysOf } from '../texts.ts';
import { binding, grade, targetState, toLiveTexts, verification } from '../written-texts.ts';
import { annotateCommand } from './command.ts';

/** An annotation with a domain is always meant for some program. */
const isRead = (key: string) => key.includes('/');

/** Sets and removes annotations of an object itself. */
export const annotate: ActionKind<'annotate'> = {
  command: annotateCommand,
  needs: nothingMore,
  writes: (action) => keysOf(action).map((key) => ['metadata', 'annotations', key]),
  precondition,
  effect: (judged) =>
    quietEffect({
      rollout: 'apart',
      drift: driftOf(judged.action.target),
      consequences: readByControllers(judged, isRead),
      unknown: allKnown,
    }),
  targetState,
  rollback: toLiveTexts,
  lasting: lastingTexts,
  constraints: () => [],
  binding,
  /** An annotation's value may be long and is not repeated. */
  calls: (input) => metadataCalls(input, (key) => `${key} set`),
  verification,
  observed: ({ action }) => action.target,
  grade,
};
