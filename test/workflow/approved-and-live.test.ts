import { describe, expect, test } from 'vitest';
import type { Group } from '../../src/domain/action.ts';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import type { RemediationIn } from '../../src/domain/remediation.ts';
import {
  type ApprovalDrift,
  driftSince,
  supersededWords,
  withBroken,
} from '../../src/workflow/approval/drift.ts';
import { circumstancesOf } from '../../src/workflow/lifecycle/circumstances.ts';
import { gatherMembers } from '../../src/workflow/lifecycle/members.ts';
import { createRig, type Rig, type RigOptions, strictPolicy } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';
import type { World } from '../fixtures/world.ts';

/* What stands between an approval and its execution, in words. */

const scale = 'scale deploy/web --replicas=1 -n shop';
const both: Group = {
  verb: 'scale',
  target: { kind: 'Deployment', namespace: 'shop', names: ['web', 'api'] },
  replicas: 1,
};

function rowOf(rig: Rig): RemediationIn<'approved'> {
  const row = rig.row(1);
  if (row.state !== 'approved') throw new Error(`it is ${row.state}`);
  return row;
}

async function approved(asked: string | Group, options: RigOptions = {}): Promise<Rig> {
  const rig = createRig(options);
  await playStep(
    rig,
    typeof asked === 'string' ? { do: 'ask', text: asked } : { do: 'request', request: asked },
  );
  while (!['approved', 'waiting'].includes(rig.row(1).state)) await rig.wake();
  for (const by of ['U0ANN', 'U0BEN']) await playStep(rig, { do: 'approve', by });
  return rig;
}

async function drifted(rig: Rig, is: Partial<World> = {}, chosen: Policy = rig.context.policy()) {
  const { clock, cluster, sha256 } = rig.context;
  Object.assign(rig.now().world, is);
  const row = rowOf(rig);
  const gathered = await gatherMembers(cluster, row.action, new AbortController().signal);
  if (gathered.kind !== 'members') throw new Error(gathered.reason);
  const { members } = gathered;
  const now = clock();
  const context = { ...rig.context, policy: () => chosen };
  const circumstances = await circumstancesOf(context, row, members, now);
  return driftSince(row, { now, policy: chosen, members, circumstances }, sha256);
}

const factor = (productionFactor: number): Policy => ({ ...strictPolicy, productionFactor });
const freeze = { name: 'lunch', timeZone: 'UTC', weekly: [{ days: ['sun'], from: '11:00', to: '14:00' }] };
const frozen = policy.parse({ version: 1, approvers: strictPolicy.approvers, freezes: [freeze] });
const holds = 'The freeze "lunch" holds until sun 14:00 (UTC); it is sun 2026-03-01 12:00 there.';

