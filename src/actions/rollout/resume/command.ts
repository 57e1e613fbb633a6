import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, words } from '../../grammar/canonical.ts';
import { noDetails } from '../../grammar/details.ts';
import { switchLeaf } from '../../grammar/patch-leaf.ts';

/** The kinds are those of kubectl's polymorphichelpers, objectpauser.go and objectresumer.go. */
const kinds = ['Deployment'] as const;

export const resumeRolloutCommand: Command<'rollout resume'> = {
  verb: 'rollout resume',
  words: ['rollout', 'resume'],
  kinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [switchLeaf('spec.paused', kinds, false)],
  usage: 'kubectl rollout resume deployment/NAME -n NAMESPACE',
  usageByKind: {},
  examples: ['rollout resume deployment/web -n shop'],
  help: 'let a rollout go on',
  done: 'resumed',
  print: ({ verb, target }) => words(verb, objects(target)),
  phrase: ({ target }) => `resume the rollout of ${describeTarget(target)}`,
  secretTexts: () => [],
};
