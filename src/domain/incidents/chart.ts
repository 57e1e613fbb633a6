import { z } from 'zod';
import { instant } from '../facts/facts.ts';
import { clockTime } from '../text/clock-time.ts';

/** Points of a chart: what Slack's own takes (docs.slack.dev, "data visualization block"). */
export const mostPoints = 20;

/** Values over time, each series with one value for each instant. */
export const chart = z
  .strictObject({
    title: z.string().min(1).max(50),
    unit: z.string().min(1).max(50),
    at: z.array(instant).min(2).max(mostPoints),
    series: z
      .array(z.strictObject({ name: z.string().min(1).max(20), values: z.array(z.number()) }))
      .min(1)
      .max(6),
  })
  .refine(({ at, series }) => series.every(({ values }) => values.length === at.length), {
    error: 'must have a value of each series for each instant',
  });
export type Chart = z.infer<typeof chart>;

/** What was measured around the start of an incident; what was not is named, with the reason. */
export const measured = z.strictObject({
  at: instant,
  charts: z.array(chart),
  missing: z.array(z.string()),
});
export type Measured = z.infer<typeof measured>;

/** A number as people read it: four digits are enough. */
const shortNumber = (value: number): string => `${Number(value.toPrecision(4))}`;

/** A chart in words: `Restarts in 5 min: 0 at 11:10 UTC, 6 at 12:04 UTC, at most 6.` A line for each series. */
export function chartLines({ title, unit, at, series }: Chart, near: string): readonly string[] {
  const [first = near, last = near] = [at[0], at.at(-1)];
  return series.map(({ name, values }) => {
    const named = series.length === 1 ? title : `${title}, ${name}`;
    const said = (value: number | undefined) => shortNumber(value ?? 0);
    const span = `${said(values[0])} at ${clockTime(first, near)}, ${said(values.at(-1))} at ${clockTime(last, near)}`;
    return `${named} (${unit}): ${span}; between ${said(Math.min(...values))} and ${said(Math.max(...values))}.`;
  });
}
