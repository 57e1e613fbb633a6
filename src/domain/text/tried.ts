import type { Requester } from '../actor.ts';
import { clockTime, span } from './clock-time.ts';

const words = { not_verified: 'not verified', inconclusive: 'inconclusive', failed: 'failed' } as const;

/** What a playbook has tried before, a line each: `Tried 12 min ago, at 12:04 UTC (remediation 7, rollout undo ...): failed, because ...` */
export function triedLines(requester: Requester, now: string): readonly string[] {
  if (requester.kind !== 'playbook') return [];
  return (requester.tried ?? []).map(
    ({ at, number, command, ended, because }) =>
      `Tried ${span(at, now)} ago, at ${clockTime(at, now)} (remediation ${number}, ${command}): ${words[ended]}, because ${because}`,
  );
}
