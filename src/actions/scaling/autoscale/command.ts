import { describeTarget, scalableKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, words } from '../../grammar/canonical.ts';
import { notOffered, valueFlag } from '../../grammar/flag.ts';
import { CPU, CPU_PERCENT, MAX, MIN, NAME, readAutoscaler } from './read-autoscaler.ts';

export const autoscaleCommand: Command<'autoscale'> = {
  verb: 'autoscale',
  words: ['autoscale'],
  kinds: scalableKinds,
  names: 'one',
  otherWords: {},
  whyNot: () => '',
  flags: [
    MIN,
    MAX,
    CPU,
    CPU_PERCENT,
    NAME,
    {
      ...valueFlag('memory'),
      meaning: notOffered(
        'Only a share of the requested processor time can be the goal here: --cpu=80%.',
        false,
      ),
    },
  ],
  needs: [MAX],
  isArgument: () => false,
  read: readAutoscaler,
  leaves: [],
  usage: 'kubectl autoscale deployment/NAME --min=COUNT --max=COUNT --cpu=PERCENT% -n NAMESPACE',
  usageByKind: {},
  examples: ['autoscale deployment/web --min=2 --max=10 --cpu=80% -n shop'],
  help: 'create or change its autoscaler',
  done: 'autoscaler changed',
  print: ({ verb, target, min, max, cpu }) =>
    words(
      verb,
      objects(target),
      min !== undefined && `--min=${min}`,
      `--max=${max}`,
      cpu !== undefined && `--cpu=${cpu}%`,
    ),
  phrase: ({ target, max }) =>
    `autoscale ${describeTarget(target)} up to ${max} ${max === 1 ? 'replica' : 'replicas'}`,
  secretTexts: () => [],
};
