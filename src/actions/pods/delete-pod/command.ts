import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { bareNames, words } from '../../grammar/canonical.ts';
import { whyNotDeleted } from '../../grammar/deletion.ts';
import { noDetails } from '../../grammar/details.ts';

export const deletePodCommand: Command<'delete pod'> = {
  verb: 'delete pod',
  words: ['delete'],
  kinds: ['Pod'],
  names: 'several',
  otherWords: {},
  whyNot: whyNotDeleted,
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [],
  usage: 'kubectl delete pod NAME -n NAMESPACE',
  usageByKind: {},
  examples: ['delete pod web-7d4b9c6f5-x2x9k -n shop'],
  help: 'remove a pod; its controller starts another',
  done: 'a pod deleted',
  print: ({ verb, target }) => words(verb, bareNames(target)),
  phrase: ({ target }) => `delete ${describeTarget(target)}`,
  secretTexts: () => [],
};
