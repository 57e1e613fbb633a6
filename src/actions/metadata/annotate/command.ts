import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { isPair } from '../../grammar/pairs.ts';
import { keyedKinds, keyFlags, keyLeaf, keyTexts, printKeys, readKeys } from '../keys.ts';
import { ANNOTATIONS } from '../pair-rules.ts';

export const annotateCommand: Command<'annotate'> = {
  verb: 'annotate',
  words: ['annotate'],
  kinds: keyedKinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: keyFlags,
  needs: [],
  isArgument: isPair,
  read: readKeys(ANNOTATIONS, 'annotate'),
  leaves: [keyLeaf('annotations', ANNOTATIONS)],
  usage: "kubectl annotate deployment/NAME KEY='VALUE' -n NAMESPACE",
  usageByKind: {
    Node: "kubectl annotate node NAME KEY='VALUE'",
    Pod: "kubectl annotate pod NAME KEY='VALUE' -n NAMESPACE",
  },
  examples: ["annotate deployment/web 'note=on call' -n shop"],
  help: 'set or remove annotations',
  done: 'annotations changed',
  print: printKeys,
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  secretTexts: keyTexts,
};
