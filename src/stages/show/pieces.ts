import { kindOf } from '../../actions/action-kinds.ts';
import { printAction } from '../../actions/print.ts';
import type { Case } from '../../domain/case.ts';
import { conditionText } from '../../domain/constraints/kinds.ts';
import type { NodePod } from '../../domain/facts/node.ts';
import { requestWord } from '../../domain/manifest/request-name.ts';
import type { DryRunResult } from '../../domain/plan.ts';
import { membersOf, type RemediationIn } from '../../domain/remediation.ts';
import type { Passage } from '../../domain/showing.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { changesText } from '../../domain/text/changes.ts';
import { targetsText } from '../../domain/text/targets.ts';
import { mostTelling, weight } from '../../domain/text/weight.ts';
import { emergencyText } from './emergency.ts';
import { gitText } from './git.ts';
import { valueNotes, valuesText } from './values.ts';

/** Everything that somebody who approves decides on, in the order in which a card has it. */
export type PieceName =
  | 'expected'
  | 'targets'
  | 'command'
  | 'values'
  | 'notes'
  | 'moved'
  | 'git'
  | 'emergency'
  | 'changes'
  | 'dryRun'
  | 'reasons'
  | 'conditions'
  | 'rollback';

/** One of them, whole. */
export interface Piece extends Passage {
  readonly name: PieceName;
}

/** What was judged, and on what. */
export type Judged = Pick<
  RemediationIn<'evaluated'>,
  'action' | 'spec' | 'facts' | 'members' | 'git' | 'emergency'
>;

/** What must be shown before anybody approves. Pure; what there is nothing of is left out. */
export function piecesOf(row: Judged, dryRun: DryRunResult): Piece[] {
  const { spec } = row;
  const members = membersOf(row);
  const word = requestWord(undefined, row.git);
  const all: readonly Piece[] = [
    { name: 'expected', heading: 'If approved', text: spec.targetState.sentence },
    { name: 'targets', heading: 'Target', text: targetsText(row) },
    { name: 'command', heading: 'Command', text: printAction(row.action) },
    { name: 'values', heading: 'Values, as they are written', text: valuesText(spec) },
    { name: 'notes', heading: 'About the values', text: valueNotes(spec, members).join('\n') },
    { name: 'moved', heading: 'Pods that leave', text: movedText(members) },
    { name: 'git', heading: 'In Git', text: gitText(members, row.git) },
    { name: 'emergency', heading: `Now, before the ${word}`, text: emergencyText(row) },
    { name: 'changes', heading: 'What the dry run would change', text: changesText(dryRun) },
    { name: 'dryRun', heading: 'Dry run', text: dryRunText(dryRun) },
    { name: 'reasons', heading: 'Reasons', text: reasonsText(spec) },
    {
      name: 'conditions',
      heading: 'Conditions, checked before each change',
      text: listOf(spec.constraints.map(conditionText)),
    },
    { name: 'rollback', heading: 'Rollback', text: rollbackText(spec) },
  ];
  return all.filter(({ text }) => text !== '');
}

const listOf = (sentences: readonly string[]): string => sentences.map((each) => `- ${each}`).join('\n');

/** As they are when this is judged: pods come and go. */
function movedText(members: readonly Case[]): string {
  return members
    .map(({ action, facts }) => kindOf(action.verb).effect({ action, facts }).pods)
    .flatMap(({ moved, ended }) => [
      ...moved.map(podText),
      ...ended.map((pod) => `${podText(pod)} (has ended; what it logged goes with it)`),
    ])
    .join('\n');
}

const podText = ({ namespace, name, owner }: NodePod): string =>
  `${namespace}/${name}${owner === undefined ? '' : ` of ${owner}`}`;

function dryRunText(dryRun: DryRunResult): string {
  const warnings = dryRun.kind === 'accepted' ? dryRun.warnings : [];
  return [dryRun.sentence, ...warnings.map((warning) => `- Warning of the API server: ${warning}`)].join(
    '\n',
  );
}

function reasonsText({ lineItems }: DeclarativeSpec): string {
  return lineItems
    .filter(({ counted }) => counted)
    .toSorted(mostTelling)
    .map((item) => `- ${weight(item)} ${item.sentence}`)
    .join('\n');
}

/** The sentence, and each command that would be proposed. */
function rollbackText({ rollbackPlan: plan }: DeclarativeSpec): string {
  const actions = plan.kind === 'none' ? [] : plan.kind === 'action' ? [plan.action] : plan.actions;
  return [plan.sentence, ...actions.map(printAction)].join('\n');
}
