/** Lines around a change. */
const around = 3;

/**
 * A unified diff of two texts that differ in one place (GNU diffutils manual, "Detailed Description of Unified Format"), with
 * three lines around it; empty where they are the same.
 */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - head;
  while (tail < most && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const from = Math.max(0, head - around);
  const lead = old.slice(from, head);
  const rest = old.slice(old.length - tail, old.length - tail + around);
  const removed = old.slice(head, old.length - tail);
  const added = fresh.slice(head, fresh.length - tail);
  const span = (count: number) => `${count === 0 ? from : from + 1}${count === 1 ? '' : `,${count}`}`;
  const kept = lead.length + rest.length;
  return [
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -${span(kept + removed.length)} +${span(kept + added.length)} @@`,
    ...lead.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...rest.map((line) => ` ${line}`),
    '',
  ].join('\n');
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
