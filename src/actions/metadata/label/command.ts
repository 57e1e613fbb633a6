import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { isPair } from '../../grammar/pairs.ts';
import { keyedKinds, keyFlags, keyLeaf, keyTexts, printKeys, readKeys } from '../keys.ts';
import { LABELS } from '../pair-rules.ts';

export const labelCommand: Command<'label'> = {
  verb: 'label',
  words: ['label'],
  kinds: keyedKinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: keyFlags,
  needs: [],
  isArgument: isPair,
  read: readKeys(LABELS, 'label'),
  leaves: [keyLeaf('labels', LABELS)],
  usage: 'kubectl label deployment/NAME KEY=VALUE -n NAMESPACE',
  usageByKind: {
    Node: 'kubectl label node NAME KEY=VALUE',
    Pod: 'kubectl label pod NAME KEY=VALUE -n NAMESPACE',
  },
  examples: ['label deployment/web tier=front -n shop'],
  help: 'set or remove labels',
  done: 'labels changed',
  print: printKeys,
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  secretTexts: keyTexts,
};
