import { describeTarget, scalableKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, words } from '../../grammar/canonical.ts';
import { detailsOf } from '../../grammar/details.ts';
import { valueFlag } from '../../grammar/flag.ts';
import { atPath, badPatch, leafOf, type PatchLeaf } from '../../grammar/patch-leaf.ts';
import { gathered, mostReplicas, readNumber } from '../../grammar/values.ts';
import { plural } from '../../obstacle.ts';

const REPLICAS = valueFlag('replicas');
const CURRENT_REPLICAS = valueFlag('current-replicas');

const readReplicas = readNumber(0, mostReplicas, `a whole number from 0 to ${mostReplicas}`);

const replicasLeaf: PatchLeaf = {
  ...leafOf({
    ...atPath('spec.replicas'),
    kinds: scalableKinds,
    read: ({ value, valueSpan }) =>
      typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostReplicas
        ? { replicas: value }
        : badPatch(valueSpan, `The number of replicas is a whole number from 0 to ${mostReplicas}.`),
  }),
  condition: ({ replicas }) => ({ currentReplicas: replicas }),
};

/** The kinds leave out ReplicaSets, which a Deployment would scale back. */
export const scaleCommand: Command<'scale'> = {
  verb: 'scale',
  words: ['scale'],
  kinds: scalableKinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [REPLICAS, CURRENT_REPLICAS],
  needs: [REPLICAS],
  isArgument: () => false,
  read: ({ flags }) =>
    detailsOf(
      gathered(flags, {
        replicas: [REPLICAS, readReplicas],
        currentReplicas: [CURRENT_REPLICAS, readReplicas],
      }),
    ),
  leaves: [replicasLeaf],
  usage: 'kubectl scale deployment/NAME --replicas=COUNT -n NAMESPACE',
  usageByKind: {},
  examples: ['scale deployment/web --replicas=5 -n shop'],
  help: 'set the number of replicas',
  done: 'scaled',
  print: ({ verb, target, replicas, currentReplicas }) =>
    words(
      verb,
      objects(target),
      `--replicas=${replicas}`,
      currentReplicas !== undefined && `--current-replicas=${currentReplicas}`,
    ),
  phrase: ({ target, replicas }) => `scale ${describeTarget(target)} to ${plural(replicas, 'replica')}`,
  secretTexts: () => [],
};
