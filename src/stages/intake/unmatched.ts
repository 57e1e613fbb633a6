import { type Alert, alertName } from '../../domain/incidents/incident.ts';
import type { Playbook } from '../../domain/incidents/playbook.ts';
import { matchPlaybook } from './match.ts';

/** Which playbooks these alerts matched, and how often alerts came that matched none, by their name. */
export interface Matched {
  readonly playbooks: ReadonlySet<string>;
  readonly unmatched: ReadonlyMap<string, number>;
}

export function matchedBy(alerts: readonly Alert[], playbooks: readonly Playbook[]): Matched {
  const matching = new Set<string>();
  const unmatched = new Map<string, number>();
  for (const alert of alerts) {
    const playbook = matchPlaybook(alert, playbooks);
    if (playbook !== undefined) matching.add(playbook.name);
    else unmatched.set(alertName(alert), (unmatched.get(alertName(alert)) ?? 0) + 1);
  }
  return { playbooks: matching, unmatched };
}
