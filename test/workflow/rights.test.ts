import { describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import type { Remediation } from '../../src/domain/remediation.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { OtherVersion } from '../../src/workflow/other-version.ts';
import type { Right } from '../../src/workflow/ports.ts';
import { clickOn, rightAmong, rightToApprove, rightToStop } from '../../src/workflow/rights/approve.ts';
import { rightOnceSeen, rightToAsk, rightToAskAgain } from '../../src/workflow/rights/ask.ts';
import { rightToSee, rightToSeeAnything, seenBy } from '../../src/workflow/rights/see.ts';
import { type Answers, allowed, contextOf, refused, unknown } from '../fixtures/answering.ts';
import { deploymentFacts, noon, restartOf } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';

const actor = { userId: 'U0ASK', teamId: 'T0' };
/** Whose requesters hang on the labels of the namespace. */
const byLabels = (live: object = {}, own: object = {}) => ({
  requesters: { users: ['U0OWN'], ...own },
  environments: {
    live: { match: { labels: { stage: 'live' } }, requesters: { users: ['U0LIVE'], ...live } },
  },
});
const wanted = { action: restartOf(), cluster: 'test' };
const asking = { actor, channel: 'C0OPS' };

describe('the right to ask, before anything was looked at', () => {
  test.each<[string, object, Answers, Right]>([
    ['nobody is named', {}, { all: allowed(7) }, allowed(7)],
    ['one is allowed where it may be', byLabels(), { U0OWN: allowed(3) }, allowed(3)],
    [
      'one allowed counts more than one unknown',
      byLabels(),
      { U0LIVE: unknown('a'), U0OWN: allowed() },
      allowed(),
    ],
    ['one is unknown', byLabels(), { U0OWN: unknown('away') }, unknown('away')],
    ['all are refused: the first says why', byLabels(), {}, refused('not among U0LIVE')],
    [
      'another channel, whoever it is',
      byLabels({ channels: ['C0LIVE', 'C0MORE'] }, { channels: ['C0OWN'] }),
      { U0LIVE: allowed(), U0OWN: allowed() },
      refused('This may be asked for only in one of the channels C0LIVE, C0MORE.'),
    ],
    [
      'the channel of one of them',
      byLabels({ channels: ['C0LIVE'] }, { channels: ['C0ELSE', 'C0OPS'] }),
      { U0LIVE: allowed(), U0OWN: allowed(9) },
      allowed(9),
    ],
  ])('%s', async (_name, given, answers, right) => {
    expect(await rightToAsk(contextOf(given, answers).context, wanted, asking)).toEqual(right);
  });

  test('asks for each that may decide, and anew', async () => {
    const { context, asked } = contextOf(byLabels(), {});
    await rightToAsk(context, wanted, asking);
    expect(asked).toEqual(['ask U0LIVE (ask)', 'ask U0OWN (ask)']);
  });

  test('in another cluster its own requesters decide', async () => {
    const given = { ...byLabels(), clusters: { us: { requesters: { users: ['U0US'] } } } };
    const { context, asked } = contextOf(given, {});
    await rightToAsk(context, { ...wanted, cluster: 'us' }, asking);
    expect(asked).toEqual(['ask U0LIVE (ask)', 'ask U0US (ask)']);
  });
});

const labelled = (labels: Record<string, string> | undefined) =>
  labels === undefined
    ? deploymentFacts({}, { unknown: [{ fact: 'namespace labels', reason: 'May not get namespaces.' }] })
    : deploymentFacts({}, { namespace: { name: 'shop', labels } });
const person = { kind: 'person', actor, channel: 'C0OPS' } as const;

describe('the right to ask, once the namespace was looked at', () => {
  test.each<[string, object, Record<string, string> | undefined, Answers, Right, string[]]>([
    ['nothing hangs on it: nobody is asked', {}, {}, {}, allowed(), []],
    ['it is not live', byLabels(), {}, { U0OWN: allowed(4) }, allowed(4), ['ask U0OWN (gate)']],
    [
      'it is live',
      byLabels(),
      { stage: 'live' },
      { U0OWN: allowed() },
      refused('not among U0LIVE'),
      ['ask U0LIVE (gate)'],
    ],
    [
      'nobody knows, and both agree: as old as the older answer',
      byLabels(),
      undefined,
      { U0LIVE: allowed(20), U0OWN: allowed(50) },
      allowed(50),
      ['ask U0LIVE (gate)', 'ask U0OWN (gate)'],
    ],
    [
      'nobody knows, and nobody says how old the answers are',
      byLabels(),
      undefined,
      { U0LIVE: allowed(), U0OWN: allowed() },
      allowed(0),
      ['ask U0LIVE (gate)', 'ask U0OWN (gate)'],
    ],
    [
      'nobody knows, and one cannot be looked up',
      byLabels(),
      undefined,
      { U0LIVE: allowed(), U0OWN: unknown('away') },
      unknown('away'),
      ['ask U0LIVE (gate)', 'ask U0OWN (gate)'],
    ],
    [
      'nobody knows: a refusal counts more than what cannot be looked up',
      byLabels(),
      undefined,
      { U0LIVE: unknown('away') },
      refused('not among U0OWN'),
      ['ask U0LIVE (gate)', 'ask U0OWN (gate)'],
    ],
    [
      'it was asked for in another channel',
      byLabels({ channels: ['C0LIVE'] }),
      { stage: 'live' },
      { U0LIVE: allowed() },
      refused('This may be asked for only in the channel C0LIVE.'),
      ['ask U0LIVE (gate)'],
    ],
  ])('%s', async (_name, given, labels, answers, right, questions) => {
    const { context, asked } = contextOf(given, answers);
    expect(await rightOnceSeen(context, { ...wanted, requestedBy: person }, labelled(labels))).toEqual(right);
    expect(asked).toEqual(questions);
  });

  test('of a playbook nobody is asked', async () => {
    const { context, asked } = contextOf(byLabels(), {});
    const requestedBy = { kind: 'playbook', playbook: 'p', alert: 'A' } as const;
    expect(await rightOnceSeen(context, { ...wanted, requestedBy }, labelled({}))).toEqual(allowed());
    expect(asked).toEqual([]);
  });
});

/** A row in a namespace with these labels; before it was looked at without. */
const rowWith = (labels?: Record<string, string>): Remediation => {
  const row = remediationIn(labels === undefined ? 'requested' : 'waiting', { action: restartOf() });
  return 'facts' in row && labels !== undefined ? { ...row, facts: labelled(labels) } : row;
};

describe('the right to ask for a change again', () => {
  test.each<[string, Remediation, Answers, Right]>([
    [
      'what is known of the namespace decides',
      rowWith({ stage: 'live' }),
      { U0LIVE: allowed(2) },
      allowed(2),
    ],
    ['before it was looked at all must agree', rowWith(), { U0LIVE: allowed(2) }, refused('not among U0OWN')],
  ])('%s, whatever the channel', async (_name, row, answers, right) => {
    const given = byLabels({ channels: ['C0LIVE'] });
    const { context, asked } = contextOf(given, answers);
    expect(await rightToAskAgain(context, row, actor, 'gate')).toEqual(right);
    expect(asked[0]).toBe('ask U0LIVE (gate)');
  });
});

const people = {
  approvers: { human: { users: ['U0HUM'] }, dual: { users: ['U0DUAL'], groups: ['S0DUAL'] } },
};
const separate = [
  { name: 'sre', users: ['U0SRE'] },
  { name: 'owners', users: ['U0OWNER'], groups: ['S0OWNER'] },
];
const apart = { approvers: { dual: { separate } } };
const waiting = remediationIn('waiting');
const dual: Remediation =
  waiting.state === 'waiting' ? { ...waiting, spec: { ...waiting.spec, tier: 'dual' } } : waiting;

describe('the right to approve', () => {
  test.each<[string, object, Remediation, Answers, unknown, string[]]>([
    ['where one must', people, waiting, { U0HUM: allowed(4) }, allowed(4), ['approve U0HUM (gate)']],
    [
      'where two must',
      people,
      dual,
      {},
      refused('not among U0DUAL+S0DUAL'),
      ['approve U0DUAL+S0DUAL (gate)'],
    ],
    [
      'for both of two groups: as old as the older answer',
      apart,
      dual,
      { U0SRE: allowed(30), 'U0OWNER+S0OWNER': allowed() },
      { kind: 'allowed', age: 30, roles: ['sre', 'owners'] },
      ['approve U0SRE (gate)', 'approve U0OWNER+S0OWNER (gate)'],
    ],
    [
      'for one, while the other cannot be looked up',
      apart,
      dual,
      { U0SRE: unknown('away'), 'U0OWNER+S0OWNER': allowed() },
      { kind: 'allowed', age: 0, roles: ['owners'] },
      ['approve U0SRE (gate)', 'approve U0OWNER+S0OWNER (gate)'],
    ],
    [
      'for none of two groups: the first says why',
      apart,
      dual,
      {},
      refused('not among U0SRE'),
      ['approve U0SRE (gate)', 'approve U0OWNER+S0OWNER (gate)'],
    ],
    [
      'for none, and the second cannot be looked up',
      apart,
      dual,
      { 'U0OWNER+S0OWNER': unknown('away') },
      unknown('away'),
      ['approve U0SRE (gate)', 'approve U0OWNER+S0OWNER (gate)'],
    ],
  ])('%s', async (_name, given, row, answers, right, questions) => {
    const { context, asked } = contextOf(given, answers);
    expect(await rightToApprove(context, row, actor, 'gate')).toEqual(right);
    expect(asked).toEqual(questions);
  });

  test('among people who are named for anything else', async () => {
    const { context, asked } = contextOf({}, { U0A: allowed(1) });
    const among = policy.parse({ version: 1, ...apart }).approvers.dual;
    expect(await rightAmong(context, { users: ['U0A'], groups: [] }, actor, 'approve')).toEqual(allowed(1));
    expect(await rightAmong(context, among, actor, 'approve')).toEqual(refused('not among U0SRE'));
    expect(asked).toEqual([
      'approve U0A (approve)',
      'approve U0SRE (approve)',
      'approve U0OWNER+S0OWNER (approve)',
    ]);
  });

  test('a click where two must agree asks anew', () => {
    expect([clickOn(waiting), clickOn(dual), clickOn(rowWith())]).toEqual([
      'approve',
      'approve in two',
      'approve',
    ]);
  });

  test('whoever may approve anything anywhere may stop Firebreak', async () => {
    const { context, asked } = contextOf(people, { 'U0HUM+U0DUAL+S0DUAL': allowed() });
    expect(await rightToStop(context, actor)).toEqual(allowed());
    expect(asked).toEqual(['approve U0HUM+U0DUAL+S0DUAL (approve)']);
  });
});

describe('the right to see', () => {
  const given = { requesters: { users: ['U0OWN'] }, ...people };
  const [ask, approve] = ['ask U0OWN', 'approve U0HUM'];

  test.each<[string, Answers, Right, string[]]>([
    ['who may ask', { U0OWN: allowed(0) }, allowed(0), [ask]],
    ['who may approve', { U0HUM: allowed(6) }, allowed(6), [ask, approve]],
    ['who may neither', {}, refused('not among U0OWN'), [ask, approve]],
    ['who cannot be looked up as an approver', { U0HUM: unknown('away') }, unknown('away'), [ask, approve]],
    ['who cannot be looked up to ask', { U0OWN: unknown('away') }, unknown('away'), [ask, approve]],
  ])('%s', async (_name, answers, right, questions) => {
    for (const occasion of [undefined, 'gate'] as const) {
      const { context, asked } = contextOf(given, answers);
      expect(await rightToSee(context, waiting, actor, occasion)).toEqual(right);
      expect(asked).toEqual(questions.map((each) => `${each} (${occasion ?? 'ask'})`));
    }
  });

  test('anything: whoever may ask or approve somewhere', async () => {
    const { context, asked } = contextOf(given, {});
    await rightToSeeAnything(context, actor);
    expect(asked).toEqual(['ask U0OWN+U0HUM+U0DUAL (ask)']);
  });

  describe('of many', () => {
    const lines = [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }];
    const [mine, theirs] = [rowWith({ stage: 'live' }), rowWith({})];
    const loading = (context: WorkflowContext, fault: Error): WorkflowContext => ({
      ...context,
      store: {
        ...context.store,
        load: async (id) => {
          if (id === 'c') throw fault;
          return id === 'a' ? mine : id === 'b' ? theirs : undefined;
        },
      },
    });

    test('those that somebody may ask for or approve, and not what another version wrote', async () => {
      const { context, asked } = contextOf(byLabels(), { U0LIVE: allowed() });
      const other = loading(context, new OtherVersion({ number: 3, state: 'waiting', at: noon }, undefined));
      expect(await seenBy(other, lines, actor)).toEqual([{ id: 'a' }]);
      expect(asked).toContain('ask U0LIVE (gate)');
    });

    test('a fault of storage is one', async () => {
      const { context } = contextOf(byLabels(), {});
      await expect(seenBy(loading(context, new Error('away')), lines, actor)).rejects.toThrow('away');
    });

    test('all, and nobody is asked, where all may ask for all', async () => {
      const { context, asked } = contextOf({}, {});
      expect(await seenBy(loading(context, new Error('away')), lines, actor)).toBe(lines);
      expect(asked).toEqual([]);
    });
  });
});
