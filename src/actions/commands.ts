import type { Verb } from '../domain/action.ts';
import type { Command } from './command.ts';
import { patchCommand } from './fields/patch/command.ts';
import type { PatchLeafOf } from './grammar/patch-leaf.ts';
import { createJobCommand } from './jobs/create-job/command.ts';
import { deleteJobCommand } from './jobs/delete-job/command.ts';
import { resumeCommand } from './jobs/resume/command.ts';
import { suspendCommand } from './jobs/suspend/command.ts';
import { annotateCommand } from './metadata/annotate/command.ts';
import { labelCommand } from './metadata/label/command.ts';
import { cordonCommand } from './nodes/cordon/command.ts';
import { drainCommand } from './nodes/drain/command.ts';
import { taintCommand } from './nodes/taint/command.ts';
import { uncordonCommand } from './nodes/uncordon/command.ts';
import { setEnvCommand } from './pod-template/set-env/command.ts';
import { setImageCommand } from './pod-template/set-image/command.ts';
import { setResourcesCommand } from './pod-template/set-resources/command.ts';
import { deletePodCommand } from './pods/delete-pod/command.ts';
import { pauseRolloutCommand } from './rollout/pause/command.ts';
import { restartCommand } from './rollout/restart/command.ts';
import { resumeRolloutCommand } from './rollout/resume/command.ts';
import { undoCommand } from './rollout/undo/command.ts';
import { autoscaleCommand } from './scaling/autoscale/command.ts';
import { scaleCommand } from './scaling/scale/command.ts';

type Commands = { readonly [V in Verb]: Command<V> };

/** The closed set, in the order in which people are told of it. */
export const commands: Commands = {
  'rollout restart': restartCommand,
  'rollout undo': undoCommand,
  'rollout pause': pauseRolloutCommand,
  'rollout resume': resumeRolloutCommand,
  scale: scaleCommand,
  'set image': setImageCommand,
  'set env': setEnvCommand,
  'set resources': setResourcesCommand,
  autoscale: autoscaleCommand,
  'delete pod': deletePodCommand,
  'delete job': deleteJobCommand,
  'create job': createJobCommand,
  suspend: suspendCommand,
  resume: resumeCommand,
  cordon: cordonCommand,
  uncordon: uncordonCommand,
  drain: drainCommand,
  taint: taintCommand,
  label: labelCommand,
  annotate: annotateCommand,
  patch: patchCommand,
};

/** One command, whichever it is. */
export type AnyCommand = Commands[Verb];

/** All of them, in the same order. */
export const allCommands: readonly AnyCommand[] = Object.values(commands);

/** What the leaves of a patch mean, by all commands. */
export const patchLeaves: readonly PatchLeafOf[] = allCommands.flatMap(({ verb, leaves }) =>
  leaves.map((leaf) => ({ verb, leaf })),
);
