import { describe, expect, it } from 'vitest';
import { actionIds } from '../../../src/adapters/slack/cards/buttons.ts';
import { remediationCard } from '../../../src/adapters/slack/cards/remediation.ts';
import { modalFaultsOf } from '../../../src/adapters/slack/limits.ts';
import { actNowModal } from '../../../src/adapters/slack/listeners/act-now-dialog.ts';
import { aftermath as aftermathSchema } from '../../../src/domain/manifest/emergency.ts';
import type { Remediation } from '../../../src/domain/remediation.ts';
import { bench, scripted } from './harness.ts';
import { allText } from './hostile.ts';
import { cardOf, digest, remediationIn } from './remediations.ts';

const signal = new AbortController().signal;
const place = {
  ...{ repository: 'https://git.example/shop', branch: 'main', path: '', recurse: true, keys: [] },
  owner: { kind: 'Application', namespace: 'argocd', name: 'shop' },
  selfHeal: true,
} as const;
const lines = [{ file: 'web.yaml', line: 3, before: 'image: web:1', after: 'image: web:2' }];
const git = { kind: 'request', base: 'a'.repeat(40), lines, place: { ...place, keys: [] } } as const;
const waiting = remediationIn('waiting', { git: { ...git, lines: [...lines] } });

async function opened(running: Awaited<ReturnType<typeof bench>>) {
  const { slack, bot } = running;
  await bot.chat.post({ key: `card:${waiting.id}`, channel: 'C0OPS', content: cardOf(waiting) }, signal);
  const [message] = slack.messages('C0OPS');
  if (message === undefined) throw new Error('no card was posted');
  await slack.click({ user: 'U0BOB', message, actionId: actionIds.actNow });
  return running;
}

it.each([
  ['as it was said', 'the shop is down (from remediation 7)', 'the shop is down (from remediation 7)'],
  ['as much as the input takes', 'x'.repeat(600), `${'x'.repeat(499)}…`],
  ['and nothing where nothing was said', undefined, undefined],
])('the dialog brings the reason along that was given before, %s', (_name, reason, shown) => {
  const offer = {
    kind: 'offered',
    number: 42,
    digest,
    warning: 'It is undone.',
    request: 'pull request',
  } as const;
  const about = { remediationId: waiting.id, digest, channel: 'C0OPS' };
  const view = actNowModal({ ...offer, ...(reason === undefined ? {} : { reason }) }, about);
  expect(modalFaultsOf(view)).toEqual([]);
  const input = view.blocks.find(({ block_id: id }) => id === 'reason');
  expect(input).toMatchObject({ element: { max_length: 500 } });
  expect(JSON.stringify(input).includes('initial_value')).toBe(shown !== undefined);
  if (shown !== undefined) expect(input).toMatchObject({ element: { initial_value: shown } });
});

describe.each(['socket', 'http'] as const)('act now over %s', (kind) => {
  it('asks for the reason in a dialog, and gives what is sent to the workflow', async () => {
    const { slack, commands } = await opened(await bench(kind));
    const dialog = await slack.until(() => slack.workspace.views.at(0));
    expect(allText(dialog.view)).toContain('undoes it within about 5 s (self-heal)');
    expect(allText(dialog.view)).toContain('You may be one of the two if you may approve it');
    const delivery = await slack.submit({
      user: 'U0BOB',
      view: dialog.view,
      fields: { reason: 'Checkout is down.', pause: true },
    });
    expect(delivery).toMatchObject({ kind: 'acked', body: { response_action: 'update' } });
    expect(JSON.stringify(delivery)).toContain('Two people must approve it now.');
    expect(commands.urgent).toEqual([
      {
        remediationId: waiting.id,
        digest,
        actor: { userId: 'U0BOB', teamId: 'T0HOME' },
        reason: 'Checkout is down.',
        pause: true,
      },
    ]);
  });

  it.each([' \n ', '...'])(
    'says at the input that %j is no reason, and keeps what was ticked',
    async (reason) => {
      const { slack, commands } = await opened(await bench(kind));
      const { view } = await slack.until(() => slack.workspace.views.at(0));
      const delivery = await slack.submit({ user: 'U0BOB', view, fields: { reason, pause: true } });
      expect(delivery).toMatchObject({
        kind: 'acked',
        body: {
          response_action: 'errors',
          errors: { reason: 'Say why this cannot wait.' },
        },
      });
      expect(commands.urgent).toEqual([]);
    },
  );

  it('is refused to a person from another workspace, and to whoever has no offer', async () => {
    const { slack, commands } = await opened(await bench(kind));
    const { view } = await slack.until(() => slack.workspace.views.at(0));
    const fields = { reason: 'x' };
    const foreign = await slack.submit({ user: 'U0BOB', userTeam: 'T0OTHER', view, fields });
    expect(JSON.stringify(foreign)).toContain('only to members');
    expect(commands.urgent).toEqual([]);
    const none = scripted({ offerToActNow: async () => ({ kind: 'refused', sentence: 'It is too late.' }) });
    const other = await opened(await bench(kind, none));
    expect((await other.slack.until(() => other.slack.ephemerals('U0BOB').at(0))).text).toBe(
      'It is too late.',
    );
  });
});

it.each([
  ['until its time', {}, /until .* at most/],
  [
    'and does not promise an end that was refused',
    { unended: { times: 3, reason: 'No right to patch.', nextAt: '2026-03-01T13:05:00.000Z', told: true } },
    /Application argocd\/shop, still: its end is tried again\. No right to patch\./,
  ],
] as const)('a pause is on the card, %s', (_name, more, words) => {
  const pause = {
    ...{ step: 'begun', owner: place.owner, until: '2026-03-01T13:00:00.000Z', ...more },
    end: {
      ...{
        kind: 'patch',
        operations: [],
        recognise: { kind: 'fields', uid: 'x', fields: [] },
        sentence: 'Back.',
      },
      ref: {
        apiVersion: 'argoproj.io/v1alpha1',
        resource: 'applications',
        namespace: 'argocd',
        name: 'shop',
      },
    },
  } as const;
  const { end, ...rest } = pause;
  const aftermath = aftermathSchema.parse({ request: { step: 'wanted' }, pause: { ...rest, end } });
  const text = allText(remediationCard({ ...cardOf(remediationIn('verifying')), aftermath }));
  expect(text).toMatch(words);
  expect(text.includes('at most')).toBe(!('unended' in more));
});

it('a pause that is over is not said to be one', () => {
  const sentence = 'The automatic sync of Application argocd/shop is as it was before.';
  const aftermath = aftermathSchema.parse({
    request: { step: 'wanted' },
    pause: { step: 'ended', owner: place.owner, sentence },
  });
  const text = allText(remediationCard({ ...cardOf(remediationIn('verifying')), aftermath }));
  expect(text).toContain(sentence);
  expect(text).toContain('Pause of the sync');
  expect(text).not.toContain('Sync paused');
});

it('is on the card only while a pull request would carry it out, and once', () => {
  if (waiting.state !== 'waiting') throw new Error(waiting.state);
  const { git: _git, ...plain } = waiting;
  const emergency = { by: { userId: 'U0BOB', teamId: 'T0HOME' }, reason: 'Down.', at: waiting.createdAt };
  const has = (row: Remediation) => allText(remediationCard(cardOf(row))).includes('Act now');
  expect([has(waiting), has(plain), has({ ...waiting, emergency })]).toEqual([true, false, false]);
});
