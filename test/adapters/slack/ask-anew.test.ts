import { describe, expect, it } from 'vitest';
import { keyed } from '../../../src/adapters/slack/blocks.ts';
import { actionIds } from '../../../src/adapters/slack/cards/buttons.ts';
import { responseMessage } from '../../../src/adapters/slack/cards/command-response.ts';
import { detailsModal } from '../../../src/adapters/slack/cards/details.ts';
import { remediationCard, shortCard } from '../../../src/adapters/slack/cards/remediation.ts';
import { faultsOf, modalFaultsOf } from '../../../src/adapters/slack/limits.ts';
import type { EarlierRequest } from '../../../src/domain/earlier-request.ts';
import type { State } from '../../../src/domain/remediation.ts';
import { noon } from '../../fixtures/facts.ts';
import { bench } from './harness.ts';
import { allText } from './hostile.ts';
import { cardOf, digest, remediationIn } from './remediations.ts';

/* The button on what ended before anything was done, and the card of what it asks for. */

const signal = new AbortController().signal;
const over: readonly State[] = ['expired', 'rejected', 'no_action'];

const buttonsIn = (blocks: ReturnType<typeof remediationCard>['blocks']) =>
  blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .flatMap((each) => (each.type === 'button' ? [each] : []));

describe('the button', () => {
  it.each(over)('is on the card and on its short form, and says what it does: %s', (state) => {
    const content = cardOf(remediationIn(state));
    for (const { blocks } of [remediationCard(content), shortCard(content)]) {
      expect(faultsOf(keyed(blocks, `card:${digest}`, 1))).toEqual([]);
      expect(buttonsIn(blocks).find(({ action_id: id }) => id === actionIds.askAnew)).toMatchObject({
        text: { text: 'Ask anew' },
        value: content.remediation.id,
        accessibility_label: 'Ask anew for what remediation 42 was about',
      });
    }
    const { blocks } = remediationCard(content);
    expect(allText(blocks)).toContain(
      'Ask anew makes a new request in your name, and it is judged as things are then.',
    );
    expect(allText(blocks)).not.toMatch(/Try:|Run it/);
  });

  it.each<State>(['superseded', 'waiting', 'blocked', 'succeeded', 'failed', 'inconclusive'])(
    'is not on the card of what is %s',
    (state) => {
      const content = cardOf(remediationIn(state));
      for (const { blocks } of [remediationCard(content), shortCard(content)])
        expect(allText(blocks)).not.toContain('Ask anew');
    },
  );
});

it.each(over)('the card says when it ended: %s', (state) => {
  expect(allText(remediationCard(cardOf(remediationIn(state))).blocks)).toContain(
    '*Ended*\n12:00 UTC, after 40 s',
  );
});

