import type { Json, JsonObject } from './json.ts';
import { badRequest } from './refusal.ts';
import { at, listAt, textAt, textsAt } from './tree.ts';

type Labels = Readonly<Record<string, string>>;
type Match = (labels: Labels) => boolean;

const setBased = /^(?<key>[^\s=!,()]+)\s+(?<operator>in|notin)\s*\((?<values>[^)]*)\)$/;
const equality = /^(?<key>[^\s=!,()]+)\s*(?<operator>==|=|!=)\s*(?<value>[^\s=!,()]*)$/;
const existence = /^(?<absent>!?)\s*(?<key>[^\s=!,()]+)$/;

/**
 * A `labelSelector` query value: `app=web,tier!=db,env in (a, b),env notin (c),key,!key`
 * (kubernetes.io, "Labels and Selectors"). Refuses with 400 what it cannot read.
 */
export function labelSelector(text: string): Match {
  const requirements = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const matches = requirements.filter((part) => part !== '').map((part) => requirement(part, text));
  return (labels) => matches.every((match) => match(labels));
}

function requirement(part: string, whole: string): Match {
  const set = setBased.exec(part)?.groups;
  if (set) {
    const values = (set['values'] ?? '').split(',').map((value) => value.trim());
    return membership(set['key'] ?? '', values, set['operator'] === 'in');
  }
  const equal = equality.exec(part)?.groups;
  if (equal) return membership(equal['key'] ?? '', [equal['value'] ?? ''], equal['operator'] !== '!=');
  const exists = existence.exec(part)?.groups;
  if (exists) return (labels) => Object.hasOwn(labels, exists['key'] ?? '') === (exists['absent'] === '');
  throw badRequest(`unable to parse requirement: found '${part}' in '${whole}'`);
}

/** A negative requirement also matches objects without the label. */
function membership(key: string, values: readonly string[], wanted: boolean): Match {
  return (labels) => {
    const value = labels[key];
    return (value !== undefined && values.includes(value)) === wanted;
  };
}

/** A LabelSelector object (matchLabels, matchExpressions). An absent one matches nothing, an empty one all. */
export function matchesSelector(selector: Json | undefined, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false;
  const equal = Object.entries(textsAt(selector, 'matchLabels')).every(
    ([key, value]) => labels[key] === value,
  );
  return equal && listAt(selector, 'matchExpressions').every((each) => matchesExpression(each, labels));
}

function matchesExpression(expression: JsonObject, labels: Labels): boolean {
  const key = textAt(expression, 'key') ?? '';
  const given = at(expression, 'values');
  const values = Array.isArray(given) ? given.map(String) : [];
  switch (textAt(expression, 'operator')) {
    case 'In':
      return membership(key, values, true)(labels);
    case 'NotIn':
      return membership(key, values, false)(labels);
    case 'Exists':
      return Object.hasOwn(labels, key);
    case 'DoesNotExist':
      return !Object.hasOwn(labels, key);
    default:
      return false;
  }
}

/** The selector as text, as the scale subresource shows it in `status.selector`. */
export function selectorText(selector: Json | undefined): string {
  const labels = Object.entries(textsAt(selector, 'matchLabels'));
  return labels.map(([key, value]) => `${key}=${value}`).join(',');
}

/** Fields that may be selected, beyond metadata.name and metadata.namespace (registry strategies of 1.36). */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  replicasets: ['status.replicas'],
};

/** A `fieldSelector` query value; 400 for a field that the resource does not offer. */
export function fieldSelector(text: string, plural: string): (object: JsonObject) => boolean {
  const parts = text.split(',').filter((part) => part !== '');
  const matches = parts.map((part) => fieldRequirement(part, plural));
  return (object) => matches.every((match) => match(object));
}

function fieldRequirement(part: string, plural: string): (object: JsonObject) => boolean {
  const found = /^(?<field>[^=!]+)(?<operator>==|=|!=)(?<value>.*)$/.exec(part)?.groups;
  if (!found) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
  const field = found['field'] ?? '';
  const known = ['metadata.name', 'metadata.namespace', ...(selectable[plural] ?? [])];
  if (!known.includes(field)) throw badRequest(`field label not supported: ${field}`);
  return (object) => {
    const value = at(object, ...field.split('.'));
    const text = value === undefined || value === null ? '' : String(value);
    return (text === found['value']) === (found['operator'] !== '!=');
  };
}
