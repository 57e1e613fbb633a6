import { describeTarget, jobKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { noDetails } from '../../grammar/details.ts';
import { switchLeaf } from '../../grammar/patch-leaf.ts';
import { printSuspension } from '../print-suspension.ts';

export const resumeCommand: Command<'resume'> = {
  verb: 'resume',
  words: ['resume'],
  kinds: jobKinds,
  names: 'several',
  otherWords: { Deployment: 'rollout resume' },
  whyNot: () => '',
  flags: [],
  needs: [],
  isArgument: () => false,
  read: noDetails,
  leaves: [switchLeaf('spec.suspend', jobKinds, false)],
  usage: 'resume cronjob/NAME -n NAMESPACE',
  usageByKind: {},
  examples: ['resume cronjob/import -n shop'],
  help: 'let a CronJob or Job run again',
  done: 'resumed',
  print: ({ target }) => printSuspension(target, false),
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  secretTexts: () => [],
};
