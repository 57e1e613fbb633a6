import { describe, expect, test } from 'vitest';
import { detailsAction } from '../../../src/adapters/slack/cards/buttons.ts';
import { shortStorm, stormCard } from '../../../src/adapters/slack/cards/storm.ts';
import type { Storm } from '../../../src/domain/incidents/storm.ts';
import { noon } from '../../fixtures/facts.ts';

const id = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

const storm = (parts: Partial<Storm> = {}): Storm => ({
  number: 1,
  beganAt: noon,
  incidents: 4321,
  proposals: Array.from({ length: 20 }, (_, index) => ({
    remediation: id(index),
    number: index + 1,
    command: `kubectl rollout restart deployment/${'web'.repeat(40)}-<!channel>-${index} -n shop`,
    state: index === 0 ? 'succeeded' : 'waiting',
    tier: 'human',
    score: 50 - index,
    alerts: index + 1,
  })),
  more: 7,
  heldBack: 12,
  ...parts,
});

const textOf = (given: Storm) => JSON.stringify(stormCard({ kind: 'storm', storm: given }).blocks);

describe('the message of a storm', () => {
  test('lists what is proposed in the order that it is given, with a button for what is not over', () => {
    const { blocks } = stormCard({ kind: 'storm', storm: storm() });
    const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(buttons).toHaveLength(19);
    const ids = buttons.map((button) => ('action_id' in button ? (button.action_id ?? '') : ''));
    expect(new Set(ids).size).toBe(19);
    for (const each of ids) expect(each).toMatch(detailsAction);
    expect(textOf(storm())).toContain('7 more: /remediate status');
    expect(textOf(storm())).toContain('Storm: 4,321 incidents');
  });

  test('takes no markup from what it lists, and stays within the limits', () => {
    expect(textOf(storm())).not.toContain('<!channel>');
    const { text, blocks } = stormCard({ kind: 'storm', storm: storm() });
    expect(text.length).toBeLessThanOrEqual(300);
    for (const block of blocks)
      if (block.type === 'section' && block.text !== undefined)
        expect(block.text.text.length).toBeLessThanOrEqual(3000);
  });

  test('says at its end how long it took and what it held back', () => {
    const over = storm({ endedAt: '2026-03-01T12:42:00.000Z' });
    expect(textOf(over)).toContain('Storm over');
    expect(textOf(over)).toContain('It held back 12 that would have run by themselves.');
    expect(textOf({ ...over, heldBack: 1 })).toContain('It held back 1 that would have run by itself.');
  });

  test('has a short form', () => {
    expect(shortStorm({ kind: 'storm', storm: storm() }).blocks).toHaveLength(1);
  });
});
