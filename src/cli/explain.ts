import { printAction } from '../actions/print.ts';
import { conditionText } from '../domain/constraints/kinds.ts';
import type { DeclarativeSpec } from '../domain/spec.ts';
import { mostTelling, weight } from '../domain/text/weight.ts';

/** A verdict as lines for a terminal: the tier, every reason with its source, the conditions and the rollback. */
export function explain(
  spec: DeclarativeSpec,
  {
    counterfactual = '',
    notKnownHere = [],
    origin,
  }: {
    readonly counterfactual?: string;
    readonly notKnownHere?: readonly string[];
    readonly origin: string;
  },
): string {
  const items = spec.lineItems.toSorted(mostTelling);
  const width = Math.max(12, ...items.map((item) => weight(item).length));
  const lines = [
    `${spec.tier}: ${spec.score} of 100: ${printAction(spec.action)}`,
    ...items.map(
      (item) => `  ${weight(item).padStart(width)}  ${item.sentence} [${item.rule}; ${item.source}]`,
    ),
    spec.targetState.sentence,
    ...spec.constraints.map((each) => `Condition: ${conditionText(each)}`),
    `Rollback: ${spec.rollbackPlan.sentence}`,
    `Dry run: ${spec.dryRunRequired ? 'required' : 'not required'}`,
    ...(counterfactual === '' ? [] : [counterfactual]),
    ...notKnownHere,
    `Judged by: ${origin}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** Text from a cluster may hold what moves a cursor. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
