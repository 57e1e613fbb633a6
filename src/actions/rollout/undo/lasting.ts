import type { Case } from '../../../domain/case.ts';
import type { ContainerChange, TemplateChange } from '../../../domain/facts/revision.ts';
import {
  containerSteps,
  type LastingField,
  type LastingForm,
  lastingFields,
  notLasting,
} from '../../../domain/manifest/lasting.ts';
import { workloadOf } from '../../subject.ts';
import { undoRevision } from './revision.ts';

/**
 * An undo lasts as the images, limits and requests that come back. What else differs has no value here that could be
 * written (it may be a secret), and is named.
 */
export function toRevision({ action, facts }: Case<'rollout undo'>): LastingForm {
  const workload = workloadOf({ facts });
  const found = workload === undefined ? undefined : undoRevision(action, workload);
  const change = found?.kind === 'revision' ? found.revision.change : undefined;
  if (found?.kind !== 'revision' || change === undefined)
    return notLasting('What the earlier revision changes is not known.');
  const others = othersOf(change);
  const { revision } = found.revision;
  if (others.length > 0)
    return notLasting(
      `Revision ${revision} differs in ${others.join(', ')} as well: revert the commit that brought them.`,
    );
  return lastingFields(action.target, change.containers.flatMap(fieldsOf));
}

function othersOf({ containers, volumes, labels, annotations, fields }: TemplateChange): readonly string[] {
  return [
    ...containers.flatMap(othersOfContainer),
    ...(volumes === undefined ? [] : ['volumes']),
    ...(labels === undefined ? [] : ['labels']),
    ...(annotations === undefined ? [] : ['annotations']),
    ...fields,
  ];
}

function othersOfContainer({ name, becomes, image, env, resources = [], fields }: ContainerChange) {
  if (becomes !== 'changed') return [`the container ${name}`];
  const gone = [image, ...resources].some((each) => each !== undefined && each.to === undefined);
  return [
    ...(env === undefined ? [] : [`variables of ${name}`]),
    ...(gone ? [`settings that go from ${name}`] : []),
    ...fields.map((field) => `${field} of ${name}`),
  ];
}

function fieldsOf({ name, init, image, resources = [] }: ContainerChange): readonly LastingField[] {
  const at = containerSteps({ name, init });
  const changes = [
    { path: [...at, 'image'], ...image },
    ...resources.map(({ field, ...values }) => ({
      path: [...at, 'resources', ...field.split('.')],
      ...values,
    })),
  ];
  return changes.flatMap(({ path, from, to }) =>
    to === undefined ? [] : [{ path, value: to, ...(from === undefined ? {} : { was: from }) }],
  );
}
