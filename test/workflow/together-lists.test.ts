import { describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import { approveTogether, showTogether } from '../../src/workflow/approval/together.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import type { People } from '../../src/workflow/ports.ts';
import { silentLog } from '../fixtures/log.ts';
import {
  asked,
  confirm,
  idsOf,
  noting,
  type Proposed,
  person,
  proposed,
  roomy,
} from '../fixtures/proposed.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { members, type Rig } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

const other = 'd'.repeat(64);
const production: Proposed = { namespace: 'production' };
const wide = { policy: () => roomy };

/** The digest of what is shown now. */
async function digestOf(rig: Rig): Promise<string> {
  const shown = await showTogether(rig.context, asked(rig));
  if (shown.kind !== 'list') throw new Error(shown.sentence);
  return shown.digest;
}

describe('the digest of a list', () => {
  test.each<[string, (rig: Rig) => Promise<unknown> | unknown, boolean]>([
    ['stays while nothing happens', () => undefined, true],
    [
      'stays while only the reason why one is left out is another',
      (rig) => Object.assign(rig.row(3), { cluster: 'third' }),
      true,
    ],
    [
      'is another where what would land is',
      (rig) => Object.assign(rig.row(1), { digest: other, showing: { kind: 'card', digest: other } }),
      false,
    ],
    [
      'is another where it runs, and did not',
      (rig) => playStep(rig, { do: 'approve', by: 'U0BEN', on: 2 }),
      false,
    ],
  ])('%s', async (_name, meanwhile, same) => {
    const rig = await proposed([{}, production, {}], wide);
    Object.assign(rig.row(3), { cluster: 'other' });
    const before = await digestOf(rig);
    await meanwhile(rig);
    expect((await digestOf(rig)) === before).toBe(same);
    const answer = await approveTogether(rig.context, { ...asked(rig), digest: before });
    expect(answer.kind).toBe(same ? 'recorded' : 'refused');
  });
});

describe('what is told of a list', () => {
  test.each<[string, Proposed[], string]>([
    ['all wait', [production, production], 'One more person must approve each of: 1, 2.'],
    [
      'two are left out',
      [production, { of: person }, { of: person }],
      'One more person must approve each of: 1. Left out: 2: It is not proposed by a playbook. 3: It is not proposed by a playbook.',
    ],
  ])('where %s', async (_name, all, body) => {
    const rig = await proposed(all, wide);
    const answer = await confirm(rig);
    expect(answer).toEqual({ kind: 'recorded', sentence: `Approved together. ${body}` });
  });

  test('stands in the log, with who it was', async () => {
    const rig = await proposed();
    const lines: unknown[][] = [];
    const log = { ...silentLog, info: (...of: unknown[]) => void lines.push(of) };
    const { sentence } = await confirm(rig, asked(rig), { ...rig.context, log });
    expect(lines).toEqual([
      [
        { storm: 7, user: 'U0ANN', chosen: 2, answer: 'recorded' },
        `Votes on 2 proposals of storm 7: ${sentence}`,
      ],
    ]);
  });

  test('is what is known of one that is not judged yet: no score and no tier', async () => {
    const rig = await proposed();
    const { shelf } = rig.now();
    const { id, number, action, requestedBy } = rig.row(2);
    shelf.remediations[1] = { ...remediationIn('requested'), ...{ id, number, action, requestedBy } };
    const shown = await showTogether(rig.context, asked(rig));
    expect(shown).toMatchObject({ included: [{ number: 1 }] });
    expect(shown.kind === 'list' && shown.leftOut).toEqual([
      {
        number: 2,
        command: 'kubectl scale deployment/web-2 --replicas=1 -n shop',
        namespace: 'shop',
        playbook: 'scale-starving',
        score: 0,
        comes: { reason: 'Remediation 2 is still being judged; its card follows.' },
      },
    ]);
  });
});

describe('of several clusters', () => {
  test('a list is of the cluster of the first of it, and says which', async () => {
    const rig = await proposed();
    for (const on of [1, 2]) Object.assign(rig.row(on), { cluster: 'us' });
    const { context, places } = noting(rig);
    const us = { ...context.cluster, name: 'us' };
    const clusters = { all: [context.cluster, us], enter: () => () => undefined } as const;
    expect(await showTogether({ ...context, clusters }, asked(rig))).toMatchObject({
      kind: 'list',
      cluster: 'us',
      included: [{ number: 1 }, { number: 2 }],
    });
    expect(places.map(({ cluster }) => cluster)).toEqual(['us']);
    expect(await showTogether(context, asked(rig))).not.toHaveProperty('cluster');
  });
});

describe('who may not', () => {
  const only = (of: People['mayApprove']): People => ({ ...members, mayApprove: of });

  test('any more is told that it is done, where it is', async () => {
    const rig = await proposed([production], wide);
    const digest = await digestOf(rig);
    await approveTogether(rig.context, { ...asked(rig), digest });
    const before = rig.now().shelf.log.length;
    const people = async () => only(async () => ({ kind: 'refused', reason: 'No more.' }));
    const later: WorkflowContext = { ...rig.context, people };
    expect(await approveTogether(later, { ...asked(rig), digest })).toEqual({
      kind: 'already',
      sentence: 'You have approved this list already.',
    });
    expect(rig.now().shelf.log).toHaveLength(before);
  });

  test('approve the first and may see the second is no denial', async () => {
    const rig = await proposed();
    await playStep(rig, { do: 'reject', by: 'U0BEN', on: 2 });
    const before = rig.now().shelf.log.length;
    expect(await showTogether(rig.context, asked(rig, 'U0CAT'))).toEqual({
      kind: 'refused',
      sentence:
        'Nothing of it can be approved now: 1: U0CAT is not an approver. 2: Remediation 2 was rejected.',
    });
    expect(rig.now().shelf.log).toHaveLength(before);
  });

  test('ask in one namespace is asked of each: the answer to one question is not that to another', async () => {
    const environments = { shop: { match: { names: ['shop'] }, requesters: { users: ['U0SHOP'] } } };
    const chosen = policy.parse({
      ...{ version: 1, productionFactor: 5, environments, requesters: { users: ['U0ASK'] } },
      approvers: { human: { users: ['U0ANN'] }, dual: { users: ['U0ANN'] } },
    });
    const rig = await proposed([{}, production], { policy: () => chosen });
    for (const on of [1, 2]) await playStep(rig, { do: 'reject', by: 'U0ANN', on });
    const shown = await showTogether(rig.context, asked(rig, 'U0SHOP'));
    expect(shown).toEqual({
      kind: 'refused',
      sentence:
        'Nothing of it can be approved now: 1: Remediation 1 was rejected. 2: U0SHOP may not ask for this.',
    });
  });

  test('load more than twenty at once: of the others nothing is read', async () => {
    const rig = await proposed([{}]);
    const loaded: string[] = [];
    const load: WorkflowContext['store']['load'] = (id) => {
      loaded.push(id);
      return rig.context.store.load(id);
    };
    const many = Array.from({ length: 24 }, (_, index) => `id-${index}`);
    await showTogether(
      { ...rig.context, store: { ...rig.context.store, load } },
      asked(rig, 'U0ANN', [...idsOf(rig), ...many]),
    );
    expect(loaded).toHaveLength(20);
  });
});
