import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { words } from '../../grammar/canonical.ts';
import { noDetails } from '../../grammar/details.ts';
import { switchLeaf } from '../../grammar/patch-leaf.ts';

export const cordonCommand: Command<'cordon'> = {
  verb: 'cordon',
  words: ['cordon'],
  kinds: ['Node'],
  names: 'node',
  otherWords: {},
  whyNot: () => '',
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [switchLeaf('spec.unschedulable', ['Node'], true)],
  usage: 'kubectl cordon NAME',
  usageByKind: {},
  examples: ['cordon worker-1'],
  help: 'let no new pods onto a node',
  done: 'cordoned',
  print: ({ verb, target }) => words(verb, target.name),
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  secretTexts: () => [],
};