describe('the card of what is asked anew', () => {
  const earlier = (ended: EarlierRequest['ended'], more: Partial<EarlierRequest> = {}): EarlierRequest => ({
    ...{ remediation: remediationIn('waiting').id, number: 41, ended, at: noon, askedBy: 'U0ALICE' },
    ...more,
  });
  const rejected = earlier('rejected', { rejectedBy: 'U0BOB', because: 'Wait for the\nfix' });

  it.each<[string, EarlierRequest[], string[]]>([
    ['expired', [earlier('expired')], ['remediation 41, asked for by <@U0ALICE>, expired at 12:00 UTC.']],
    [
      'withdrawn',
      [earlier('withdrawn', { because: 'Its alert is over.' })],
      ['remediation 41, asked for by <@U0ALICE>, was withdrawn at 12:00 UTC: Its alert is over.'],
    ],
    [
      'rejected with words',
      [rejected],
      ['remediation 41, asked for by <@U0ALICE>, was rejected by <@U0BOB> at 12:00 UTC: Wait for the fix'],
    ],
    [
      'rejected without a word',
      [earlier('rejected', { rejectedBy: 'U0BOB' })],
      ['remediation 41, asked for by <@U0ALICE>, was rejected by <@U0BOB> at 12:00 UTC.'],
    ],
    [
      'of an alert',
      [{ remediation: rejected.remediation, number: 41, ended: 'expired', at: noon }],
      ['remediation 41 expired at 12:00 UTC.'],
    ],
    [
      'several times: the last, and those that were rejected',
      [{ ...rejected, number: 39 }, { ...earlier('expired'), number: 40 }, earlier('expired')],
      [
        'remediation 39, asked for by <@U0ALICE>, was rejected by <@U0BOB> at 12:00 UTC: Wait for the fix',
        'remediation 41, asked for by <@U0ALICE>, expired at 12:00 UTC.',
      ],
    ],
  ])('says how the earlier one ended, whole and in short: %s', (_name, anew, told) => {
    const content = cardOf(remediationIn('waiting', { anew }));
    const text = told.map((each) => `*Asked anew:* ${each}`).join('\n');
    for (const { blocks } of [remediationCard(content), shortCard(content)]) {
      expect(faultsOf(keyed(blocks, `card:${digest}`, 1))).toEqual([]);
      expect(blocks).toContainEqual(
        expect.objectContaining({ text: expect.objectContaining({ type: 'mrkdwn', text }) }),
      );
    }
    const view = detailsModal({ remediation: content.remediation, approvals: [] });
    expect(modalFaultsOf(view)).toEqual([]);
    expect(allText(view.blocks)).toContain(text);
  });

  it('says it beside the buttons that are on the head of its thread', () => {
    const now = { remediation: remediationIn('waiting', { anew: [rejected] }), approvals: [] };
    const headed = { names: [], alsoOpen: [], reopened: 0, ending: { kind: 'open' }, now } as const;
    const { blocks } = remediationCard({ ...cardOf(remediationIn('expired')), headed });
    expect(allText(blocks)).toContain('was rejected by <@U0BOB> at 12:00 UTC: Wait for the fix');
  });
});

it('the answer to the second is one sentence, with a link to the card that is there', () => {
  const place = { channel: 'C0OPS', ts: '1700000000.000100' };
  const sentence = 'Remediation 43 asks the same already.';
  const { blocks, text } = responseMessage(
    { kind: 'already', sentence, place },
    'https://team.example.slack.com/',
  );
  expect(text).toBe(sentence);
  expect(blocks).toMatchObject([
    {
      text: {
        text: `${sentence} <https://team.example.slack.com/archives/C0OPS/p1700000000000100|thread>`,
      },
    },
  ]);
});

describe.each(['socket', 'http'] as const)('over %s', (kind) => {
  const expired = remediationIn('expired');
  async function posted() {
    const running = await bench(kind);
    const { slack, bot } = running;
    await bot.chat.post({ key: `card:${expired.id}`, channel: 'C0OPS', content: cardOf(expired) }, signal);
    const [message] = slack.messages('C0OPS');
    if (message === undefined) throw new Error('no card was posted');
    return { ...running, message };
  }

  it('asks in the name of whoever clicks, and tells the second which one asks the same', async () => {
    const { slack, commands, message } = await posted();
    await slack.click({ user: 'U0BOB', message, actionId: actionIds.askAnew });
    const first = await slack.until(() => slack.ephemerals('U0BOB').at(0));
    expect(allText([first])).toContain('Remediation 43. Asked anew: ');
    await slack.click({ user: 'U0ALICE', message, actionId: actionIds.askAnew });
    const second = await slack.until(() => slack.ephemerals('U0ALICE').at(0));
    expect(allText([second])).toContain('Remediation 43 asks the same already.');
    expect(commands.anew).toEqual([
      { remediationId: expired.id, actor: { userId: 'U0BOB', teamId: 'T0HOME' }, channel: 'C0OPS' },
      { remediationId: expired.id, actor: { userId: 'U0ALICE', teamId: 'T0HOME' }, channel: 'C0OPS' },
    ]);
  });

  it.each([
    ['a person of another workspace', { userTeam: 'T0OTHER', user: 'U0FOREIGN' }, 'only to members'],
    ['a value that is none of ours', { value: 'x', user: 'U0BOB' }, 'not one of a card that Firebreak knows'],
  ])('asks nothing for %s', async (_name, click, says) => {
    const { slack, commands, message } = await posted();
    await slack.click({ message, actionId: actionIds.askAnew, ...click });
    expect(allText([await slack.until(() => slack.ephemerals(click.user).at(0))])).toContain(says);
    expect(commands.anew).toEqual([]);
  });
});
