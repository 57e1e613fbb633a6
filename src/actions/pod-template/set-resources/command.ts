import { describeTarget, rolloutKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, onlyContainers, words } from '../../grammar/canonical.ts';
import { CONTAINERS } from '../../grammar/values.ts';
import { LIMITS, REQUESTS, readResources } from './read-resources.ts';

/** The kinds leave out pods, whose resources cannot be changed in place. */
export const setResourcesCommand: Command<'set resources'> = {
  verb: 'set resources',
  words: ['set', 'resources'],
  kinds: rolloutKinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [CONTAINERS, LIMITS, REQUESTS],
  needs: [],
  isArgument: () => false,
  read: readResources,
  leaves: [],
  usage: 'kubectl set resources deployment/NAME --limits=cpu=CPU,memory=MEMORY -n NAMESPACE',
  usageByKind: {},
  examples: ['set resources deployment/web --limits=cpu=1,memory=512Mi -n shop'],
  help: 'set limits and requests',
  done: 'resources changed',
  print: ({ verb, target, limits, requests, containers }) =>
    words(
      verb,
      objects(target),
      quantities('limits', limits),
      quantities('requests', requests),
      onlyContainers(containers),
    ),
  phrase: ({ target }) => `set the resources of ${describeTarget(target)}`,
  secretTexts: () => [],
};

function quantities(flag: string, amounts: Readonly<Record<string, string | undefined>>): string | false {
  const pairs = Object.entries(amounts).flatMap(([name, amount]) =>
    amount === undefined ? [] : [`${name}=${amount}`],
  );
  return pairs.length > 0 && `--${flag}=${pairs.toSorted().join(',')}`;
}
