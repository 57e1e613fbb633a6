import type { ActionKind } from '../../action-kind.ts';
import { metadataCalls } from '../calls.ts';
import { lastingTexts } from '../lasting-texts.ts';
import { precondition } from '../precondition.ts';
import { keysOf } from '../texts.ts';
import { binding, grade, targetState, toLiveTexts, verification } from '../written-texts.ts';
import { labelCommand } from './command.ts';
import { effect } from './effect.ts';

/** Sets and removes labels of an object itself. */
export const label: ActionKind<'label'> = {
  command: labelCommand,
  needs: (action) => {
    switch (action.target.kind) {
      case 'Pod':
        return { podLabels: keysOf(action) };
      case 'Node':
        return { nodeLabels: keysOf(action) };
      default:
        return {};
    }
  },
  writes: (action) => keysOf(action).map((key) => ['metadata', 'labels', key]),
  precondition,
  effect,
  targetState,
  rollback: toLiveTexts,
  lasting: lastingTexts,
  constraints: () => [],
  binding,
  calls: (input) => metadataCalls(input, (key, value) => `${key}=${value}`),
  verification,
  observed: ({ action }) => action.target,
  grade,
};
