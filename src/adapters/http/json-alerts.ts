import type { Alert } from '../../domain/incidents/incident.ts';
import { type JsonAlerts, type JsonSource, stepsOf } from '../../domain/policy/json-alerts.ts';
import { storable } from '../../domain/text/text.ts';
import type { AlertsRead, Asked } from './alert-source.ts';
import { labelsFingerprint, sentFingerprint } from './fingerprint.ts';
import { isLikely, likelyYears } from './sent-time.ts';

/** As many as of any other sender's body. */
const mostAlerts = 10_000;

/** Reads a body by a format of the policy. What one alert lacks is told with its place, and the others are taken. */
export function readJsonAlerts(body: unknown, { format, formats = {} }: Asked = {}): AlertsRead {
  const chosen = chooseFormat(format, formats);
  if (typeof chosen === 'string') return { kind: 'refused', reason: `Not read: ${chosen}` };
  const [name, mapping] = chosen;
  const refused = (problem: string): AlertsRead => ({
    kind: 'refused',
    reason: `Not the format ${name} of the policy: ${problem}`,
  });
  const listed = mapping.alerts === undefined ? [body] : at(body, mapping.alerts);
  if (!Array.isArray(listed)) return refused(`"${mapping.alerts ?? ''}" is no list`);
  if (listed.length > mostAlerts) return refused(`more than ${mostAlerts} alerts in one body`);
  const read = listed.map((each, index) =>
    readOne(each, mapping, mapping.alerts === undefined ? '' : `${mapping.alerts}[${index}].`),
  );
  const alerts = read.flatMap((each) =>
    typeof each === 'string' ? [] : [{ ...each, source: `json-${name}` }],
  );
  const leftOut = read.filter((each) => typeof each === 'string');
  const [problem] = leftOut;
  if (alerts.length === 0 && problem !== undefined) return refused(problem);
  return { kind: 'alerts', alerts, leftOut, truncated: 0 };
}

/** The one that is asked for; without a name the only one there is. A sentence where that is none. */
function chooseFormat(
  asked: string | undefined,
  formats: Readonly<Record<string, JsonAlerts>>,
): readonly [string, JsonAlerts] | string {
  const known = Object.entries(formats);
  const names = known.map(([name]) => name).join(', ');
  if (known.length === 0) return 'the policy has no format, see jsonAlerts';
  const [only, another] = known;
  if (asked === undefined && only !== undefined && another === undefined) return only;
  if (asked === undefined)
    return `say which format it is, such as ?format=${only?.[0] ?? ''}; there are ${names}`;
  return known.find(([name]) => name === asked) ?? `the policy has no such format; there are ${names}`;
}

/** The alert, or the sentence why it is none. @param place before each path in that sentence */
function readOne(body: unknown, mapping: JsonAlerts, place: string): Omit<Alert, 'source'> | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return `"${place.slice(0, -1) || 'the body'}": must be an object`;
  const texts = [
    ...fieldsOf(body, mapping.labels, 'labels'),
    ...fieldsOf(body, mapping.annotations, 'annotations'),
  ];
  const wrong = texts.find(({ value }) => value.kind === 'none');
  if (wrong !== undefined) return `"${place}${wrong.path}": must be a text, a number, true or false`;
  const of = (list: string) =>
    Object.fromEntries(
      texts.flatMap(({ list: own, name, value }) =>
        own === list && value.kind === 'text' ? [[name, value.text]] : [],
      ),
    );
  const name = textAt(body, mapping.name);
  if (name.kind !== 'text' || name.text.trim() === '')
    return `"${place}${pathOf(mapping.name)}": must be a text`;
  const status = statusOf(body, mapping, place);
  if (status.kind === 'refused') return status.reason;
  const startsAt = instantAt(body, mapping.startsAt);
  if (startsAt === undefined)
    return `"${place}${mapping.startsAt}": must be an RFC 3339 time, or seconds or milliseconds since 1970, ${likelyYears}`;
  const labels = { ...of('labels'), alertname: name.text };
  const endsAt = mapping.endsAt === undefined ? undefined : instantAt(body, mapping.endsAt);
  return {
    fingerprint: fingerprintAt(body, mapping) ?? labelsFingerprint(labels),
    status: status.kind,
    labels,
    annotations: of('annotations'),
    startsAt,
    ...(status.kind === 'resolved' && endsAt !== undefined ? { endsAt } : {}),
  };
}

const pathOf = (source: JsonSource): string => (typeof source === 'string' ? source : 'is');

function fieldsOf(body: object, sources: Readonly<Record<string, JsonSource>>, list: string) {
  return Object.entries(sources).map(([name, source]) => ({
    ...{ list, name, path: pathOf(source) },
    value: textAt(body, source),
  }));
}

type Value = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'absent' | 'none' };

function textAt(body: unknown, source: JsonSource): Value {
  if (typeof source !== 'string') return { kind: 'text', text: source.is };
  const value = at(body, source);
  if (value === undefined || value === null) return { kind: 'absent' };
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? { kind: 'text', text: storable(String(value)) } : { kind: 'none' };
}

function statusOf(
  body: unknown,
  { status }: JsonAlerts,
  place: string,
): { readonly kind: Alert['status'] } | { readonly kind: 'refused'; readonly reason: string } {
  if (status === undefined) return { kind: 'firing' };
  const value = textAt(body, status.from);
  const text = value.kind === 'text' ? value.text : undefined;
  if (text !== undefined && status.resolved.includes(text)) return { kind: 'resolved' };
  if (text !== undefined && status.firing.includes(text)) return { kind: 'firing' };
  const known = [...status.firing, ...status.resolved].join(', ');
  return { kind: 'refused', reason: `"${place}${status.from}": must be one of ${known}` };
}

function fingerprintAt(body: unknown, { fingerprint }: JsonAlerts): string | undefined {
  const value = fingerprint === undefined ? undefined : textAt(body, fingerprint);
  return value?.kind === 'text' ? sentFingerprint(value.text) : undefined;
}

/** Numbers from here on are milliseconds: as seconds they would be in the year 5138. */
const milliseconds = 100_000_000_000;

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;

function instantAt(body: unknown, path: string): string | undefined {
  const value = at(body, path);
  const isNumber =
    typeof value === 'number' || (typeof value === 'string' && /^\d{9,13}(\.\d+)?$/.test(value));
  if (!isNumber && !(typeof value === 'string' && rfc3339.test(value))) return undefined;
  const number = Number(value);
  const date = new Date(isNumber ? (number < milliseconds ? number * 1000 : number) : String(value));
  return !Number.isNaN(date.getTime()) && isLikely(date.toISOString()) ? date.toISOString() : undefined;
}

/** What is at a path; only what the body has itself, never what JavaScript gives every object. */
function at(body: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    return Array.isArray(value) && step === 'length' ? undefined : Reflect.get(value, step);
  }, body);
}
