import { type Action, describeTarget, isGroup, type Request } from '../action.ts';

interface Aimed {
  readonly action: Request;
  /** Every object, once they are known. */
  readonly members?: readonly { readonly action: Action }[] | undefined;
}

/** What a remediation is for, each object by its name once they are known: `3 Deployments in shop with app=web: a, b, c`. */
export function targetsText({ action, members = [] }: Aimed): string {
  if (!isGroup(action) || members.length === 0) return describeTarget(action.target);
  const { target } = action;
  const names = members.map((member) => member.action.target.name);
  const how = 'selector' in target ? ` with ${target.selector}` : '';
  const count = `${names.length} ${target.kind}${names.length === 1 ? '' : 's'}`;
  return `${count} in ${target.namespace}${how}: ${names.join(', ')}`;
}
