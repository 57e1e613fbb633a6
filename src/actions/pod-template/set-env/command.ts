import { describeTarget, rolloutKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, onlyContainers, quote, words } from '../../grammar/canonical.ts';
import { type FlagRule, notOffered, readsOnly, switchFlag, valueFlag } from '../../grammar/flag.ts';
import { isPair } from '../../grammar/pairs.ts';
import { CONTAINERS, OVERWRITE } from '../../grammar/values.ts';
import { ENV, readVariables } from './read-variables.ts';

const ofReference = notOffered('It belongs to --from, and references are not offered here.', false);

const REFUSED: readonly FlagRule[] = [
  {
    ...valueFlag('from'),
    meaning: notOffered(
      'Variables that refer to a ConfigMap or Secret are not offered; put the reference into the manifest.',
      false,
    ),
  },
  { ...valueFlag('prefix'), meaning: ofReference },
  { ...valueFlag('keys'), meaning: ofReference },
  { ...switchFlag('resolve'), meaning: readsOnly },
];

/** The kinds leave out pods, whose variables cannot be changed in place. */
export const setEnvCommand: Command<'set env'> = {
  verb: 'set env',
  words: ['set', 'env'],
  kinds: rolloutKinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [OVERWRITE, CONTAINERS, ENV, ...REFUSED],
  needs: [],
  isArgument: isPair,
  read: readVariables,
  leaves: [],
  usage: 'kubectl set env deployment/NAME VARIABLE=VALUE -n NAMESPACE',
  usageByKind: {},
  examples: ['set env deployment/web LOG_LEVEL=debug -n shop'],
  help: 'set environment variables',
  done: 'variables changed',
  print: ({ verb, target, set, remove, containers }) =>
    words(
      verb,
      objects(target),
      ...set.map(({ name, value }) => quote(`${name}=${value}`)),
      ...remove.map((name) => `${name}-`),
      onlyContainers(containers),
    ),
  phrase: ({ target }) => `set variables of ${describeTarget(target)}`,
  secretTexts: ({ set }) => set.map(({ name, value }) => `${name}=${value}`),
};
