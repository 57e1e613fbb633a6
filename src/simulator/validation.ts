import { containersOf, templatePath } from './defaults.ts';
import { parseSchedule } from './jobs/schedule.ts';
import { canonicalJson, type Json, type JsonObject } from './json.ts';
import { nameOf } from './objects/identity.ts';
import { quantity } from './quantity.ts';
import { type Cause, invalid } from './refusal.ts';
import {
  autoscalers,
  controllerRevisions,
  cronJobs,
  deployments,
  jobs,
  pods,
  type Resource,
} from './resources.ts';
import { matchesSelector } from './selectors.ts';
import { at, edited, isTrueAt, numberAt, textAt, textsAt } from './tree.ts';

/** Refuses with 422 what the API server's validation refuses, as far as the simulated kinds need it. */
export function validate(resource: Resource, object: JsonObject, before: JsonObject | undefined): void {
  const causes = [
    ...nameCauses(object),
    ...countCauses(object),
    ...containerCauses(resource, object),
    ...(resource === jobs ? jobCauses(object, before) : selectorCauses(object)),
    ...resourceCauses(object),
    ...(resource === autoscalers ? limitCauses(object) : []),
    ...(resource === cronJobs ? cronJobCauses(object) : []),
    ...(before === undefined ? [] : immutableCauses(resource, object, before)),
  ];
  if (causes.length > 0) throw invalid(resource, nameOf(object), causes);
}

