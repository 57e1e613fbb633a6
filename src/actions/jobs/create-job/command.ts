import { describeTarget, jobKinds, labelName } from '../../../domain/action.ts';
import type { Command } from '../../command.ts';
import { words } from '../../grammar/canonical.ts';
import type { Details, Given } from '../../grammar/details.ts';
import { quoted } from '../../grammar/display.ts';
import { notOffered, valueFlag } from '../../grammar/flag.ts';
import type { Objection } from '../../grammar/refusal.ts';

const FROM = valueFlag('from');

const IMAGE = {
  ...valueFlag('image'),
  meaning: notOffered(
    'Firebreak starts no images of its own; a Job is made from what there is: --from=cronjob/NAME.',
    false,
  ),
};

export const createJobCommand: Command<'create job'> = {
  verb: 'create job',
  words: ['create', 'job'],
  kinds: jobKinds,
  names: {
    flag: FROM,
    missing: '"create job" needs --from=cronjob/NAME, or --from=job/NAME to run a Job again.',
    onlyOne: '"create job" is made from one object; name it with --from.',
    expected: 'what the Job is made from, such as cronjob/NAME',
  },
  otherWords: {},
  whyNot: () => '',
  flags: [FROM, IMAGE],
  needs: [FROM],
  isArgument: () => true,
  read: readNewJob,
  leaves: [],
  usage: 'kubectl create job NEW-NAME --from=cronjob/NAME -n NAMESPACE',
  usageByKind: {},
  examples: ['create job import-again --from=cronjob/import -n shop'],
  help: 'run a CronJob now, or a Job again',
  done: 'a Job started',
  print: ({ verb, job, target: { kind, name } }) => words(verb, job, `--from=${kind.toLowerCase()}/${name}`),
  phrase: ({ target, job }) => `run ${describeTarget(target)} as Job/${job}`,
  secretTexts: () => [],
};

/** The new Job's name is a label of its pods too, so it is one. */
function readNewJob({ operands, end }: Given): Details | Objection {
  const [name, extra] = operands;
  if (!name) {
    const reason = '"create job" needs the new Job\'s name.';
    return { code: 'missing-target', reason, span: { start: end, end } };
  }
  if (extra) {
    const reason = `${quoted(extra.text)} is one word too many here; a Job runs what it was made from.`;
    return { code: 'extra-word', reason, span: { start: extra.start, end: extra.end }, instead: '' };
  }
  if (labelName.safeParse(name.text).success) return { fields: { job: name.text }, notes: [] };
  const reason = `${quoted(name.text)} cannot name a Job: lower case letters, digits and "-", at most 63.`;
  return { code: 'bad-name', reason, span: { start: name.start, end: name.end } };
}
