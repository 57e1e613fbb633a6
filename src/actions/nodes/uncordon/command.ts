import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { words } from '../../grammar/canonical.ts';
import { noDetails } from '../../grammar/details.ts';
import { switchLeaf } from '../../grammar/patch-leaf.ts';

export const uncordonCommand: Command<'uncordon'> = {
  verb: 'uncordon',
  words: ['uncordon'],
  kinds: ['Node'],
  names: 'node',
  otherWords: {},
  whyNot: () => '',
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [switchLeaf('spec.unschedulable', ['Node'], false)],
  usage: 'kubectl uncordon NAME',
  usageByKind: {},
  examples: ['uncordon worker-1'],
  help: 'let pods onto a node again',
  done: 'uncordoned',
  print: ({ verb, target }) => words(verb, target.name),
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  secretTexts: () => [],
};
