import type { Playbook } from '../domain/incidents/playbook.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { nearestWord } from '../domain/text/nearest.ts';

/** Names beyond this many are a table, not a hint. */
const mostListed = 12;

/**
 * Playbooks that the policy lets run by themselves and that are not there, a sentence each. It is a warning: a playbook may be taken
 * out of its folder, and Firebreak starts without it.
 */
export function strangePlaybooks(
  { trust }: Pick<Policy, 'trust'>,
  playbooks: readonly Pick<Playbook, 'name'>[],
): readonly string[] {
  const names = playbooks.map(({ name }) => name);
  return (trust?.alone ?? []).flatMap(({ playbook }, index) => {
    if (names.includes(playbook)) return [];
    const missing = `there is no playbook "${playbook}", so that this has no effect`;
    return [`trust.alone.${index}.playbook: ${missing}; ${meant(playbook, names)}`];
  });
}

function meant(name: string, names: readonly string[]): string {
  const nearest = nearestWord(name, names);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (names.length === 0) return 'no folder of playbooks is read, or it is empty';
  const more = names.length > mostListed ? ', ...' : '';
  return `there are ${names.slice(0, mostListed).join(', ')}${more}`;
}
