import { describeTarget, isGroup } from '../action.ts';
import type { Remediation } from '../remediation.ts';

/** What a remediation is for, each object by its name once they are known: `3 Deployments in shop with app=web: a, b, c`. */
export function targetsText(row: Remediation): string {
  const { action } = row;
  const members = ('members' in row ? row.members : undefined) ?? [];
  if (!isGroup(action) || members.length === 0) return describeTarget(action.target);
  const { target } = action;
  const names = members.map((member) => member.action.target.name);
  const how = 'selector' in target ? ` with ${target.selector}` : '';
  const count = `${names.length} ${target.kind}${names.length === 1 ? '' : 's'}`;
  return `${count} in ${target.namespace}${how}: ${names.join(', ')}`;
}
