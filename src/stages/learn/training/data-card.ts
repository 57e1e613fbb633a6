import {
  type Label,
  type LeftOut,
  type Lesson,
  labels,
  leftOut,
  reasons,
} from '../../../domain/insight/lived.ts';
import { asJson, type Json } from '../../../domain/text/json.ts';
import type { Split } from './split.ts';

/** Changes where the lines do. */
const format = 'firebreak-finetune/2';

type Counts = Map<string, number>;

interface Part {
  examples: number;
  readonly labels: Counts;
  first: string | undefined;
  last: string | undefined;
}

/** What is counted while the lines are written; bounded by the number of verbs and playbooks. */
export interface Tally {
  readonly parts: Readonly<Record<Split, Part>>;
  readonly verbs: Counts;
  readonly playbooks: Counts;
  readonly tiers: Counts;
  readonly leftOut: Counts;
}

export function emptyTally(): Tally {
  const part = (): Part => ({ examples: 0, labels: new Map(), first: undefined, last: undefined });
  return {
    parts: { train: part(), validation: part() },
    verbs: new Map(),
    playbooks: new Map(),
    tiers: new Map(),
    leftOut: new Map(),
  };
}

const more = (counts: Counts, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

export function countLeftOut(tally: Tally, reason: LeftOut): void {
  more(tally.leftOut, reason);
}

export function countExample(
  tally: Tally,
  side: Split,
  { label, lived: { remediation } }: Extract<Lesson, { kind: 'example' }>,
): void {
  const part = tally.parts[side];
  part.examples += 1;
  more(part.labels, label);
  part.first = earlier(part.first, remediation.createdAt);
  part.last = later(part.last, remediation.createdAt);
  more(tally.verbs, remediation.action.verb);
  if (remediation.requestedBy.kind === 'playbook') more(tally.playbooks, remediation.requestedBy.playbook);
  if ('spec' in remediation && remediation.spec !== undefined) more(tally.tiers, remediation.spec.tier);
}

const earlier = (a: string | undefined, b: string): string => (a === undefined || b < a ? b : a);
const later = (a: string | undefined, b: string): string => (a === undefined || b > a ? b : a);

/** How the lines were chosen, besides what was counted. */
export interface Choice {
  readonly since: string | undefined;
  readonly splitDay: string | undefined;
  readonly lastingHours: number;
  /** Of each file, 64 hex digits. */
  readonly sha256: Readonly<Record<Split, string>>;
}

export interface DataCard {
  readonly examples: number;
  readonly looked: number;
  /** Why there is no example; undefined where there are some. */
  readonly empty: string | undefined;
  readonly json: Json;
  readonly markdown: string;
}

/** What the data is and is not, for whoever trains with it. The same rows give the same card. */
export function dataCard(tally: Tally, choice: Choice): DataCard {
  const examples = tally.parts.train.examples + tally.parts.validation.examples;
  const looked = examples + [...tally.leftOut.values()].reduce((sum, each) => sum + each, 0);
  const empty = examples > 0 ? undefined : emptySentence(tally, looked);
  const json = asJson({
    format,
    examples,
    looked,
    ...(empty === undefined ? {} : { empty }),
    chosen: { since: choice.since ?? null, lastingHours: choice.lastingHours },
    split: { validationFrom: choice.splitDay ?? null, rule: splitRule(choice, examples) },
    train: partJson(tally.parts.train, choice.sha256.train),
    validation: partJson(tally.parts.validation, choice.sha256.validation),
    verbs: sorted(tally.verbs),
    playbooks: sorted(tally.playbooks),
    tiers: sorted(tally.tiers),
    leftOut: reasons.flatMap((reason) => {
      const count = tally.leftOut.get(reason) ?? 0;
      return count === 0 ? [] : [{ reason, count, sentence: leftOut[reason] }];
    }),
  });
  return {
    examples,
    looked,
    empty,
    json,
    markdown: markdownOf(tally, choice, { examples, looked, empty }),
  };
}

/** Why there is nothing, in one sentence: what most of the rows lack. */
function emptySentence(tally: Tally, looked: number): string {
  if (looked === 0) return 'There is no remediation in this time.';
  const why = reasons.flatMap((reason) => {
    const count = tally.leftOut.get(reason) ?? 0;
    return count === 0 ? [] : [`${count} ${reason}`];
  });
  return `Of ${looked} ${looked === 1 ? 'remediation' : 'remediations'} none can be learned from: ${why.join(', ')}.`;
}

const sorted = (counts: Counts): Readonly<Record<string, number>> =>
  Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));

