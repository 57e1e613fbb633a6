import { describeTarget, jobKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { noDetails } from '../../grammar/details.ts';
import { switchLeaf } from '../../grammar/patch-leaf.ts';
import { printSuspension } from '../print-suspension.ts';

export const suspendCommand: Command<'suspend'> = {
  verb: 'suspend',
  words: ['suspend'],
  kinds: jobKinds,
  names: 'several',
  otherWords: { Deployment: 'rollout pause' },
  whyNot: () => '',
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [switchLeaf('spec.suspend', jobKinds, true)],
  usage: 'suspend cronjob/NAME -n NAMESPACE',
  usageByKind: {},
  examples: ['suspend cronjob/import -n shop'],
  help: 'stop a CronJob or Job for now',
  done: 'suspended',
  print: ({ target }) => printSuspension(target, true),
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  secretTexts: () => [],
};
