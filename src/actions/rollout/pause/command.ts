import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, words } from '../../grammar/canonical.ts';
import { noDetails } from '../../grammar/details.ts';
import { switchLeaf } from '../../grammar/patch-leaf.ts';

/** The kinds are those of kubectl's polymorphichelpers, objectpauser.go and objectresumer.go. */
const kinds = ['Deployment'] as const;

export const pauseRolloutCommand: Command<'rollout pause'> = {
  verb: 'rollout pause',
  words: ['rollout', 'pause'],
  kinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [switchLeaf('spec.paused', kinds, true)],
  usage: 'kubectl rollout pause deployment/NAME -n NAMESPACE',
  usageByKind: {},
  examples: ['rollout pause deployment/web -n shop'],
  help: 'hold a rollout where it is',
  done: 'paused',
  print: ({ verb, target }) => words(verb, objects(target)),
  phrase: ({ target }) => `pause the rollout of ${describeTarget(target)}`,
  secretTexts: () => [],
};
