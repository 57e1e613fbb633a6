import type { ActionOf } from '../domain/action.ts';
import { taintText } from './nodes/taints.ts';

/** The verbs that write into an object's own fields and nothing else. */
type Writing = ActionOf<'label' | 'annotate' | 'taint' | 'patch'>;

/**
 * What an object has afterwards, to stand behind its name: `has the label tier=front and has no label old`. Values of
 * annotations may be whole documents, and are left to the details.
 */
export function writtenText(action: Writing): string {
  switch (action.verb) {
    case 'label':
      return has(
        'label',
        action.set.map(({ key, value }) => `${key}=${value}`),
        action.remove,
      );
    case 'annotate':
      return has(
        'annotation',
        action.set.map(({ key }) => key),
        action.remove,
      );
    case 'taint':
      return has('taint', action.add.map(taintText), action.remove.map(taintText));
    case 'patch':
      return `has ${action.fields.map(({ path, value }) => `${path} ${value}`).join(', ')}`;
  }
}

function has(noun: string, present: readonly string[], absent: readonly string[]): string {
  const some = (lead: string, all: readonly string[]) =>
    all.length === 0 ? [] : [`${lead} ${noun}${all.length === 1 ? '' : 's'} ${all.join(', ')}`];
  return [...some('has the', present), ...some('has no', absent)].join(' and ');
}
