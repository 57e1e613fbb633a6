import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { bareNames, words } from '../../grammar/canonical.ts';
import { whyNotDeleted } from '../../grammar/deletion.ts';
import { noDetails } from '../../grammar/details.ts';

export const deleteJobCommand: Command<'delete job'> = {
  verb: 'delete job',
  words: ['delete'],
  kinds: ['Job'],
  names: 'several',
  otherWords: {},
  whyNot: whyNotDeleted,
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [],
  usage: 'kubectl delete job NAME -n NAMESPACE',
  usageByKind: {},
  examples: ['delete job import-28 -n shop'],
  help: 'remove a Job and its pods',
  done: 'a Job deleted',
  print: ({ verb, target }) => words(verb, bareNames(target)),
  phrase: ({ target }) => `delete ${describeTarget(target)}`,
  secretTexts: () => [],
};
