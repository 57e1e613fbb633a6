import type { Alert } from '../../domain/incidents/incident.ts';
import type { Playbook } from '../../domain/incidents/playbook.ts';

/**
 * The playbook for an alert: all its labels must be there with one of its values, exactly. The most specific wins:
 * most labels, then the name that sorts first. A playbook without labels would match every alert and matches none.
 */
export function matchPlaybook(alert: Alert, playbooks: readonly Playbook[]): Playbook | undefined {
  const [best] = playbooks
    .filter((playbook) => matches(alert, playbook))
    .sort((a, b) => labelCount(b) - labelCount(a) || (a.name < b.name ? -1 : 1));
  return best;
}

const labelCount = (playbook: Playbook): number => Object.keys(playbook.match.labels).length;

function matches(alert: Alert, playbook: Playbook): boolean {
  const wanted = Object.entries(playbook.match.labels);
  return wanted.length > 0 && wanted.every(([label, value]) => has(alert, label, value));
}

function has(alert: Alert, label: string, wanted: string | readonly string[]): boolean {
  if (!Object.hasOwn(alert.labels, label)) return false;
  const value = alert.labels[label];
  return typeof wanted === 'string' ? value === wanted : value !== undefined && wanted.includes(value);
}
