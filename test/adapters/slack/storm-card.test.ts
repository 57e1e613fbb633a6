import { describe, expect, test } from 'vitest';
import { keyed } from '../../../src/adapters/slack/blocks.ts';
import { actionIds, choiceId, detailsAction } from '../../../src/adapters/slack/cards/buttons.ts';
import { shortStorm, stormCard } from '../../../src/adapters/slack/cards/storm.ts';
import { faultsOf } from '../../../src/adapters/slack/limits.ts';
import type { Storm } from '../../../src/domain/incidents/storm.ts';
import { mostTogether } from '../../../src/domain/incidents/together.ts';
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
    playbook: index < 15 ? 'restart' : 'undo',
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
    const ids = buttons.map((button) => ('action_id' in button ? (button.action_id ?? '') : ''));
    expect(ids.filter((each) => detailsAction.test(each))).toHaveLength(19);
    expect(new Set(ids).size).toBe(20);
    expect(ids).toContain(actionIds.together);
    expect(textOf(storm())).toContain('7 more: /remediate status');
    expect(textOf(storm())).toContain('Storm: 4,321 incidents');
    expect(textOf(storm()), 'told by themselves, or in the storm before').toContain(
      '4,294 of the incidents have no proposal here',
    );
    expect(textOf(storm({ incidents: 28 }))).toContain('1 of the incidents has no proposal here');
  });

  test('says how bad each is', () => {
    const [one] = storm().proposals;
    if (one === undefined) throw new Error('there is none');
    const bad = { ...one, command: 'x', severity: 'critical', pods: { ready: 0, desired: 3 }, alerts: 4 };
    expect(textOf(storm({ proposals: [{ ...bad, state: 'waiting' }] }))).toContain(
      '1. `x` · waiting · critical · 0 of 3 ready · risk 50 · 4 alerts',
    );
    expect(textOf(storm({ proposals: [bad] })), 'how it was before is not how it is').toContain(
      '1. `x` · succeeded · critical · risk 50 · 4 alerts',
    );
  });

  test('names the cluster of each where there are several, in the list and where it is chosen', () => {
    const proposals = storm().proposals.map((each) => ({
      ...each,
      command: 'kubectl x',
      cluster: 'prod-eu',
    }));
    expect(textOf(storm({ proposals }))).toContain('1. `kubectl x`, cluster prod-eu ·');
    expect(textOf(storm({ proposals }))).toContain('2 · human 49 · prod-eu · x');
  });

  test('offers what waits to be approved together, by its playbook, and keeps what was chosen when it is edited', () => {
    const { blocks } = stormCard({ kind: 'storm', storm: storm() });
    const [menu] = keyed(blocks, 'storm:1', 7).filter((block) => 'accessory' in block);
    expect(menu).toMatchObject({
      block_id: `${choiceId}:1`,
      accessory: {
        action_id: choiceId,
        max_selected_items: mostTogether,
        option_groups: [{ label: { text: 'restart' } }, { label: { text: 'undo' } }],
      },
    });
    const [first] = storm().proposals;
    const none = stormCard({
      kind: 'storm',
      storm: storm({ proposals: first === undefined ? [] : [first] }),
    });
    expect(none.blocks.filter((block) => 'accessory' in block)).toEqual([]);
  });

  test('has room for all that it lists, as long as commands may be', () => {
    const all = Array.from({ length: 50 }, (_, index) => ({
      remediation: id(index),
      number: 100_000 + index,
      command: `kubectl rollout restart deployment/${'w'.repeat(250)} -n ${'n'.repeat(63)}`,
      state: 'waiting',
      tier: 'human' as const,
      score: 50,
      alerts: 1000,
      severity: 'critical',
      pods: { ready: 100, desired: 1000 },
      playbook: `${'p'.repeat(60)}-${index}`,
    }));
    const { blocks } = stormCard({ kind: 'storm', storm: storm({ proposals: all }) });
    expect(faultsOf(keyed(blocks, 'storm:1', 0))).toEqual([]);
    expect(JSON.stringify(blocks).match(/· waiting ·/g)).toHaveLength(50);
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

  test('says what share is unhealthy, with no incidents or with some', () => {
    const share = { unhealthy: 30, workloads: 60 };
    expect(textOf(storm({ share, incidents: 0 }))).toContain('Storm: 30 of 60 workloads unhealthy');
    expect(textOf(storm({ share, incidents: 0 }))).not.toContain('0 incidents');
    expect(textOf(storm({ share }))).toContain('an open incident, 4,321 incidents');
    const inOne = textOf(storm({ share, cluster: 'prod-eu', overLineIn: ['prod-eu', 'prod-us'] }));
    expect(inOne).toContain('an open incident, cluster prod-eu, 4,321 incidents');
    expect(inOne).toContain('Too many unhealthy when last seen: prod-eu, prod-us');
  });

  test('has a short form', () => {
    expect(shortStorm({ kind: 'storm', storm: storm() }).blocks).toHaveLength(1);
  });
});
