import { expect, it } from 'vitest';
import { actionIds } from '../../../src/adapters/slack/cards/buttons.ts';
import { bench, scripted } from './harness.ts';
import { allText } from './hostile.ts';
import { digest, remediationIn } from './remediations.ts';

const signal = new AbortController().signal;
const waiting = remediationIn('waiting');

it.each(['socket', 'http'] as const)(
  'over %s it shows what several proposals would do, and approves them by the confirmation alone',
  async (kind) => {
    const included = [
      { number: 4, command: 'kubectl <b>', tier: 'human', score: 20, comes: 'runs' as const },
    ];
    const list = {
      kind: 'list',
      playbook: 'p',
      included,
      leftOut: [],
      adds: 20,
      digest,
      cluster: 'prod-eu',
    } as const;
    const asked: unknown[] = [];
    const { slack, bot } = await bench(
      kind,
      scripted({
        showTogether: async (shown) => {
          asked.push(shown.chosen);
          return list;
        },
        approveTogether: async ({ chosen, ...approved }) => {
          asked.push(approved, chosen);
          return { kind: 'recorded', sentence: 'Approved together.' };
        },
      }),
    );
    const proposal = { remediation: waiting.id, state: 'waiting', command: 'x', alerts: 1, playbook: 'p' };
    const other = { ...proposal, number: 5, remediation: '00000000-0000-4000-8000-000000000005' };
    const proposals = [{ ...proposal, number: 4 }, other];
    const storm = { number: 3, beganAt: waiting.createdAt, incidents: 40, proposals, more: 0, heldBack: 0 };
    await bot.chat.post({ key: 'storm:3', channel: 'C0OPS', content: { kind: 'storm', storm } }, signal);
    const [message] = slack.messages('C0OPS');
    if (message === undefined) throw new Error('no message was posted');
    await slack.click({ user: 'U0BOB', message, actionId: actionIds.together, chosen: [waiting.id] });
    const { view } = await slack.until(() => slack.workspace.views.at(0));
    expect(allText([view])).toContain('tier human');
    expect(allText([view])).toContain('of the playbook p, cluster prod-eu, 20 points');
    expect(await slack.submit({ user: 'U0BOB', view, userTeam: 'T0OTHER' })).toMatchObject({ kind: 'acked' });
    expect(JSON.stringify(await slack.submit({ user: 'U0BOB', view }))).toContain('Approved together.');
    const actor = { userId: 'U0BOB', teamId: 'T0HOME' };
    expect(asked).toEqual([[waiting.id], { storm: 3, digest, actor }, [waiting.id]]);
  },
);
