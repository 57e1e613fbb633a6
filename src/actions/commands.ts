import type { Verb } from '../domain/action.ts';
import type { ActionKind } from './action-kind.ts';
import { allKinds } from './action-kinds.ts';
import type { PatchLeafOf } from './grammar/patch-leaf.ts';

/** One command, whichever it is. */
export type AnyCommand = { [V in Verb]: ActionKind<V>['command'] }[Verb];

/** How each verb is written, in the order in which people are told of them. */
export const allCommands: readonly AnyCommand[] = allKinds.map(({ command }) => command);

/** What the leaves of a patch mean, by all commands. */
export const patchLeaves: readonly PatchLeafOf[] = allCommands.flatMap(({ verb, leaves }) =>
  leaves.map((leaf) => ({ verb, leaf })),
);
