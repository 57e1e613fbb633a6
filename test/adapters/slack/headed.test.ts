import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyed } from '../../../src/adapters/slack/blocks.ts';
import { actionIds } from '../../../src/adapters/slack/cards/buttons.ts';
import { incidentCard } from '../../../src/adapters/slack/cards/incident.ts';
import { remediationCard, shortCard } from '../../../src/adapters/slack/cards/remediation.ts';
import { faultsOf } from '../../../src/adapters/slack/limits.ts';
import { incident } from '../../../src/domain/incidents/incident.ts';
import { type Named, signalsOf } from '../../../src/domain/incidents/overview.ts';
import { noon } from '../../fixtures/facts.ts';
import { allText, foreignMarkup, hostile, unseen } from './hostile.ts';
import { cardOf, digest, remediationIn } from './remediations.ts';

const named = (overrides: Partial<Named> = {}): Named => ({
  name: 'KubePodCrashLooping',
  alerts: 1,
  firing: 1,
  mostFirings: 1,
  severities: ['critical'],
  since: noon,
  ...overrides,
});

const open = { reopened: 0, ending: { kind: 'open' } } as const;

/** The text of the block below the head and the sentence. */
function incidentText(names: readonly Named[], number?: number): string {
  const signals = signalsOf(names);
  const content = {
    ...cardOf(remediationIn('waiting')),
    headed: {
      ...{ names, alsoOpen: [], ...open, ...(signals && { signals }) },
      ...(number === undefined ? {} : { number }),
    },
  };
  const { blocks } = remediationCard(content);
  expect(faultsOf(keyed(blocks, `card:${digest}`, 1))).toEqual([]);
  const [, , block] = blocks;
  return block?.type === 'section' ? (block.text?.text ?? '') : '';
}

describe('the alerts of an incident on the card that heads its thread', () => {
  test('the number by which people speak of it', () => {
    expect(incidentText([named()], 7)).toMatch(
      /^\*Incident 7: 1 alert since 12:00 UTC, severity critical\*\n/,
    );
  });

  const resolvedAt = '2026-03-01T12:14:00.000Z';
  test.each<[string, Named[], string[]]>([
    ['one', [named()], ['*1 alert since 12:00 UTC, severity critical*', '• KubePodCrashLooping']],
    [
      'many of one name are one line',
      [named({ alerts: 5, firing: 3, severities: [], resolvedAt })],
      ['*5 alerts since 12:00 UTC, 3 of them still firing*', '• KubePodCrashLooping × 5, 2 resolved'],
    ],
    [
      'what fires most is first',
      [named({ alerts: 2, firing: 0, resolvedAt }), named({ name: 'Slow', severities: [] })],
      [
        '*3 alerts since 12:00 UTC, severity critical, 1 of them still firing*',
        '• Slow',
        '• KubePodCrashLooping × 2, resolved',
      ],
    ],
    [
      'all over',
      [named({ firing: 0, resolvedAt })],
      [
        '*1 alert since 12:00 UTC, severity critical, over since 12:14 UTC*',
        '• KubePodCrashLooping, resolved',
      ],
    ],
    [
      'one that comes and goes',
      [named({ alerts: 4, mostFirings: 4, severities: [] })],
      [
        '*4 alerts since 12:00 UTC, 1 of them still firing*',
        '• KubePodCrashLooping × 4, 3 resolved',
        'Comes and goes: KubePodCrashLooping has fired 4 times for the same object.',
      ],
    ],
  ])('%s', (_case, names, text) => {
    expect(incidentText(names).split('\n')).toEqual(text);
  });

  test('of names without end some are told and the others counted', () => {
    const many = Array.from({ length: 100 }, (_, index) => named({ name: `${index}`.padEnd(3000, 'x') }));
    expect(incidentText(many)).toContain('• … and 92 other names');
  });

  test('a name is text and nothing else', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const names = [named({ name, mostFirings: 3, alerts: 3 })];
        const signals = signalsOf(names);
        const headed = { names, alsoOpen: [], ...open, ...(signals && { signals }) };
        const card = remediationCard({ ...cardOf(remediationIn('waiting')), headed });
        expect(faultsOf(keyed(card.blocks, 'card:x', 1))).toEqual([]);
        expect(foreignMarkup(card.blocks)).toEqual([]);
        expect(unseen(allText(card.blocks))).toEqual([]);
      }),
    );
  });
});

