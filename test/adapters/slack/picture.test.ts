import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { scaleOf, svgOf } from '../../../src/adapters/slack/files/picture.ts';
import { noon } from '../../fixtures/facts.ts';
import { bundled } from '../../support/bundled.ts';

const chartOf = (...values: readonly number[]) => ({
  title: 'Ready pods',
  unit: 'pods',
  at: values.map((_, index) => new Date(Date.parse(noon) + index * 180_000).toISOString()),
  series: [{ name: 'ready', values: [...values] }],
});

test.each([
  ['nothing but zero', [0, 0], { from: 0, to: 1 }],
  ['small numbers', [1, 3], { from: 0, to: 4 }],
  ['a number of one digit before its zeros', [100, 20], { from: 0, to: 100 }],
  ['parts of one', [0.012, 0.03], { from: 0, to: 0.04 }],
  ['more than ten', [0, 97.3], { from: 0, to: 100 }],
  ['both sides of zero', [-3, 5], { from: -4, to: 6 }],
  ['less than zero alone', [-3, -1], { from: -4, to: 0 }],
])('the scale of %s begins at zero and ends at a round number', (_name, values, scale) => {
  expect(scaleOf(chartOf(...values))).toEqual(scale);
});

test.each([[[0, 0]], [[5, 5]], [[-3, 5, 1e12]], [[0.001, 0.0002]]])('%j are within the picture', (values) => {
  const drawn = [...svgOf(chartOf(...values)).matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  expect(drawn.length).toBe(values.length);
  for (const [x, y] of drawn) {
    expect(x).toSatisfy((at: number) => at >= 0 && at <= 960);
    expect(y).toSatisfy((at: number) => at >= 0 && at <= 320);
  }
});

test('a program that was joined into one draws, too', async () => {
  const program = await bundled(join(import.meta.dirname, '../../../src/adapters/slack/files/picture.ts'));
  try {
    const code = `const { pictureOf } = await import(${JSON.stringify(program.path)});
      process.stdout.write(Buffer.from(await pictureOf(${JSON.stringify(chartOf(1, 2))})).subarray(0, 4).toString('latin1'));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'latin1',
    });
    expect(stdout.slice(-3)).toBe('PNG');
  } finally {
    await program.remove();
  }
});