const labelCounts = (counts: Counts): Readonly<Record<Label, number>> => ({
  verified: counts.get('verified') ?? 0,
  not_verified: counts.get('not_verified') ?? 0,
});

const partJson = ({ examples, labels: counts, first, last }: Part, sha256: string) => ({
  examples,
  labels: labelCounts(counts),
  first: first ?? null,
  last: last ?? null,
  sha256,
});

const splitRule = ({ splitDay }: Choice, examples: number): string => {
  if (examples === 0) return 'There is nothing to split.';
  return splitDay === undefined
    ? 'All examples are for training: those of one day alone would be more than half of them.'
    : `Incidents that began on ${splitDay} (UTC) or later are for validation; no incident is in both.`;
};

interface Summed {
  readonly examples: number;
  readonly looked: number;
  readonly empty: string | undefined;
}

function markdownOf(tally: Tally, choice: Choice, { examples, looked, empty }: Summed): string {
  const { train, validation } = tally.parts;
  const lines = [
    '# Data card',
    '',
    `Examples of chats from what Firebreak did, format \`${format}\`: ${examples} of ${looked} remediations${choice.since === undefined ? '' : ` since ${choice.since}`}.`,
    ...(empty === undefined ? [] : ['', `**There are none.** ${empty}`]),
    '',
    `\`verified\`: it was verified, and for ${choice.lastingHours} hours nothing was done to its owner and no alert of its owner came. \`not_verified\`: it was carried out and did not help; a negative example.`,
    '',
    'A line has `messages` (system, user: the evidence, assistant: what was proposed and decided), `outcome` and `stderr`. Trainers that refuse other keys read `messages` alone.',
    '',
    '## Splits',
    '',
    splitRule(choice, examples),
    '',
    ...table(
      ['file', 'examples', ...labels, 'first', 'last'],
      [
        ['train.jsonl', ...partCells(train)],
        ['validation.jsonl', ...partCells(validation)],
      ],
    ),
    ...counted('Actions', tally.verbs),
    ...counted('Playbooks', tally.playbooks),
    ...counted('Tiers', tally.tiers),
    '',
    '## Left out',
    '',
    ...leftOutLines(tally),
    '',
    '## Redaction',
    '',
    'Secrets, values of pod templates and the names of people were taken out. Names of objects, namespaces, images and clusters are in it, and the words of alerts and of people: it is not for the public.',
    '',
  ];
  return lines.join('\n');
}

const partCells = ({ examples, labels: counts, first, last }: Part): readonly string[] => [
  String(examples),
  ...Object.values(labelCounts(counts)).map(String),
  first ?? '-',
  last ?? '-',
];

function counted(title: string, counts: Counts): readonly string[] {
  if (counts.size === 0) return [];
  const lines = Object.entries(sorted(counts)).map(([key, count]) => [key, String(count)]);
  return ['', `## ${title}`, '', ...table(['', 'examples'], lines)];
}

function leftOutLines(tally: Tally): readonly string[] {
  const lines = reasons.flatMap((reason) => {
    const count = tally.leftOut.get(reason) ?? 0;
    return count === 0 ? [] : [[reason, String(count), leftOut[reason]]];
  });
  return lines.length === 0 ? ['Nothing.'] : table(['', 'remediations', 'why'], lines);
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], lines: readonly (readonly string[])[]): readonly string[] => [
  row(head),
  row(head.map(() => '---')),
  ...lines.map(row),
];
