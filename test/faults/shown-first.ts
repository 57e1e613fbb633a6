import { expect } from 'vitest';
import { actionIds } from '../../src/adapters/slack/cards/buttons.ts';
import type { FaultScenario } from './fault-scenario.ts';

const part = /^part:.*:(\d+)$/;

const keyOf = (params: Readonly<Record<string, string>>): string =>
  /"key":"([^"]*)"/.exec(params['metadata'] ?? '')?.[1] ?? '';

/**
 * By every call that Slack got, whoever made it: no card had an Approve button before each part was posted; and by what is
 * in the thread: every part is there once, in order, with all values.
 */
export function shownFirst({ slack }: FaultScenario): void {
  const partsIn = (keys: readonly string[]) => keys.flatMap((key) => part.exec(key)?.[1] ?? []);
  const there = partsIn(slack.messages().map(({ metadata }) => String(metadata?.event_payload['key'] ?? '')));
  expect(there.length).toBeGreaterThan(1);
  expect(there).toEqual(there.map((_, at) => String(at + 1)));
  const { calls } = slack.workspace;
  const approvable = calls.findIndex(
    ({ method, params }) => method.startsWith('chat.') && params['blocks']?.includes(actionIds.approve),
  );
  expect(approvable).toBeGreaterThan(0);
  const before = calls.slice(0, approvable).filter(({ method }) => method === 'chat.postMessage');
  expect([...new Set(partsIn(before.map(({ params }) => keyOf(params))))]).toEqual(there);
  const text = slack
    .messages()
    .map(({ blocks }) => JSON.stringify(blocks))
    .join('');
  for (let at = 0; at < 20; at += 1) expect(text).toContain(`: ${at} ${'x'.repeat(477)}`);
}
