import { describe, expect, it } from 'vitest';
import { longestValue, runButtons } from '../../../src/adapters/slack/cards/buttons.ts';
import { responseMessage } from '../../../src/adapters/slack/cards/command-response.ts';
import { remediationCard } from '../../../src/adapters/slack/cards/remediation.ts';
import { faultsOf } from '../../../src/adapters/slack/limits.ts';
import { bench } from './harness.ts';
import { allText } from './hostile.ts';
import { cardOf, remediationIn } from './remediations.ts';

const signal = new AbortController().signal;
const blocked = remediationIn('blocked');
const meant = [
  'kubectl rollout restart deployment/web -n shop',
  'kubectl rollout restart statefulset/web -n shop',
];

describe.each(['socket', 'http'] as const)('over %s', (kind) => {
  /** The card of what cannot be done, with two commands that may have been meant. */
  async function posted() {
    const running = await bench(kind);
    const { slack, bot } = running;
    const content = { ...cardOf(blocked), commands: meant };
    await bot.chat.post({ key: `card:${blocked.id}`, channel: 'C0OPS', content }, signal);
    const [message] = slack.messages('C0OPS');
    if (message === undefined) throw new Error('no card was posted');
    return { ...running, message };
  }

  it('asks for the command of the button in the name of whoever clicks, once for two clicks', async () => {
    const { slack, commands, message } = await posted();
    const click = { user: 'U0BOB', message, actionId: 'remediation:run:2' };
    await slack.click(click);
    await slack.click(click);
    expect(commands.asked).toMatchObject([
      { text: meant[1], actor: { userId: 'U0BOB', teamId: 'T0HOME' } },
      { text: meant[1] },
    ]);
    expect(commands.asked[0]?.requestKey).toBe(commands.asked[1]?.requestKey);
    const answer = await slack.until(() => slack.ephemerals('U0BOB').at(0));
    expect(allText([answer])).toContain('Remediation 1. Understood as: ');
  });

  it('takes two people for two requests, and the other button for another', async () => {
    const { slack, commands, message } = await posted();
    await slack.click({ user: 'U0BOB', message, actionId: 'remediation:run:1' });
    await slack.click({ user: 'U0ALICE', message, actionId: 'remediation:run:1' });
    await slack.click({ user: 'U0BOB', message, actionId: 'remediation:run:2' });
    expect(new Set(commands.asked.map(({ requestKey }) => requestKey)).size).toBe(3);
  });

  it('asks nothing for a person of another workspace', async () => {
    const { slack, commands, message } = await posted();
    await slack.click({ user: 'U0FOREIGN', userTeam: 'T0OTHER', message, actionId: 'remediation:run:1' });
    expect(allText([await slack.until(() => slack.ephemerals('U0FOREIGN').at(0))])).toContain(
      'only to members',
    );
    expect(commands.asked).toEqual([]);
  });
});

describe('what a card and a refusal show', () => {
  it('is each command whole, and a button that carries just it', () => {
    const card = remediationCard({ ...cardOf(blocked), commands: meant });
    expect(faultsOf(card.blocks)).toEqual([]);
    for (const command of meant) expect(allText(card.blocks)).toContain(command);
    const refusal = responseMessage({ kind: 'refused', preformatted: `Try: ${meant[0]}`, commands: meant });
    expect(faultsOf(refusal.blocks)).toEqual([]);
    const values = refusal.blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements.flatMap((each) => ('value' in each ? each.value : [])) : [],
    );
    expect(values).toEqual(meant);
  });

  it('is no button for what it could not carry whole', () => {
    expect(runButtons(['x'.repeat(longestValue + 1)])).toEqual([]);
    expect(runButtons([])).toEqual([]);
  });
});

describe('a list', () => {
  const list = (texts: readonly string[]) =>
    responseMessage({
      kind: 'list',
      title: 'Incident 7',
      lines: texts.map((text) => ({ text, by: 'U0ALICE', link: { channel: 'C0OPS', ts: '1.2' } })),
      next: 'history page 2',
    });
  const lined = (count: number, text = '') => Array.from({ length: count }, (_, at) => `Line ${at}.${text}`);

  it.each([
    ['ten short ones', lined(10), 0],
    ['ten of the longest', lined(10, 'x'.repeat(600)), 0],
    ['ten of the longest that are escaped', lined(10, '&'.repeat(600)), 7],
    ['those of a storm', lined(320, ' Alert KubePodCrashLooping, 12 in all'), 187],
  ])('of %s is one that Slack takes, and says how many it leaves out', (_name, texts, left) => {
    const { blocks } = list(texts);
    expect(faultsOf(blocks)).toEqual([]);
    const said = allText(blocks);
    expect(said).toContain('Line 0.');
    expect(said).toContain(`Line ${texts.length - 1}.`);
    expect(said.match(/Line \d+\./g)).toHaveLength(texts.length - left);
    expect(said).not.toMatch(/and \d+ more/);
    expect(said.includes(`${left} lines are left out here`)).toBe(left > 0);
  });
});
