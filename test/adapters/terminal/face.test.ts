import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTerminalChat } from '../../../src/adapters/terminal/face.ts';
import { printable } from '../../../src/adapters/terminal/render.ts';
import type { State } from '../../../src/domain/remediation.ts';
import type { Content } from '../../../src/workflow/ports.ts';
import { noon, restartOf } from '../../fixtures/facts.ts';
import { hostile } from '../slack/hostile.ts';
import { allStates, cardOf, remediationIn } from '../slack/remediations.ts';

const signal = new AbortController().signal;

function terminal() {
  const lines: string[] = [];
  const chat = createTerminalChat(
    (line) => lines.push(line),
    (id) => (id === 'U0BOB' ? 'bob' : id),
  );
  const show = (content: Content, key = 'card:1') => chat.post({ key, channel: 'C0OPS', content }, signal);
  return { lines, chat, show };
}

const reply = (headline: string, body?: string): Content => ({
  kind: 'reply',
  notice: { kind: 'reply', headline, broadcast: false, ...(body === undefined ? {} : { body }) },
});

describe('a card', () => {
  test.each(allStates)(
    'in %s is printed whole the first time and in one line the next',
    async (state: State) => {
      const { lines, chat, show } = terminal();
      await show(cardOf(remediationIn(state)));
      expect(lines.at(1)).toMatch(/^┌─ Remediation 42: /);
      expect(lines.at(-1)).toBe('└─');
      expect(chat.shown(42)).toBe(state);
      const milder = lines.includes('│  Would be auto if: outside production.');
      expect(milder).toBe(state === 'waiting' || state === 'blocked');
      const first = lines.length;
      await show(cardOf(remediationIn(state)));
      expect(lines.slice(first)).toEqual([expect.stringMatching(/^── Remediation 42: /)]);
    },
  );

  test('says how to decide only while it waits', async () => {
    const { lines, show } = terminal();
    await show(cardOf(remediationIn('waiting')));
    await show(cardOf(remediationIn('rejected')), 'card:2');
    expect(lines.filter((line) => line.includes('To decide: approve 42 as bob'))).toHaveLength(1);
  });

  test('says how the request before ended, and by whom', async () => {
    const { lines, show } = terminal();
    const earlier = { number: 41, ended: 'rejected', rejectedBy: 'U0BOB', because: 'Not now', at: noon };
    const { id: remediation } = remediationIn('waiting');
    const expired = { remediation, number: 40, ended: 'expired', at: noon };
    await show(cardOf(remediationIn('waiting', { anew: [expired, { ...earlier, remediation }] })));
    expect(lines.filter((line) => line.includes('Asked anew'))).toEqual([
      '│  Asked anew: remediation 40 expired at 12:00 UTC.',
      '│  Asked anew: remediation 41 was rejected by bob at 12:00 UTC: Not now',
    ]);
  });

  test('a blocked one names neither conditions nor a rollback: it never runs', async () => {
    const { lines, show } = terminal();
    await show(cardOf(remediationIn('blocked', {}, restartOf('Deployment', 'kube-system'))));
    expect(lines.filter((line) => /Condition:|Rollback:/.test(line))).toEqual([]);
  });

  test('does not repeat the sentence that a reply has just said', async () => {
    const { lines, show } = terminal();
    const row = remediationIn('succeeded');
    if (row.state !== 'succeeded') throw new Error('the fixture is of another state');
    await show(cardOf(row));
    await show(reply('Verified', row.verdict.sentence), 'reply:1');
    await show(cardOf(row));
    expect(lines.filter((line) => line.includes(row.verdict.sentence))).toHaveLength(2);
    expect(lines.at(-1)).not.toContain(row.verdict.sentence);
  });
});

test('people are called by their names', async () => {
  const { lines, show } = terminal();
  const notice = { kind: 'reply', headline: 'Approved by', by: 'U0BOB', broadcast: false } as const;
  await show({ kind: 'reply', notice }, 'reply:1');
  expect(lines).toEqual(['   > Approved by bob']);
});

test('what moves a cursor or hides text is not printed', () => {
  fc.assert(fc.property(hostile, (text) => !/(?!\n)[\p{Cc}\p{Cf}]/u.test(printable(text))));
});
