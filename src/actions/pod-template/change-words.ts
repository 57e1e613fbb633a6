import type { ContainerChange, NamesChanged, TemplateChange } from '../../domain/facts/revision.ts';
import { fieldOf } from './containers.ts';

/** One thing that differs: where it stands, and what is said of it. */
export interface ChangePart {
  readonly field: string;
  readonly says: string;
}

/** Everything that a change of the template comes to, in the template's order: images and quantities, else names. */
export function changeParts(change: TemplateChange): readonly ChangePart[] {
  return [
    ...change.containers.flatMap(containerParts),
    ...namesParts('spec.template.spec.volumes', 'volume', change.volumes),
    ...namesParts('spec.template.metadata.labels', 'label', change.labels),
    ...namesParts('spec.template.metadata.annotations', 'annotation', change.annotations),
    ...change.fields.map((field) => ({ field: `spec.template.${field}`, says: `${field} changes` })),
  ];
}

/** The same in a sentence: `web: registry/web:2 -> registry/web:1, variable DEBUG goes; volume cache comes.` */
export function changeSentence(change: TemplateChange): string {
  const containers = change.containers.map((each) => {
    const [only] = containerParts(each);
    const parts = containerParts(each).map(({ says }) => says);
    return each.becomes === 'changed' ? `${titleOf(each)}: ${parts.join(', ')}` : (only?.says ?? '');
  });
  const rest = changeParts({ ...change, containers: [] }).map(({ says }) => says);
  return `${[...containers, ...rest].join('; ')}.`;
}

const titleOf = ({ name, init }: ContainerChange): string => (init ? `init container ${name}` : name);

function containerParts(change: ContainerChange): readonly ChangePart[] {
  const at = fieldOf(change);
  const { becomes, image, env, resources = [], fields } = change;
  if (becomes !== 'changed') {
    const verb = becomes === 'added' ? 'comes' : 'goes';
    const runs = (becomes === 'added' ? image?.to : image?.from) ?? 'without an image';
    const what = change.init ? 'init container' : 'container';
    return [{ field: at, says: `${what} ${change.name} ${verb} (${runs})` }];
  }
  return [
    ...(image === undefined ? [] : [{ field: `${at}.image`, says: fromTo(image) }]),
    ...namesParts(`${at}.env`, 'variable', env),
    ...resources.map(({ field, ...values }) => ({
      field: `${at}.resources.${field}`,
      says: `${field} ${fromTo(values)}`,
    })),
    ...fields.map((field) => ({ field: `${at}.${field}`, says: `${field} changes` })),
  ];
}

function fromTo({ from, to }: { from?: string | undefined; to?: string | undefined }): string {
  return `${from ?? 'none'} -> ${to ?? 'none'}`;
}

function namesParts(at: string, what: string, change: NamesChanged | undefined): readonly ChangePart[] {
  if (change === undefined) return [];
  const told = (names: readonly string[], verb: string) =>
    names.map((name) => ({ field: `${at}[${name}]`, says: `${what} ${name} ${verb}` }));
  return [
    ...told(change.added, 'comes'),
    ...told(change.removed, 'goes'),
    ...told(change.changed, 'changes'),
  ];
}
