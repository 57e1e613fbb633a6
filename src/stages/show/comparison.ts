import type { Difference } from '../../domain/difference.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { tableText } from '../../domain/text/table.ts';

/**
 * What was approved, what is live and what would now happen, side by side; empty where no value can be named.
 *
 * @param spec of the remediation that was approved, or of the one that takes its place
 * @param before what was done with the values before: nobody approves what runs by itself
 */
export function comparisonText(
  differences: readonly Difference[],
  spec: Pick<DeclarativeSpec, 'targetState'>,
  before: 'Approved' | 'Judged' = 'Approved',
): string {
  if (differences.length === 0) return '';
  const rows = differences.map((each) => [
    ...[nameOf(each), each.approved, each.live],
    isOfAnOld(each, differences, spec) ? 'see what it comes to' : outcomeOf(each, spec),
  ]);
  return tableText(['What', before, 'Live', 'Would now happen'], rows);
}

const nameOf = ({ object, label }: Difference): string =>
  object === undefined ? label : `${object}: ${label}`;

const comesToLabel = 'what it comes to';
/** Parts of a judgement, which are as they are judged now. */
const judged: readonly string[] = [comesToLabel, 'rollback', 'tier'];

/**
 * True where what takes its place is not judged yet, and what was approved would come to something else now. What several objects
 * come to is the sentences of each.
 */
function isOfAnOld(
  { label, object }: Difference,
  differences: readonly Difference[],
  { targetState }: Pick<DeclarativeSpec, 'targetState'>,
): boolean {
  if (judged.includes(label)) return false;
  const comesTo = differences.find((each) => each.label === comesToLabel && each.object === object);
  return comesTo !== undefined && !targetState.sentence.includes(comesTo.live);
}

function outcomeOf(
  { label, live, object }: Difference,
  { targetState }: Pick<DeclarativeSpec, 'targetState'>,
): string {
  if (judged.includes(label)) return live;
  const ends = endOf(label);
  const prefix = object === undefined ? '' : `${object.slice(object.indexOf('/') + 1)}: `;
  const found = Object.entries(targetState.fields).find(
    ([path]) => path.startsWith(prefix) && path.endsWith(ends),
  );
  if (found === undefined) return 'stays as it is live';
  const [, value] = found;
  return value === null ? 'removed' : typeof value === 'object' ? 'set' : String(value);
}

/** How the path of a field ends that people know by these words. */
function endOf(label: string): string {
  const [, map, key] = /^([a-z]+) (\S+)$/.exec(label) ?? [];
  const [, word = label, container] = /^(.+) of (.+)$/.exec(label) ?? [];
  if (container !== undefined)
    return `[${container}].${word === 'image' ? word : `resources.${word.replace(' ', '.')}`}`;
  return map === undefined ? `.${label}` : `.${map}s["${key}"]`;
}
