import { describeTarget, rolloutKinds } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { objects, words } from '../../grammar/canonical.ts';
import { detailsOf } from '../../grammar/details.ts';
import { valueFlag } from '../../grammar/flag.ts';
import { gathered, readNumber } from '../../grammar/values.ts';

const TO_REVISION = valueFlag('to-revision');

const readRevision = readNumber(
  1,
  Number.MAX_SAFE_INTEGER,
  'a revision number from 1 on; leave the flag out for the revision before this one',
);

/** The kinds are those of kubectl's polymorphichelpers, rollback.go. */
export const undoCommand: Command<'rollout undo'> = {
  verb: 'rollout undo',
  words: ['rollout', 'undo'],
  kinds: rolloutKinds,
  names: 'several',
  otherWords: {},
  whyNot: () => '',
  flags: [TO_REVISION],
  needs: [],
  isArgument: () => false,
  read: ({ flags }) => detailsOf(gathered(flags, { toRevision: [TO_REVISION, readRevision] })),
  leaves: [],
  usage: 'kubectl rollout undo deployment/NAME --to-revision=REVISION -n NAMESPACE',
  usageByKind: {},
  examples: ['rollout undo deployment/web --to-revision=3 -n shop', 'rollout undo deployment/web -n shop'],
  help: 'go back to an earlier revision',
  done: 'rolled back',
  print: ({ verb, target, toRevision }) =>
    words(verb, objects(target), toRevision !== undefined && `--to-revision=${toRevision}`),
  phrase: ({ target, toRevision }) =>
    `undo ${describeTarget(target)}${toRevision === undefined ? '' : ` to revision ${toRevision}`}`,
  secretTexts: () => [],
};
