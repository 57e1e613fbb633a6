/** Characters beside each other that a desktop shows without breaking the line. */
const widest = 72;

/**
 * Rows under a heading as plain text of one width: in columns where they fit, else each row as its first cell with the
 * others named below it, which a narrow screen can break without mixing up what belongs to what.
 */
export function tableText(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((title, at) =>
    Math.max(...[title, ...rows.map((row) => row[at] ?? '')].map(size)),
  );
  const total = widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1);
  const isFlat = rows.every((row) => row.every((cell) => !cell.includes('\n')));
  if (total <= widest && isFlat) return [heading, ...rows].map((row) => inColumns(row, widths)).join('\n');
  return rows.map((row) => stacked(heading, row)).join('\n');
}

const size = (text: string): number => Array.from(text).length;

/** The last cell is not filled up: blanks at its end would be taken for its own. */
function inColumns(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - size(cell))))
    .join('  ');
}

function stacked([, ...titles]: readonly string[], [first = '', ...cells]: readonly string[]): string {
  const width = Math.max(...titles.map(size));
  return [first, ...cells.map((cell, at) => `  ${(titles[at] ?? '').padEnd(width)}  ${cell}`)].join('\n');
}
