import type { Comparison } from './rounds.ts';

/** One line of the result: what was measured beside what, and what it must and should be. */
export interface Row {
  readonly measure: string;
  /** `1/s`, `ms`, `MiB` ... of both figures. */
  readonly unit: string;
  readonly reference: string;
  readonly compared: Comparison;
  /** Whether a large or a small ratio is good, and the bounds of it. */
  readonly good: 'large' | 'small';
  readonly gate?: number;
  readonly goal?: number;
}

/** The table as text, columns aligned. */
export function render(rows: readonly Row[]): string {
  const head = ['measure', 'ours', 'reference', 'ratio (min-max)', 'gate', 'goal', ''];
  const lines = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells({ measure, unit, reference, compared, good, gate, goal }: Row): string[] {
  const { median, min, max } = compared.ratio;
  const sign = good === 'large' ? '>=' : '<=';
  const bound = (value: number | undefined) => (value === undefined ? '' : `${sign} ${value}`);
  return [
    measure,
    `${figure(compared.ours)} ${unit}`,
    `${reference} ${figure(compared.reference)} ${unit}`,
    `${ratio(median)} (${ratio(min)}-${ratio(max)})`,
    bound(gate),
    bound(goal),
    standing({ good, gate, goal }, median),
  ];
}

/** Where a ratio stands: past the goal, past the gate, or below it. */
export function standing(
  { good, gate, goal }: { good: Row['good']; gate: number | undefined; goal: number | undefined },
  value: number,
): '' | 'goal met' | 'gate met' | 'BELOW THE GATE' {
  const past = (bound: number) => (good === 'large' ? value >= bound : value <= bound);
  if (goal !== undefined && past(goal)) return 'goal met';
  if (gate === undefined) return '';
  return past(gate) ? 'gate met' : 'BELOW THE GATE';
}

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
const ratio = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
