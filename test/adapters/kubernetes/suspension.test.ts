import { expect, test } from 'vitest';
import { createReader } from '../../../src/adapters/kubernetes/client/read.ts';
import { markedBy, pauseMark } from '../../../src/adapters/kubernetes/writes/pause-mark.ts';
import { suspension, suspensionEnd } from '../../../src/adapters/kubernetes/writes/suspension.ts';
import { noon } from '../../fixtures/facts.ts';
import { apiOf } from './sourced.ts';

/* Who keeps a pause that several remediations have a part in. */

const owner = { kind: 'Kustomization', namespace: 'flux', name: 'shop' } as const;
const [past, later] = ['2026-03-01T11:00:00.000Z', '2026-03-01T13:00:00.000Z'];
const { signal } = new AbortController();

type Others = readonly { readonly remediation: number; readonly until: string }[];

function readerOf(others: Others, uid = 'u') {
  const said = markedBy([{ remediation: 42, until: later }, ...others], false);
  const object = { metadata: { uid, annotations: { [pauseMark]: said } }, spec: { suspend: true } };
  return createReader(apiOf({ 'kustomizations flux/shop': object }), signal);
}

async function endFor(others: Others, byThen?: string) {
  const begun = await suspension(readerOf(others), { owner, number: 42, until: later });
  if (begun.kind === 'impossible') throw new Error(begun.reason);
  return suspensionEnd(readerOf(others, byThen), { owner, number: 42, end: begun.end, now: noon });
}

const puts = 'Puts the automatic sync of Kustomization flux/shop back.';
const leaves = 'Leaves the pause of the automatic sync of Kustomization flux/shop to others.';

test.each([
  ['nobody', [], [], puts],
  ['one whose time is not over', [[43, later]], [43], leaves],
  ['one whose time is over, which keeps nothing', [[43, past]], [], puts],
  [
    'one of each',
    [
      [43, past],
      [44, later],
    ],
    [44],
    leaves,
  ],
] as const)('the end of a pause beside %s', async (_name, others, kept, sentence) => {
  const holders = others.map(([remediation, until]) => ({ remediation, until }));
  const ending = await endFor(holders);
  expect(ending).toMatchObject({ kind: 'ours', others: kept, call: { sentence } });
});

test('another object of the same name is not taken for the one that was paused', async () => {
  expect(await endFor([], 'another')).toMatchObject({ kind: 'touched' });
});