describe('between what was approved and what is live', () => {
  test('there is nothing where both are the same', async () => {
    expect(await drifted(await approved(scale))).toBeUndefined();
  });

  test('there is nothing where it is judged less strictly', async () => {
    const rig = await approved('scale deploy/web --replicas=1 -n production');
    expect(await drifted(rig, {}, factor(1))).toBeUndefined();
  });

  test('is another target', async () => {
    expect(await drifted(await approved(scale), { replicas: 5 })).toMatchObject({
      kind: 'target',
      sentence: expect.stringContaining('replicas: approved at 3, live is 5'),
      differences: expect.arrayContaining([{ label: 'replicas', approved: '3', live: '5' }]),
    });
  });

  test('is another object of several, by its name', async () => {
    const rig = await approved(both, { others: { api: {} } });
    expect(await drifted(rig, { uid: 'uid-2' })).toMatchObject({
      kind: 'target',
      sentence: 'Deployment/web: It is another object now: it was deleted and made again.',
      differences: [{ object: 'Deployment/web', label: 'identity of the object', live: 'uid-2' }],
    });
  });

  test.each<[string, string, string, Policy, Partial<World>, RigOptions]>([
    ['a hard rule', scale, 'human and would now be blocked: ', protecting('shop'), {}, {}],
    [
      'a higher score',
      'scale deploy/web --replicas=1 -n production',
      'human and would now be dual: the score went from ',
      factor(5),
      {},
      { policy: () => factor(1) },
    ],
    [
      'two conditions that demand it, and not the one that demands less',
      'scale deploy/web --replicas=4 -n shop',
      `auto and would now be dual: ${holds} ${holds.replace('lunch', 'rest')}`,
      {
        ...frozen,
        freezes: [...frozen.freezes, ...frozen.freezes.map((each) => ({ ...each, name: 'rest' }))],
      },
      { argoCd: true },
      {},
    ],
    [
      'the one that did not hold before',
      scale,
      `human and would now be dual: ${holds}`,
      frozen,
      { argoCd: true },
      { world: { argoCd: true } },
    ],
    [
      'the one that held before, of which the policy asks more now',
      scale,
      'human and would now be dual: We say so.',
      withRule('dual'),
      {},
      { policy: () => withRule('human') },
    ],
  ])('is a stricter judgement, for %s', async (_name, text, sentence, chosen, is, options) => {
    const drift = await drifted(await approved(text, options), is, chosen);
    const whole = sentence.endsWith(' ') ? expect.stringContaining(sentence) : `It was judged ${sentence}`;
    const [, before, live] = /^(\w+) and would now be (\w+)/.exec(sentence) ?? [];
    expect(drift).toEqual({
      kind: 'judgement',
      sentence: whole,
      differences: [{ label: 'tier', approved: before, live }],
    });
  });
});

/** One that holds of everything. */
function withRule(tier: 'human' | 'dual'): Policy {
  const rules = [{ name: 'ours', when: 'true', because: 'We say so.', tier }];
  return { ...strictPolicy, rules, predicates: new Map([['true', () => true]]) };
}

function protecting(namespace: string): Policy {
  return { ...strictPolicy, namespaces: { ...strictPolicy.namespaces, protected: [namespace] } };
}

describe('conditions that do not hold any more', () => {
  const drift: ApprovalDrift = {
    kind: 'target',
    sentence: 'It is another.',
    differences: [{ label: 'replicas', approved: '3', live: '5' }],
  };
  const broken: Parameters<typeof withBroken>[1] = [
    {
      constraint: { kind: 'snapshot_required', sentence: 'A snapshot is kept.' },
      standing: {
        kind: 'broken',
        reason: 'There is none.',
        label: 'snapshot',
        wanted: 'kept',
        found: 'none',
      },
    },
  ];
  const named = { label: 'snapshot', approved: 'kept', live: 'none' };

  test.each([[drift], [undefined]])('add nothing where there are none', (found) => {
    expect(withBroken(found, [])).toBe(found);
  });

  test('are what counts', () => {
    expect(withBroken(undefined, broken)).toEqual({
      kind: 'condition',
      sentence: 'A snapshot is kept. There is none.',
      differences: [named],
    });
  });

  test('are named first', () => {
    expect(withBroken(drift, broken)).toEqual({
      kind: 'condition',
      sentence: 'A snapshot is kept. There is none.\nIt is another.',
      differences: [named, ...drift.differences],
    });
  });
});

test.each([
  ['target', 'human', 'The target changed after the card was shown, so no approval carries over.'],
  [
    'judgement',
    'human',
    'This is judged more strictly now than when the card was shown, so no approval carries over.',
  ],
  ['condition', 'human', 'A condition of the card does not hold any more, so no approval carries over.'],
  ['target', 'auto', 'The target changed after the card was shown, so it is judged again.'],
] as const)('the headline for another %s, of what was judged %s', async (kind, tier, words) => {
  const row = rowOf(await approved(scale));
  const drift = { kind, sentence: '', differences: [] };
  expect(supersededWords({ ...row, spec: { ...row.spec, tier } }, drift)).toBe(words);
});
