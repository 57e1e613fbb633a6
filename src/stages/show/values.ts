import { isGroup, type Request } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { asJson, isJsonObject, type Json } from '../../domain/text/json.ts';
import { referencesIn } from './expansion.ts';

/** One value that is written, with every container that gets it. */
interface Written {
  readonly field: string;
  readonly containers: string[];
  readonly value: string;
}

/** Every text in a value, at any depth. */
function textsIn(value: Json, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value === 'string') found.add(value);
  const parts = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  for (const part of parts) textsIn(part, found);
  return found;
}

const inContainer = /^spec\.template\.spec\.(?:initContainers|containers)\[([^\]]+)\]\.(.+)$/;

/** Every text that is set, once: the same in several containers and objects is one change. */
function writtenBy(spec: Pick<DeclarativeSpec, 'action' | 'targetState'>): Written[] {
  const all = new Map<string, Written>();
  const given = textsIn(asJson(spec.action));
  for (const [path, value] of Object.entries(spec.targetState.fields)) {
    // What the action itself does not say, such as the time of a restart, is told by the dry run.
    if (typeof value !== 'string' || !given.has(value)) continue;
    const own = isGroup(spec.action) ? path.slice(path.indexOf(': ') + 2) : path;
    const [, container, field = own] = inContainer.exec(own) ?? [];
    const key = JSON.stringify([field, value]);
    const known = all.get(key) ?? { field, containers: [], value };
    if (container !== undefined && !known.containers.includes(container)) known.containers.push(container);
    all.set(key, known);
  }
  return [...all.values()];
}

const plain = /^[-A-Za-z0-9_./=!,@%+:]+$/;

/**
 * Every value as it is written, to the byte, one a line; nothing where the command shows them so already, without a quote.
 */
export function valuesText(spec: Pick<DeclarativeSpec, 'action' | 'targetState'>): string {
  const written = writtenBy(spec);
  if (written.every(({ value }) => plain.test(value))) return '';
  return written.map((each) => `${placeOf(each)}: ${each.value}`).join('\n');
}

function placeOf({ field, containers }: Written): string {
  return containers.length === 0 ? field : `${field} of ${containers.join(', ')}`;
}

/** What cannot be seen in a value, and what becomes of it in the container. */
export function valueNotes(
  spec: Pick<DeclarativeSpec, 'action' | 'targetState'>,
  members: readonly Case[],
): string[] {
  return writtenBy(spec).flatMap((written) => {
    const { field, value } = written;
    return [
      ...blankNotes(placeOf(written), value),
      ...(/^env\[/.test(field) ? expansionNotes(written, members) : []),
    ];
  });
}

function blankNotes(place: string, value: string): string[] {
  if (value === '') return [`The value of ${place} is empty.`];
  const ends = [
    ...counted('begins with', /^ +/.exec(value)?.[0].length ?? 0),
    ...counted('ends with', / +$/.exec(value)?.[0].length ?? 0),
  ];
  const inner = Math.max(0, ...(value.trim().match(/ {2,}/g) ?? []).map((blanks) => blanks.length));
  const all = [...ends, ...(inner === 0 ? [] : [`holds ${inner} blanks in a row`])];
  return all.length === 0 ? [] : [`The value of ${place} ${all.join(' and ')}.`];
}

const counted = (word: string, blanks: number): string[] =>
  blanks === 0 ? [] : [`${word} ${blanks} ${blanks === 1 ? 'blank' : 'blanks'}`];

/** Values are not known here, but names are: whether there is something to put in the place of a reference. */
function expansionNotes({ field, containers, value }: Written, members: readonly Case[]): string[] {
  const variable = field.slice('env['.length, -1);
  return [...new Map(referencesIn(value).map((each) => [JSON.stringify(each), each])).values()].map(
    ({ name, escaped }) => {
      if (escaped)
        return `The kubelet makes $(${name}) of $$(${name}) in ${variable}, and expands nothing there.`;
      const known = containers.filter((container) => hasVariable(members, container, name));
      const others = containers.filter((container) => !known.includes(container));
      return [
        ...(known.length === 0
          ? []
          : [
              `$(${name}) in ${variable} will be expanded by the kubelet in ${known.join(', ')}: the container gets the value of ${name} instead, if that is defined before it.`,
            ]),
        ...(others.length === 0
          ? []
          : [
              `$(${name}) in ${variable} will be expanded by the kubelet in ${others.join(', ')} only if a ConfigMap, Secret or Service gives it ${name}; else it stays as it is.`,
            ]),
      ].join(' ');
    },
  );
}

function hasVariable(members: readonly Case[], container: string, name: string): boolean {
  return members.some(
    ({ action, facts }) =>
      namesSet(action).includes(name) ||
      (facts.subject.kind === 'workload' &&
        facts.subject.containers.some(
          (each) => each.name === container && each.env?.names.includes(name) === true,
        )),
  );
}

/** Variables that the same command sets are there, too. */
function namesSet(action: Request): readonly string[] {
  if (!('set' in action)) return [];
  return action.set.flatMap((each) => ('name' in each ? [each.name] : []));
}
