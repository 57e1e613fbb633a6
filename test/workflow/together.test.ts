import { describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import { after } from '../../src/domain/text/time.ts';
import { approveTogether, showTogether, type TogetherAsked } from '../../src/workflow/approval/together.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import type { People } from '../../src/workflow/ports.ts';
import {
  actorOf,
  asked,
  confirm,
  idsOf,
  noting,
  type Proposed,
  person,
  playbook,
  proposed,
  roomy,
  statesOf,
  storm,
} from '../fixtures/proposed.ts';
import { members, type Rig, type RigOptions } from '../fixtures/rig.ts';
import { playStep } from '../fixtures/script.ts';

describe('what is shown before anything is decided', () => {
  test('is what lands, each with its command, its tier and what comes of it', async () => {
    const rig = await proposed([{}, { namespace: 'production' }]);
    const { context, places, outcomes } = noting(rig);
    const ids = idsOf(rig);
    const shown = await showTogether(context, asked(rig, 'U0ANN', [...ids, ...ids]));
    const [one, two] = rig.now().shelf.remediations;
    if (one?.state !== 'waiting' || two?.state !== 'waiting') throw new Error('they wait');
    expect(shown).toEqual({
      kind: 'list',
      playbook: 'scale-starving',
      included: [
        {
          number: 1,
          command: 'kubectl scale deployment/web-1 --replicas=1 -n shop',
          playbook: 'scale-starving',
          namespace: 'shop',
          tier: 'human',
          score: one.spec.score,
          comes: 'runs',
        },
        {
          number: 2,
          command: 'kubectl scale deployment/web-2 --replicas=1 -n production',
          playbook: 'scale-starving',
          namespace: 'production',
          tier: 'dual',
          score: two.spec.score,
          comes: 'waits',
        },
      ],
      leftOut: [],
      adds: one.spec.score + two.spec.score,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const since = after(rig.now().now, -3600);
    expect(places).toEqual([{ storm, ids, cluster: 'test', since }]);
    expect(outcomes).toEqual([{ answer: { kind: 'refused', sentence: '' }, votes: [] }]);
    expect(statesOf(rig)).toEqual(['waiting', 'waiting']);
    expect(rig.now().shelf.approvals).toEqual([]);
  });

  test('is the same list for the same, and another for another person, storm, choice or outcome', async () => {
    const rig = await proposed();
    const digest = async (of: TogetherAsked) => {
      const shown = await showTogether(rig.context, of);
      return shown.kind === 'list' ? shown.digest : shown.sentence;
    };
    const [first = ''] = idsOf(rig);
    const before = await digest(asked(rig));
    expect(await digest(asked(rig))).toBe(before);
    const others = [
      await digest(asked(rig, 'U0BEN')),
      await digest({ ...asked(rig), storm: 8 }),
      await digest(asked(rig, 'U0ANN', [first])),
    ];
    await playStep(rig, { do: 'reject', by: 'U0BEN', on: 2 });
    others.push(await digest(asked(rig)));
    expect(new Set([before, ...others]).size).toBe(5);
  });

  test('of more than twenty it is the first twenty, and that there are others', async () => {
    const rig = await proposed([{}]);
    const { context, places } = noting(rig);
    const many = Array.from({ length: 24 }, (_, index) => `id-${index}`);
    const shown = await showTogether(context, asked(rig, 'U0ANN', [...idsOf(rig), ...many]));
    expect(places.map(({ ids }) => ids.length)).toEqual([20]);
    expect(shown).toMatchObject({
      kind: 'list',
      leftOut: [{ number: 0, score: 0, comes: { reason: 'It is not known here, or one too many.' } }],
    });
  });
});

describe('left out, with the reason:', () => {
  const mute: People = {
    ...members,
    mayApprove: async () => ({ kind: 'unknown', reason: 'Slack is away.' }),
  };
  test.each<[string, Proposed, (rig: Rig) => Promise<unknown> | unknown, string]>([
    ['what a person asked for', { of: person }, () => undefined, 'It is not proposed by a playbook.'],
    [
      'what is decided',
      {},
      (rig) => playStep(rig, { do: 'reject', by: 'U0BEN', on: 2 }),
      'Remediation 2 was rejected.',
    ],
    [
      'what the same person has approved already',
      { namespace: 'production' },
      (rig) => playStep(rig, { do: 'approve', by: 'U0ANN', on: 2 }),
      'You have approved already; a second person must approve too.',
    ],
    [
      'what is for another cluster',
      {},
      (rig) => {
        const row = rig.row(2);
        row.cluster = 'other';
      },
      'It is for the cluster other; one approval is for one cluster.',
    ],
  ])('%s', async (_name, second, meanwhile, reason) => {
    const rig = await proposed([{}, second]);
    await meanwhile(rig);
    const shown = await showTogether(rig.context, asked(rig));
    expect(shown).toMatchObject({
      kind: 'list',
      included: [{ number: 1 }],
      leftOut: [{ number: 2, comes: { reason } }],
    });
    const answer = await confirm(rig);
    expect(answer.sentence).toMatch(/ runs: 1\. Left out: 2: /);
    expect(rig.row(1).state).toBe('approved');
  });

  test.each<[string, RigOptions, string, string]>([
    ['who is no approver', {}, 'U0ELSE', 'U0ELSE is not an approver.'],
    ['whose right cannot be looked up', { people: mute }, 'U0ANN', 'Slack is away.'],
  ])('all of it, for somebody %s, and that is written down', async (_name, options, by, reason) => {
    const rig = await proposed([{}, {}], options);
    expect(await showTogether(rig.context, asked(rig, by))).toEqual({ kind: 'refused', sentence: reason });
    expect(await confirm(rig, asked(rig, by))).toEqual({ kind: 'refused', sentence: reason });
    expect(statesOf(rig)).toEqual(['waiting', 'waiting']);
    const denials = rig.now().shelf.log.filter(({ detail }) => detail === `refused: ${reason}`);
    expect(denials).toHaveLength(3);
    expect(denials[0]).toMatchObject({ command: 'approve several proposals of storm 7' });
  });

  test('all of it is no denial where somebody may approve some', async () => {
    const rig = await proposed();
    for (const on of [1, 2]) await playStep(rig, { do: 'reject', by: 'U0BEN', on });
    const before = rig.now().shelf.log.length;
    expect(await showTogether(rig.context, asked(rig))).toEqual({
      kind: 'refused',
      sentence:
        'Nothing of it can be approved now: 1: Remediation 1 was rejected. 2: Remediation 2 was rejected.',
    });
    expect(rig.now().shelf.log).toHaveLength(before);
  });

  test('all of it where the person may neither see nor approve what is decided', async () => {
    const requesters = { users: ['U0ASK'] };
    const chosen = policy.parse({ version: 1, requesters, approvers: { human: { users: ['U0ANN'] } } });
    const rig = await proposed([{}], { policy: () => chosen });
    await playStep(rig, { do: 'reject', by: 'U0ANN' });
    const shown = await showTogether(rig.context, asked(rig, 'U0ELSE'));
    expect(shown).toEqual({ kind: 'refused', sentence: 'U0ELSE may not ask for this.' });
  });

  test('none was chosen, or none is known', async () => {
    const rig = await proposed([{}]);
    expect(await showTogether(rig.context, asked(rig, 'U0ANN', []))).toEqual({
      kind: 'refused',
      sentence: 'Choose what to approve first.',
    });
    expect(await showTogether(rig.context, asked(rig, 'U0ANN', ['gone']))).toEqual({
      kind: 'refused',
      sentence: 'Nothing of it can be approved now: Others: It is not known here, or one too many.',
    });
  });

  test('what has become known to storage since the rights were looked up', async () => {
    const rig = await proposed();
    const { context } = rig;
    const blind: WorkflowContext = {
      ...context,
      store: {
        ...context.store,
        load: async (id) => (id === rig.row(2).id ? undefined : context.store.load(id)),
      },
    };
    expect(await showTogether(blind, asked(rig))).toMatchObject({
      included: [{ number: 1 }],
      leftOut: [{ number: 2, comes: { reason: 'It could not be looked up whether you may approve it.' } }],
    });
  });
});

describe('a confirmation', () => {
  test('approves all of the list, and tells it once', async () => {
    const rig = await proposed([{}, {}, { of: person }]);
    const { context, outcomes } = noting(rig);
    const shown = await showTogether(context, asked(rig));
    if (shown.kind !== 'list') throw new Error(shown.sentence);
    const probes: string[] = [];
    const watched = { ...context, probe: async (point: string) => void probes.push(point) };
    const answer = await approveTogether(watched, { ...asked(rig), digest: shown.digest });
    const body =
      'Each is looked at once more before it runs: 1, 2. Left out: 3: It is not proposed by a playbook.';
    expect(answer).toEqual({ kind: 'recorded', sentence: `Approved together. ${body}` });
    expect(statesOf(rig)).toEqual(['approved', 'approved', 'waiting']);
    expect(probes).toEqual(['before-vote', 'after-vote']);
    expect(outcomes.at(-1)?.told).toEqual({
      key: `${shown.digest}:U0ANN`,
      headline: '2 proposals of the playbook scale-starving approved together by',
      by: 'U0ANN',
      body,
    });
    const reason = `With 1 other of the playbook scale-starving in storm 7; list ${shown.digest.slice(0, 12)}`;
    const { now, shelf } = rig.now();
    expect(shelf.approvals.map(({ remediationId: _, ...vote }) => vote)).toEqual(
      [1, 2].map((on) => {
        const row = rig.row(on);
        const digest = 'digest' in row ? row.digest : '';
        const actor = actorOf('U0ANN');
        return { actor, decision: 'approve', digest, at: now, checkedAt: now, reason };
      }),
    );
    await rig.settle();
    expect(statesOf(rig)).toEqual(['succeeded', 'succeeded', 'waiting']);
  });

  test('says of what one more person must approve', async () => {
    const rig = await proposed([{ namespace: 'production' }, {}, { namespace: 'production' }], {
      policy: () => roomy,
    });
    expect(await confirm(rig)).toEqual({
      kind: 'recorded',
      sentence:
        'Approved together. Each is looked at once more before it runs: 2. One more person must approve each of: 1, 3.',
    });
    expect(statesOf(rig)).toEqual(['waiting', 'approved', 'waiting']);
  });

  test.each<[string, Proposed[], string[]]>([
    ['alone', [], []],
    ['beside what was left out', [{ of: person }], ['waiting']],
  ])(
    'again changes nothing, and another person may still confirm their own: %s',
    async (_name, more, rest) => {
      const rig = await proposed([{ namespace: 'production' }, { namespace: 'production' }, ...more], {
        policy: () => roomy,
      });
      const shown = await showTogether(rig.context, asked(rig));
      const digest = shown.kind === 'list' ? shown.digest : '';
      const again = () => approveTogether(rig.context, { ...asked(rig), digest });
      expect(await again()).toMatchObject({ kind: 'recorded' });
      expect(await again()).toEqual({ kind: 'already', sentence: 'You have approved this list already.' });
      expect(rig.now().shelf.approvals).toHaveLength(2);
      expect(await approveTogether(rig.context, { ...asked(rig, 'U0BEN'), digest })).toMatchObject({
        kind: 'refused',
      });
      expect(await confirm(rig, asked(rig, 'U0BEN'))).toMatchObject({ kind: 'recorded' });
      expect(statesOf(rig)).toEqual(['approved', 'approved', ...rest]);
    },
  );

  test('of a list that is another by now approves nothing', async () => {
    const rig = await proposed();
    const shown = await showTogether(rig.context, asked(rig));
    const digest = shown.kind === 'list' ? shown.digest : '';
    await playStep(rig, { do: 'reject', by: 'U0BEN', on: 2 });
    expect(await approveTogether(rig.context, { ...asked(rig), digest })).toEqual({
      kind: 'refused',
      sentence:
        'Nothing was approved: what would land is not what you were shown any more. Choose again and look at the new list.',
    });
    expect(rig.row(1).state).toBe('waiting');
  });

  test('of what cannot be one list says why not', async () => {
    const rig = await proposed([{}, { of: playbook('other') }]);
    expect(await confirm(rig)).toEqual({
      kind: 'refused',
      sentence: 'One approval runs one playbook. These are of scale-starving and other: choose those of one.',
    });
    expect(rig.now().shelf.approvals).toEqual([]);
  });

  test('while Firebreak is stopped says that nothing runs yet', async () => {
    const rig = await proposed();
    await rig.context.store.stop({ by: actorOf('U0BEN'), reason: 'wrong cluster', requestKey: 'k' });
    const { sentence } = await confirm(rig);
    expect(sentence).toMatch(/ runs: 1, 2\. Nothing runs yet: Firebreak is stopped \(wrong cluster\)\.$/);
    expect(await confirm(rig)).toEqual({
      kind: 'refused',
      sentence: expect.not.stringContaining('stopped'),
    });
  });

  test('asks the chat once for the same question, and takes the groups and the age of the answer', async () => {
    const questions: string[] = [];
    const people: People = {
      ...members,
      mayApprove: async (actor, approvers, occasion) => {
        questions.push(`${occasion} ${approvers.users.join()}`);
        const right = await members.mayApprove(actor, approvers);
        return right.kind === 'allowed' ? { kind: 'allowed', age: 20 } : right;
      },
    };
    const separate = [
      { name: 'sre', users: ['U0ANN'] },
      { name: 'owners', users: ['U0BEN'] },
    ];
    const chosen = policy.parse({
      version: 1,
      productionFactor: 5,
      approvers: { human: { users: ['U0ANN'] }, dual: { separate } },
    });
    const rig = await proposed([{}, {}, { namespace: 'production' }], { people, policy: () => chosen });
    const shown = await showTogether(rig.context, asked(rig));
    expect(questions).toEqual(['approve U0ANN', 'approve in two U0ANN', 'approve in two U0BEN']);
    if (shown.kind !== 'list') throw new Error(shown.sentence);
    await approveTogether(rig.context, { ...asked(rig), digest: shown.digest });
    const checkedAt = after(rig.now().now, -20);
    expect(rig.now().shelf.approvals.map((vote) => [vote.checkedAt, vote.roles])).toEqual([
      [checkedAt, undefined],
      [checkedAt, undefined],
      [checkedAt, ['sre']],
    ]);
  });
});
