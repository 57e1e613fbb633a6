import { either, quoted } from '../../actions/grammar/display.ts';
import type { RefusalCode, Span } from '../../actions/grammar/refusal.ts';
import {
  type GroupTarget,
  labelName,
  namespaceOf,
  objectName,
  type Target,
  type TargetKind,
} from '../../domain/action.ts';
import type { Parsed } from './command.ts';
import { parseCommand } from './command.ts';
import { defaultMeant } from './grammar/assemble.ts';
import { kindNamed } from './grammar/kinds.ts';

/** What became of a template. `text` is what the refusal's span points into: the template or the filled command. */
export type Filled = Parsed & { readonly text: string };

/**
 * Fills a playbook's action template such as `rollout restart {{kind}}/{{name}} -n {{namespace}}` and parses the
 * result. A value must be a Kubernetes name, so that no value can bring a flag or a second word into the command.
 */
export function fillTemplate(template: string, values: Values): Filled {
  const filled = withValues(template, values);
  const other = filled.kind === 'action' ? otherObject(template, filled.action.target, values) : undefined;
  if (other === undefined) return filled;
  return refused(filled.text, { start: 0, end: filled.text.length }, 'template-value', other);
}

type Values = Readonly<Record<string, string | undefined>>;

function withValues(template: string, values: Values): Filled {
  let text = '';
  let at = 0;
  for (const placeholder of placeholders(template)) {
    const value = Object.hasOwn(values, placeholder.name) ? values[placeholder.name] : undefined;
    if (value === undefined) return unknownPlaceholder(template, placeholder, Object.keys(values));
    if (!isSafe(placeholder.name, value)) return badValue(template, placeholder, value);
    text += template.slice(at, placeholder.span.start) + value;
    at = placeholder.span.end;
  }
  text += template.slice(at);
  return { ...parseCommand(text), text };
}

/** It is often called like what it scales; any other two kinds of one name are two things. */
const namedAlike: TargetKind = 'HorizontalPodAutoscaler';

/**
 * Why a command is about something else than the values: the template takes the name of the alert's object and says a kind or
 * a namespace itself, and the object has another. What is called the same there has not failed.
 */
function otherObject(template: string, target: Target | GroupTarget, values: Values): string | undefined {
  const meant = takenFrom(template, target, values);
  if (meant === undefined) return undefined;
  const place = namespaceOf(target);
  if (place !== undefined && values['namespace'] !== undefined && place !== values['namespace'])
    return `The command is for ${quoted(meant)} in ${place}, and the one that is meant is in ${values['namespace']}.`;
  const kind = values['kind'] === undefined ? undefined : kindNamed(values['kind']);
  const isNamed = !('selector' in target) && meant === values['name'];
  if (!isNamed || kind === undefined || kind === target.kind) return undefined;
  if (kind === namedAlike || target.kind === namedAlike) return undefined;
  return `The command is for a ${target.kind}, and ${quoted(meant)} is a ${kind}.`;
}

/** The name that a placeholder has brought into the target; undefined where the template says the whole target itself. */
function takenFrom(template: string, target: Target | GroupTarget, values: Values): string | undefined {
  const names = 'name' in target ? [target.name] : 'names' in target ? target.names : [];
  return placeholders(template)
    .filter(({ name }) => name === 'name' || name === 'pod')
    .map(({ name }) => values[name])
    .find(
      (value) =>
        value !== undefined &&
        (names.includes(value) || ('selector' in target && target.selector.includes(value))),
    );
}

/** Kinds a sample is tried with: one of each shape of command. */
const SAMPLE_KINDS = [
  'deployment',
  'statefulset',
  'daemonset',
  'pod',
  'node',
  'cronjob',
  'job',
  'horizontalpodautoscaler',
];

/**
 * Checks a template when it is loaded: every placeholder is one of `known`, with sample values the command parses for at
 * least one kind, and where that kind is in a namespace it says which. The refusal is the one of the first kind tried.
 */
export function checkTemplate(template: string, known: readonly string[]): Filled {
  const samples = SAMPLE_KINDS.map((kind) => withValues(template, sampleValues(known, kind)));
  if (samples.some((sample) => sample.kind === 'action' && sample.notes.includes(defaultMeant)))
    return withoutNamespace(template);
  const good = samples.find((sample) => sample.kind === 'action');
  const [first] = samples;
  return good ?? first ?? withValues(template, {});
}

function sampleValues(known: readonly string[], kind: string): Record<string, string> {
  return Object.fromEntries(
    known.map((name) => [name, name === 'kind' ? kind : `sample-${name.toLowerCase()}`]),
  );
}

interface Placeholder {
  readonly name: string;
  readonly span: Span;
}

function placeholders(template: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  let start = template.indexOf('{{');
  while (start >= 0) {
    const close = template.indexOf('}}', start + 2);
    if (close < 0) return found;
    found.push({ name: template.slice(start + 2, close).trim(), span: { start, end: close + 2 } });
    start = template.indexOf('{{', close + 2);
  }
  return found;
}

/** Namespaces and containers are labels, a kind is a kind's name, everything else is an object name. */
function isSafe(placeholder: string, value: string): boolean {
  if (placeholder === 'kind') return kindNamed(value) !== undefined;
  const schema = placeholder === 'namespace' || placeholder === 'container' ? labelName : objectName;
  return schema.safeParse(value).success;
}

function unknownPlaceholder(template: string, { name, span }: Placeholder, known: readonly string[]): Filled {
  const choice = known.length === 0 ? 'there are none' : `known are ${either(known)}`;
  return refused(
    template,
    span,
    'template-placeholder',
    `Placeholder ${quoted(name)} has no value; ${choice}.`,
  );
}

function badValue(template: string, { name, span }: Placeholder, value: string): Filled {
  const expected = name === 'kind' ? 'a kind such as deployment' : 'a Kubernetes name';
  return refused(
    template,
    span,
    'template-value',
    `${quoted(value)} cannot fill placeholder ${quoted(name)}: it is not ${expected}.`,
  );
}

/** Who types a command may mean "default"; an alert is about the namespace that it names. */
function withoutNamespace(template: string): Filled {
  const span = { start: template.length, end: template.length };
  const reason =
    'names no namespace, so that "default" would be meant; add -n {{namespace}} for that of the alert, or -n and a name.';
  return refused(template, span, 'flag-missing', reason);
}

function refused(text: string, span: Span, code: RefusalCode, reason: string): Filled {
  return { kind: 'refused', refusal: { code, reason, span }, text };
}
