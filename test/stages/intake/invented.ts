import type { Request } from '../../../src/domain/action.ts';
import { namespaceOf } from '../../../src/domain/action.ts';
import type { Parsed } from '../../../src/stages/intake/command.ts';

/** What a verb may be read from besides its own words: Firebreak's word for a field that a patch writes. */
const byField: Readonly<Record<string, string>> = {
  scale: 'replicas',
  'rollout pause': 'paused',
  'rollout resume': 'paused',
  suspend: 'suspend',
  resume: 'suspend',
  cordon: 'unschedulable',
  uncordon: 'unschedulable',
  label: 'labels',
  annotate: 'annotations',
  'set image': 'image',
};

/** Everything in an accepted request that the text does not hold, letter by letter, once quoting is taken off. */
export function inventedBy(text: string, { action, notes }: Parsed & { kind: 'action' }): readonly string[] {
  const bare = text.replaceAll(/["'\\]/g, '');
  const lower = bare.toLowerCase();
  const assumed = notes.some((note) => note.startsWith('No namespace given'));
  const namespace = namespaceOf(action.target);
  const place = namespace === undefined || assumed ? [] : [namespace];
  const facts = [
    ...namesOf(action),
    ...place,
    ...valuesOf(action).map((value) => value.replaceAll(/["'\\]/g, '')),
  ];
  const field = byField[action.verb];
  const kindAfterDelete = action.verb === 'delete pod' ? /\b(pods?|po)\b/ : /\bjobs?\b/;
  const saysVerb =
    action.verb === 'delete pod' || action.verb === 'delete job'
      ? lower.includes('delete') && kindAfterDelete.test(lower)
      : action.verb.split(' ').every((word) => lower.includes(word)) ||
        (field !== undefined && lower.includes('patch') && bare.includes(field));
  return [...facts.filter((fact) => !bare.includes(fact)), ...(saysVerb ? [] : [action.verb])];
}

function namesOf({ target }: Request): readonly string[] {
  if ('name' in target) return [target.name];
  if ('names' in target) return target.names;
  return target.selector.split(/ notin | in |[=!,() ]/).filter((part) => part !== '');
}

function valuesOf(asked: Request): readonly string[] {
  switch (asked.verb) {
    case 'scale':
      return [asked.replicas, ...(asked.currentReplicas === undefined ? [] : [asked.currentReplicas])].map(
        String,
      );
    case 'rollout undo':
      return asked.toRevision === undefined ? [] : [String(asked.toRevision)];
    case 'set image':
      return asked.images.flatMap(({ container, image }) => [container, image]);
    case 'taint':
      return [...asked.add, ...asked.remove].map(({ key }) => key);
    case 'label':
    case 'annotate':
      return [...asked.set.flatMap(({ key, value }) => [key, value]), ...asked.remove];
    case 'set env':
      return [...asked.set.flatMap(({ name, value }) => [name, value]), ...asked.remove];
    case 'set resources':
      return [...Object.entries(asked.limits), ...Object.entries(asked.requests)].flat().map(String);
    case 'autoscale':
      return [asked.max, ...(asked.min === undefined ? [] : [asked.min])].map(String);
    case 'create job':
      return [asked.job];
    default:
      return [];
  }
}
