import { expect, it } from 'vitest';
import type { LineItem } from '../../../src/domain/spec.ts';
import { mostTelling, weight } from '../../../src/domain/text/weight.ts';

const item = (term: LineItem['term'], points: number, counted = true): LineItem => ({
  rule: 'a-rule',
  term,
  points,
  counted,
  sentence: `${term} ${points}`,
  source: 'Deployment/web in shop: spec',
});

it('tells what decides first', () => {
  const lines = [
    item('irreversibility', 6, false),
    item('breadth', 1),
    item('environment', 1.5),
    item('floor', 11, false),
    item('availability', 45),
    item('floor', 51),
    item('block', 100),
    item('data', 10, false),
    item('data', -2),
    item('breadth', 0, false),
  ];
  expect(lines.toSorted(mostTelling).map((each) => `${each.sentence}: ${weight(each)}`)).toEqual([
    'block 100: blocks',
    'floor 51: at least 51',
    'availability 45: +45',
    'breadth 1: +1',
    'data -2: -2',
    'environment 1.5: ×1.5',
    'floor 11: at least 11',
    'data 10: (+10, outweighed)',
    'irreversibility 6: (+6, outweighed)',
    'breadth 0: (+0, outweighed)',
  ]);
});

it('tells a floor before the points that are as many', () => {
  const [points, floor] = [item('availability', 60), item('floor', 51)];
  expect([points, floor].toSorted(mostTelling)).toEqual([floor, points]);
  expect([floor, points].toSorted(mostTelling)).toEqual([floor, points]);
});

it('leaves equals in the order of the rules', () => {
  const floors = [item('floor', 11), { ...item('floor', 11), sentence: 'a second' }];
  expect(floors.toSorted(mostTelling)).toEqual(floors);
});
