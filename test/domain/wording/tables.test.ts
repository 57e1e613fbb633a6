import { expect, test } from 'vitest';
import { action, request } from '../../../src/domain/action.ts';
import type { DryRunResult } from '../../../src/domain/plan.ts';
import { changesText } from '../../../src/domain/text/changes.ts';
import { tableText } from '../../../src/domain/text/table.ts';
import { targetsText } from '../../../src/domain/text/targets.ts';
import { restartOf } from '../../fixtures/facts.ts';

const heading = ['Field', 'Now', 'Then'];
const x = (length: number) => 'x'.repeat(length);

test.each<[string, readonly (readonly string[])[], string]>([
  ['in columns', [['a', '1', '2']], 'Field  Now  Then\na      1    2'],
  [
    'by its widest cell',
    [
      ['replicas', '1', '2'],
      ['a', '10000', ''],
    ],
    'Field     Now    Then\nreplicas  1      2\na         10000  ',
  ],
  ['of whole characters', [['😀', '1', '2']], 'Field  Now  Then\n😀      1    2'],
  ['without rows', [], 'Field  Now  Then'],
  ['with a cell that is not there', [['a', '1']], 'Field  Now  Then\na      1'],
  ['as wide as a screen', [[x(61), '1', '2']], `Field${' '.repeat(56)}  Now  Then\n${x(61)}  1    2`],
  [
    'wider than a screen',
    [
      [x(62), '1', '2'],
      ['a', '3', '4'],
    ],
    `${x(62)}\n  Now   1\n  Then  2\na\n  Now   3\n  Then  4`,
  ],
  ['with a cell of two lines', [['a', 'b\nc', '2']], 'a\n  Now   b\nc\n  Then  2'],
  ['stacked, with one cell too many', [['a', 'b\nc', '2', '3']], 'a\n  Now   b\nc\n  Then  2\n        3'],
])('a table %s', (_name, rows, text) => {
  expect(tableText(heading, rows)).toBe(text);
});

const accepted = (changes?: Extract<DryRunResult, { kind: 'accepted' }>['changes']): DryRunResult => ({
  ...{ kind: 'accepted', sentence: '', warnings: [] },
  ...(changes === undefined ? {} : { changes }),
});

test.each<[string, DryRunResult, string]>([
  ['refused', { kind: 'refused', sentence: 'No.' }, ''],
  ['kept nothing', accepted(), ''],
  ['found nothing', accepted([]), ''],
  [
    'found one',
    accepted([{ field: 'replicas', now: '1', next: '2' }]),
    'Field     Now  Then\nreplicas  1    2',
  ],
  [
    'found some of others',
    accepted([{ object: 'web', field: 'a', now: '1', next: '2', foreign: true }]),
    'Field       Now  Then\nweb: a (*)  1    2',
  ],
])('a dry run that %s', (_name, dryRun, text) => {
  expect(changesText(dryRun)).toBe(text);
});

const member = (name: string) => ({
  action: action.parse({ verb: 'rollout restart', target: { kind: 'Deployment', namespace: 'shop', name } }),
});
const all = (target: object) => request.parse({ verb: 'rollout restart', target });
const labelled = { kind: 'Deployment', namespace: 'shop', selector: 'app=web' };
const named = { kind: 'Deployment', namespace: 'shop', names: ['a', 'b'] };

test.each([
  ['one object', { action: restartOf() }, 'Deployment/web in shop'],
  ['those not found yet', { action: all(labelled) }, 'Deployments with app=web in shop'],
  ['one object that is a member', { action: restartOf(), members: [member('a')] }, 'Deployment/web in shop'],
  ['one found', { action: all(labelled), members: [member('a')] }, '1 Deployment in shop with app=web: a'],
  [
    'some found',
    { action: all(labelled), members: [member('a'), member('b')] },
    '2 Deployments in shop with app=web: a, b',
  ],
  ['some named', { action: all(named), members: [member('a'), member('b')] }, '2 Deployments in shop: a, b'],
])('what it is for: %s', (_name, aimed, text) => {
  expect(targetsText(aimed)).toBe(text);
});
