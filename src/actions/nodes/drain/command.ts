import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { words } from '../../grammar/canonical.ts';
import { detailsOf } from '../../grammar/details.ts';
import {
  type FlagRule,
  notOffered,
  otherName,
  switchFlag,
  unsafeDelete,
  valueFlag,
} from '../../grammar/flag.ts';
import { switches } from '../../grammar/values.ts';

const IGNORE_DAEMONSETS = switchFlag('ignore-daemonsets');
const DELETE_EMPTYDIR_DATA = switchFlag('delete-emptydir-data');
/** Its name until kubectl 1.20, still in many runbooks. */
const DELETE_LOCAL_DATA = otherName(DELETE_EMPTYDIR_DATA, 'delete-local-data');
const FORCE = switchFlag('force');

const REFUSED: readonly FlagRule[] = [
  {
    ...valueFlag('grace-period'),
    meaning: unsafeDelete(
      "Firebreak evicts with each pod's own grace period, so that it can shut down cleanly.",
    ),
  },
  {
    ...switchFlag('disable-eviction'),
    meaning: unsafeDelete(
      '--disable-eviction deletes pods past their disruption budgets; Firebreak only evicts, which respects them.',
    ),
  },
  {
    ...valueFlag('pod-selector'),
    meaning: notOffered(
      'A drain empties the node of everything that can go; a part of its pods cannot be chosen.',
      false,
    ),
  },
  {
    ...valueFlag('skip-wait-for-delete-timeout'),
    meaning: notOffered('Firebreak waits for every pod that is already shutting down.'),
  },
];

export const drainCommand: Command<'drain'> = {
  verb: 'drain',
  words: ['drain'],
  kinds: ['Node'],
  names: 'node',
  otherWords: {},
  whyNot: () => '',
  flags: [IGNORE_DAEMONSETS, DELETE_EMPTYDIR_DATA, DELETE_LOCAL_DATA, FORCE, ...REFUSED],
  needs: [],
  isArgument: () => false,
  read: ({ flags }) =>
    detailsOf(
      switches(flags, {
        ignoreDaemonSets: IGNORE_DAEMONSETS,
        deleteEmptyDirData: DELETE_EMPTYDIR_DATA,
        force: FORCE,
      }),
    ),
  leaves: [],
  usage: 'kubectl drain NAME --ignore-daemonsets',
  usageByKind: {},
  examples: ['drain worker-1 --ignore-daemonsets'],
  help: 'move all pods off a node',
  done: 'drained',
  print: ({ verb, target, ignoreDaemonSets, deleteEmptyDirData, force }) =>
    words(
      verb,
      target.name,
      ignoreDaemonSets && '--ignore-daemonsets',
      deleteEmptyDirData && '--delete-emptydir-data',
      force && '--force',
    ),
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  secretTexts: () => [],
};
