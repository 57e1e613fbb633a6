import { describeTarget } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { words } from '../../grammar/canonical.ts';
import type { Details, Given } from '../../grammar/details.ts';
import type { Objection } from '../../grammar/refusal.ts';
import { isObjection } from '../../grammar/refusal.ts';
import { OVERWRITE, switches } from '../../grammar/values.ts';
import { taintText } from '../taints.ts';
import { isTaint, readTaints } from './read-taints.ts';

export const taintCommand: Command<'taint'> = {
  verb: 'taint',
  words: ['taint'],
  kinds: ['Node'],
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [OVERWRITE],
  needs: [],
  isArgument: isTaint,
  read: readDetails,
  leaves: [],
  usage: 'kubectl taint node NAME KEY=VALUE:NoSchedule',
  usageByKind: {},
  examples: ['taint node worker-1 disk=slow:NoSchedule'],
  help: 'add or remove taints',
  done: 'taints changed',
  // kubectl takes no node/NAME here (cmd/taint/taint.go, Complete).
  print: ({ verb, target, add, remove, overwrite }) =>
    words(
      verb,
      'node',
      target.name,
      ...add.map(taintText),
      ...remove.map((each) => `${taintText(each)}-`),
      overwrite && '--overwrite',
    ),
  phrase: ({ verb, target }) => `${verb} ${describeTarget(target)}`,
  secretTexts: ({ add }) => add.map(({ key, value = '' }) => `${key}=${value}`),
};

function readDetails({ operands, flags, end }: Given): Details | Objection {
  const read = readTaints(operands, end);
  if (isObjection(read)) return read;
  const { notes, ...taints } = read;
  const overwrite = switches(flags, { overwrite: OVERWRITE });
  return isObjection(overwrite) ? overwrite : { fields: { ...taints, ...overwrite }, notes };
}