function invalidValue(field: string, value: Json | undefined, why: string): Cause {
  const shown = value === undefined ? 'null' : JSON.stringify(value);
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${shown}: ${why}` };
}

function nameCauses(object: JsonObject): Cause[] {
  const name = nameOf(object);
  if (name === '')
    return [
      {
        field: 'metadata.name',
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
      },
    ];
  if (/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 253) return [];
  const why =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [invalidValue('metadata.name', name, why)];
}

const counts = [
  'replicas',
  'minReadySeconds',
  'revisionHistoryLimit',
  'completions',
  'parallelism',
  'backoffLimit',
] as const;

function countCauses(object: JsonObject): Cause[] {
  return counts.flatMap((key) => {
    const value = at(object, 'spec', key);
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 0))
      return [];
    return [invalidValue(`spec.${key}`, value, 'must be greater than or equal to 0')];
  });
}

function containerCauses(resource: Resource, object: JsonObject): Cause[] {
  const template = templatePath(object);
  const templated = template !== undefined;
  const path = [...(template ?? []), 'spec', 'containers'].join('.');
  const containers = containersOf(object);
  if ((templated || resource === pods) && containers.length === 0) return [required(path)];
  if (!templated && resource !== pods) return [];
  return containers.flatMap((container, index) => {
    const missing = (['name', 'image'] as const).filter((key) => (textAt(container, key) ?? '') === '');
    return [
      ...missing.map((key) => required(`${path}[${index}].${key}`)),
      ...labelCauses(`${path}[${index}].name`, textAt(container, 'name') ?? ''),
    ];
  });
}

/** A request above its limit (validateContainerResources in pkg/apis/core/validation). */
function resourceCauses(object: JsonObject): Cause[] {
  const path = [...(templatePath(object) ?? []), 'spec'].join('.');
  return containersOf(object).flatMap((container) =>
    Object.entries(textsAt(container, 'resources', 'requests')).flatMap(([name, request]) => {
      const limit = textAt(container, 'resources', 'limits', name);
      if (limit === undefined || (quantity(request) ?? 0) <= (quantity(limit) ?? 0)) return [];
      const field = `${path}.containers[${textAt(container, 'name') ?? ''}].resources.requests`;
      return [invalidValue(field, request, `must be less than or equal to ${name} limit of ${limit}`)];
    }),
  );
}

/** The limits of a HorizontalPodAutoscaler (validateHorizontalPodAutoscalerSpec in pkg/apis/autoscaling/validation). */
function limitCauses(object: JsonObject): Cause[] {
  const least = numberAt(object, 'spec', 'minReplicas') ?? 1;
  const most = numberAt(object, 'spec', 'maxReplicas') ?? 0;
  return [
    ...(least < 1 ? [invalidValue('spec.minReplicas', least, 'must be greater than or equal to 1')] : []),
    ...(most < 1 ? [invalidValue('spec.maxReplicas', most, 'must be greater than 0')] : []),
    ...(most < least
      ? [invalidValue('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')]
      : []),
  ];
}

function required(field: string): Cause {
  return { field, reason: 'FieldValueRequired', message: 'Required value' };
}

function labelCauses(field: string, name: string): Cause[] {
  if (name === '' || (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 63)) return [];
  const why =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [invalidValue(field, name, why)];
}

function selectorCauses(object: JsonObject): Cause[] {
  if (at(object, 'spec', 'template') === undefined) return [];
  const labels = textsAt(object, 'spec', 'template', 'metadata', 'labels');
  if (matchesSelector(at(object, 'spec', 'selector'), labels)) return [];
  return [
    invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
  ];
}

/** Its selector is made by the API server, and its pods end by themselves. */
function jobCauses(object: JsonObject, before: JsonObject | undefined): Cause[] {
  if (before !== undefined) return selectorCauses(object);
  const manual = isTrueAt(object, 'spec', 'manualSelector');
  const selector = at(object, 'spec', 'selector');
  const foreign = manual || selector === undefined ? [] : [invalidValue('spec.selector', selector, notMade)];
  return [...(manual ? selectorCauses(object) : foreign), ...restartCauses(object, ['spec', 'template'])];
}

const notMade = '`selector` not auto-generated';

function restartCauses(object: JsonObject, template: readonly string[]): Cause[] {
  const policy = at(object, ...template, 'spec', 'restartPolicy');
  if (policy === 'OnFailure' || policy === 'Never') return [];
  const field = [...template, 'spec', 'restartPolicy'].join('.');
  const message = `Unsupported value: ${JSON.stringify(policy ?? '')}: supported values: "OnFailure", "Never"`;
  return [{ field, reason: 'FieldValueNotSupported', message }];
}

function cronJobCauses(object: JsonObject): Cause[] {
  const schedule = textAt(object, 'spec', 'schedule') ?? '';
  const unreadable = parseSchedule(schedule) === undefined;
  return [
    ...(unreadable ? [invalidValue('spec.schedule', schedule, 'the sandbox cannot read it')] : []),
    ...restartCauses(object, ['spec', 'jobTemplate', 'spec', 'template']),
  ];
}

function immutableCauses(resource: Resource, object: JsonObject, before: JsonObject): Cause[] {
  const fields = [
    ['metadata', 'uid'],
    ['metadata', 'name'],
    ['metadata', 'namespace'],
    ...immutableSpec(resource),
  ];
  const changed = fields.filter((path) => text(at(object, ...path)) !== text(at(before, ...path)));
  const causes = changed.map((path) =>
    invalidValue(path.join('.'), at(object, ...path), 'field is immutable'),
  );
  return resource === pods ? [...causes, ...podUpdateCauses(object, before)] : causes;
}

function immutableSpec(resource: Resource): string[][] {
  if (resource === controllerRevisions) return [['data']];
  if (resource === jobs)
    return [
      ['spec', 'selector'],
      ['spec', 'template'],
      ['spec', 'completions'],
    ];
  if (resource.group !== 'apps') return [];
  const rest =
    resource === deployments
      ? []
      : [
          ['spec', 'serviceName'],
          ['spec', 'podManagementPolicy'],
          ['spec', 'volumeClaimTemplates'],
        ];
  return [['spec', 'selector'], ...rest];
}

/** Of a pod's spec only images and a few fields that nothing here uses can change. */
function podUpdateCauses(object: JsonObject, before: JsonObject): Cause[] {
  if (text(withoutImages(object)) === text(withoutImages(before))) return [];
  const message =
    'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  return [{ field: 'spec', reason: 'FieldValueForbidden', message }];
}

function withoutImages(pod: JsonObject): Json {
  const plain = edited(pod, (draft) => {
    for (const container of containersOf(draft)) delete container['image'];
  });
  return at(plain, 'spec') ?? {};
}

function text(value: Json | undefined): string {
  return value === undefined ? '' : canonicalJson(value);
}
