import { describeTarget, rolloutKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, words } from '../../grammar/canonical.ts';
import { noDetails } from '../../grammar/details.ts';

/** The kinds are those of kubectl's polymorphichelpers, objectrestarter.go. */
export const restartCommand: Command<'rollout restart'> = {
  verb: 'rollout restart',
  words: ['rollout', 'restart'],
  kinds: rolloutKinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [],
  usage: 'kubectl rollout restart deployment/NAME -n NAMESPACE',
  usageByKind: {},
  examples: ['rollout restart deployment/web -n shop', 'rollout restart deployment -l app=web -n shop'],
  help: 'replace all pods, step by step',
  done: 'restarted',
  print: ({ verb, target }) => words(verb, objects(target)),
  phrase: ({ target }) => `restart ${describeTarget(target)}`,
  secretTexts: () => [],
};
