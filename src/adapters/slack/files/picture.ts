import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Chart } from '../../../domain/incidents/chart.ts';

/*
 * A chart as a PNG, for where Slack does not take its own. It has no text in it: no font is at hand in a container, and what it
 * shows is said beside it. resvg is loaded when the first one is drawn.
 */

/** Pixels. Slack shows a picture in a thread at most 360 wide, on screens with two or three pixels for one. */
const [width, height, margin] = [960, 320, 16];

/** How lines are told apart, by colour and, for who does not see it, by their dashes. */
const strokes = [
  { said: 'blue', colour: '#1264a3', dashes: '' },
  { said: 'orange, dashed', colour: '#d9730d', dashes: '14 8' },
  { said: 'green, dotted', colour: '#00754d', dashes: '3 7' },
  { said: 'red, long dashes', colour: '#c01343', dashes: '28 8' },
  { said: 'purple, dashes and dots', colour: '#7c3085', dashes: '16 6 3 6' },
  { said: 'black', colour: '#1d1c1d', dashes: '' },
] as const;

/** How the line of a series looks. */
export const strokeOf = (index: number): (typeof strokes)[number] =>
  strokes[index % strokes.length] ?? strokes[0];

/** From where to where the values of a picture reach: from zero, to a number that four lines divide well. */
export function scaleOf({ series }: Chart): { readonly from: number; readonly to: number } {
  const values = series.flatMap((each) => each.values);
  const [lowest, highest] = [Math.min(0, ...values), Math.max(0, ...values)];
  const from = lowest === 0 ? 0 : -rounded(-lowest);
  return { from, to: highest === 0 && from < 0 ? 0 : rounded(highest) };
}

const steps = [1, 2, 4, 6, 8, 10];

/** The next number of one digit before its zeros; 1 for nothing. */
function rounded(value: number): number {
  if (value <= 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = steps.find((each) => each * magnitude >= value) ?? 10;
  return Number((step * magnitude).toPrecision(12));
}

/** The chart as SVG: four lines across, the values over them, and a dot where each stood at last. */
export function svgOf(chart: Chart): string {
  const { from, to } = scaleOf(chart);
  const times = chart.at.map((each) => Date.parse(each));
  const [first = 0, last = first] = [times[0], times.at(-1)];
  const x = (when: number) => margin + ((when - first) / Math.max(1, last - first)) * (width - 2 * margin);
  const y = (value: number) => height - margin - ((value - from) / (to - from)) * (height - 2 * margin);
  const across = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const [value, colour] = [from + part * (to - from), part === 0 ? '#616061' : '#dddddd'];
    return `<path d="M${margin} ${y(value)}H${width - margin}" stroke="${colour}" stroke-width="2"/>`;
  });
  const lines = chart.series.map(({ values }, index) => {
    const { colour, dashes } = strokeOf(index);
    const points = values.map((value, at) => `${x(times[at] ?? last).toFixed(1)},${y(value).toFixed(1)}`);
    const [endX, endY] = (points.at(-1) ?? '0,0').split(',');
    return [
      `<polyline points="${points.join(' ')}" stroke="${colour}" stroke-width="5" stroke-linejoin="round" stroke-dasharray="${dashes || 'none'}"/>`,
      `<circle cx="${endX}" cy="${endY}" r="8" fill="${colour}"/>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" fill="none">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...across,
    ...lines,
    '</svg>',
  ].join('');
}

/** The chart as the bytes of a PNG. */
export async function pictureOf(chart: Chart): Promise<Uint8Array<ArrayBuffer>> {
  loading ??= load();
  const Resvg = await loading;
  const picture = new Resvg(svgOf(chart), { font: { loadSystemFonts: false } });
  try {
    return new Uint8Array(picture.render().asPng());
  } finally {
    picture.free();
  }
}

/** The module can be made ready once in a process. */
let loading: ReturnType<typeof load> | undefined;

async function load() {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  const file = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm');
  await initWasm(await readFile(file));
  return Resvg;
}
