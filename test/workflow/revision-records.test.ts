import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { State } from '../../src/domain/remediation.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { recordsFor, recordsOf } from '../../src/workflow/lifecycle/revision-records.ts';
import { OtherVersion } from '../../src/workflow/other-version.ts';
import { deploymentFacts, noon, restartOf, scaleTo, setImageTo, undoOf } from '../fixtures/facts.ts';
import { remediationIn, verified } from '../fixtures/remediations.ts';

/** The facts of each: live is revision 3 of ReplicaSet/web-c, after 2 of ReplicaSet/web-b. */
const row = (number: number, action: Action, verdict: Verdict | undefined, state: State = 'succeeded') =>
  remediationIn(state, { number, action, ...(verdict === undefined ? {} : { verdict }) });

const failed: Verdict = { ...verified, result: 'not_verified' };
const unsure: Verdict = { ...verified, result: 'inconclusive' };
const image = setImageTo('registry.example/web:2');
const { target } = restartOf();
const about = { target: 'test/shop/Deployment/web', at: noon };

describe('what remediations say of revisions', () => {
  it.each<[string, (ReturnType<typeof row> | OtherVersion)[], object[]]>([
    ['nothing', [], []],
    ['a change that worked', [row(1, image, verified)], []],
    [
      'a change that did not',
      [row(1, image, failed, 'failed')],
      [{ ...about, remediation: 1, revision: 4, became: 'not verified' }],
    ],
    [
      'a restart that did not',
      [row(1, restartOf(), failed, 'failed')],
      [{ ...about, remediation: 1, revision: 4, became: 'not verified' }],
    ],
    ['nobody knows whether it did', [row(1, image, unsure, 'inconclusive')], []],
    ['what writes no template', [row(1, scaleTo(5), failed, 'failed')], []],
    ['what was refused before it wrote', [row(1, image, undefined, 'rejected')], []],
    [
      'an undo that worked: the revision that it left',
      [row(2, undoOf(), verified)],
      [{ ...about, remediation: 2, revision: 3, source: 'ReplicaSet/web-c', became: 'undone' }],
    ],
    [
      'an undo that did not: both',
      [row(2, undoOf(), failed, 'failed')],
      [
        { ...about, remediation: 2, revision: 3, source: 'ReplicaSet/web-c', became: 'undone' },
        { ...about, remediation: 2, revision: 4, source: 'ReplicaSet/web-b', became: 'not verified' },
      ],
    ],
    [
      'a later success with it clears a revision',
      [row(1, undoOf(), failed, 'failed'), row(2, undoOf(), verified)],
      [
        { ...about, remediation: 2, revision: 3, source: 'ReplicaSet/web-c', became: 'undone' },
        { ...about, remediation: 1, revision: 3, source: 'ReplicaSet/web-c', became: 'undone' },
      ],
    ],
    [
      'what another version has written, after a change that did not: neither hides the other',
      [
        row(1, image, failed, 'failed'),
        new OtherVersion({ number: 2, state: 'rolled_forward', at: noon }, undefined),
      ],
      [
        { ...about, remediation: 2, became: 'not known' },
        { ...about, remediation: 1, revision: 4, became: 'not verified' },
      ],
    ],
    ['a success with its number too', [row(1, image, failed, 'failed'), row(2, image, verified)], []],
  ])('%s', (_name, rows, records) => {
    expect(recordsOf(target, 'test', rows)).toEqual(records);
  });

  it('of other objects is left out', () => {
    const other = { ...target, name: 'cart' };
    expect(recordsOf(other, 'test', [row(1, image, failed, 'failed')])).toEqual([]);
  });
});

it('nobody is asked for what brings no revision back', async () => {
  const asked: string[] = [];
  const past = async (cluster: string) => {
    asked.push(cluster);
    return [row(1, image, failed, 'failed')];
  };
  const facts = deploymentFacts();
  expect(await recordsFor(past, 'test', [{ action: restartOf(), facts }], noon)).toBeUndefined();
  expect(asked).toEqual([]);
  expect(await recordsFor(past, 'test', [{ action: undoOf(), facts }], noon)).toHaveLength(1);
  expect(await recordsFor(past, 'test', [{ action: image, facts }], noon)).toHaveLength(1);
});