test('what nobody has answered is said to wait for somebody, whole and in short', () => {
  const headed = { names: [named()], alsoOpen: [], ...open, unanswered: 42 };
  const content = { ...cardOf(remediationIn('expired')), headed };
  for (const { blocks } of [remediationCard(content), shortCard(content)]) {
    expect(faultsOf(keyed(blocks, 'card:x', 1))).toEqual([]);
    expect(allText(blocks)).toContain(
      '*⌛ It waits for somebody:* remediation 42 has expired, and it still fires. Nothing else is proposed for what fires now; whoever wants it asks for it again.',
    );
  }
});

/** The message of an alert that nothing is proposed for. */
function alone(names: readonly Named[], resolvedAt?: string) {
  const signals = signalsOf(names);
  const row = { id: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0003', state: 'triaged', version: 0, dedupKey: 'x' };
  return {
    kind: 'incident',
    incident: incident.parse({ ...row, title: 'Down', createdAt: noon, ...(resolvedAt && { resolvedAt }) }),
    headed: { names, alsoOpen: [], ...open, number: 7, ...(signals && { signals }) },
  } as const;
}

test.each([
  ['one of two', [named({ alerts: 2, firing: 1 })], '🔔 Alert: Down'],
  ['all', [named({ alerts: 2, firing: 0, resolvedAt: noon })], '✅ Resolved: Down'],
  ['the only one', [named({ firing: 0, resolvedAt: noon })], '✅ Resolved: Down'],
])('the message that heads a thread says that it is over when %s is', (_name, names, wanted) => {
  const { blocks, text } = incidentCard(alone(names, noon));
  expect(allText(blocks).split('\n')[0]).toBe(wanted);
  expect(text).toMatch(wanted.slice(2).trim());
});

test.each([
  [[named()], 'Incident 7 · Firing since 12:00 UTC'],
  [[named({ alerts: 2, firing: 2 })], 'Firing since 12:00 UTC'],
])('the message of an alert without an action has the number of its incident %#', (names, wanted) => {
  const { blocks } = incidentCard(alone(names));
  expect(allText(blocks).split('\n').at(-1)).toBe(wanted);
  expect(allText(blocks).match(/Incident 7/g)).toHaveLength(1);
});

describe('alerts that are told in one message', () => {
  const textOf = (names: readonly { name: string; count: number }[], count: number) => {
    const told = {
      kind: 'incident',
      incident: incident.parse({ ...group, grouped: { count, latestAt: resolvedAt, names } }),
    } as const;
    const { blocks, text } = incidentCard(told);
    expect(faultsOf(keyed(blocks, 'incident:x', 1))).toEqual([]);
    return [text, allText(blocks)].join('\n').split('\n');
  };
  const resolvedAt = '2026-03-01T12:14:00.000Z';
  const group = {
    id: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0003',
    state: 'triaged',
    version: 0,
    dedupKey: 'alerts:x',
    title: 'More alerts',
    createdAt: noon,
  };

  test('are counted by name, since when and until when', () => {
    const said = textOf(
      [
        { name: 'Deployment/web: Slow', count: 1200 },
        { name: 'Odd', count: 1 },
      ],
      1201,
    );
    expect(said).toContain('🔔 1,201 more alerts without an action');
    expect(said).toContain('• Deployment/web: Slow × 1,200');
    expect(said).toContain('• Odd');
    expect(said).toContain('Since 12:00 UTC, the latest 12:14 UTC');
  });

  test('are so many names as a message has room for, and the others counted', () => {
    const names = Array.from({ length: 200 }, (_, index) => ({
      name: `${index}`.padEnd(120, 'x'),
      count: 1,
    }));
    expect(textOf(names, 200).join('\n')).toMatch(/… and 1\d\d more/);
  });
});

test('a card that waits names what else of its incident is open, and in which state', () => {
  const besides = [
    { number: 43, state: 'waiting' },
    { number: 44, state: 'executing' },
  ] as const;
  const { blocks } = remediationCard({ ...cardOf(remediationIn('waiting')), besides });
  expect(allText(blocks)).toContain(
    '*Also open in the thread:* remediation 43 (waiting for approval), 44 (running)',
  );
  expect(allText(remediationCard(cardOf(remediationIn('waiting'))).blocks)).not.toContain('Also open');
});

test('a card that waits names the open requests for the same files, in its short form too', () => {
  const first = 'Pull request #7 of remediation 1 is still open: https://git.example/shop/pull/7';
  const second = 'Both change apps/<web>.yaml; merge that one first, or close it.';
  const content = { ...cardOf(remediationIn('waiting')), openRequests: `${first}\n${second}` };
  for (const { blocks } of [remediationCard(content), shortCard(content)]) {
    expect(allText(blocks)).toContain(
      `*Also open in Git*\n${first}\n${second.replace('<web>', '&lt;web&gt;')}`,
    );
    expect(faultsOf(keyed(blocks, `card:${digest}`, 1))).toEqual([]);
  }
});

describe('what is needed now, where another remediation of the incident says it', () => {
  const headed = (state: 'waiting' | 'verifying') => {
    const remediation = { ...remediationIn(state), number: 43 };
    return {
      names: [],
      alsoOpen: [{ number: 44, state: 'verifying' } as const],
      now: { remediation, approvals: [], shown: cardOf(remediation).shown },
    };
  };
  const idsOf = (blocks: ReturnType<typeof remediationCard>['blocks']) =>
    blocks.flatMap((block) =>
      block.type === 'actions'
        ? block.elements.map((each) => ('action_id' in each ? each.action_id : ''))
        : [],
    );

  test('is at the head with its buttons', () => {
    const { now, ...rest } = headed('waiting');
    const { shown, ...current } = now;
    const content = {
      ...cardOf(remediationIn('failed')),
      headed: { ...rest, ...open, now: { ...current, ...(shown && { shown }) } },
    };
    for (const { blocks } of [remediationCard(content), shortCard(content)]) {
      expect(faultsOf(keyed(blocks, `card:${digest}`, 1))).toEqual([]);
      expect(allText(blocks)).toContain(
        '*✋ Now: Approval needed: restart Deployment/web in production* (remediation 43, in the thread)',
      );
      expect(allText(blocks)).toContain('*Also open in the thread:* remediation 44 (running)');
      expect(idsOf(blocks).slice(0, 3)).toEqual([actionIds.approve, actionIds.reject, actionIds.details]);
    }
  });

  test('says at the head, too, that nothing starts while Firebreak is stopped', () => {
    const stopped = { number: 1, at: noon, by: 'U0ANN', reason: 'wrong cluster' };
    const remediation = { ...remediationIn('approved'), number: 43 };
    const headOf = (more: object) =>
      allText(
        remediationCard({
          ...cardOf(remediationIn('failed')),
          headed: { names: [], alsoOpen: [], ...open, now: { remediation, approvals: [], ...more } },
        }).blocks,
      );
    expect(headOf({})).toContain('Starts now.');
    expect(headOf({ stopped })).toContain('Starts when Firebreak is started again');
  });

  test('has no buttons while nothing is to be decided', () => {
    const { now, ...rest } = headed('verifying');
    const { shown: _shown, ...current } = now;
    const { blocks } = remediationCard({
      ...cardOf(remediationIn('failed')),
      headed: { ...rest, ...open, now: current },
    });
    expect(idsOf(blocks)).toEqual([actionIds.details]);
  });
});
