import { isLikely } from './sent-time.ts';

/** An alert as Alertmanager and Grafana send it, read. Times are in UTC. */
export interface PlainAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt?: string | undefined;
  readonly generatorURL?: string | undefined;
  readonly fingerprint?: string | undefined;
}

/**
 * The alert, where nothing about it is out of the ordinary: what the schema would make of it, at a tenth of the time. In a storm
 * reading is most of what an alert costs. Undefined where the schema has to look: it alone says what is wrong.
 */
export function plainAlert(value: unknown): PlainAlert | undefined {
  if (!isObject(value)) return undefined;
  const { status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint } = value;
  if (status !== 'firing' && status !== 'resolved') return undefined;
  if (!isTexts(labels) || !isTexts(annotations)) return undefined;
  const from = plainTime(startsAt);
  if (from === undefined || !isLikely(from)) return undefined;
  if (!isPlainOrAbsent(generatorURL) || !isPlainOrAbsent(fingerprint)) return undefined;
  if (endsAt !== undefined && (typeof endsAt !== 'string' || plainTime(endsAt) === undefined))
    return undefined;
  return { status, labels, annotations, startsAt: from, endsAt, generatorURL, fingerprint };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Nothing but texts that can be stored as they are. */
function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  if (!isObject(value) || Object.hasOwn(value, '__proto__')) return false;
  for (const [name, text] of Object.entries(value)) if (!isPlain(name) || !isPlain(text)) return false;
  return true;
}

/** See storable: PostgreSQL has no NUL in a text, and no half of a pair in JSON. */
const isPlain = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed() && !value.includes('\0');

const isPlainOrAbsent = (value: unknown): value is string | undefined =>
  value === undefined || isPlain(value);

const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** A time in UTC as it is stored; undefined for one with an offset, and for one that no calendar has. */
function plainTime(value: unknown): string | undefined {
  if (typeof value !== 'string' || !utc.test(value)) return undefined;
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return undefined;
  const stored = date.toISOString();
  // 30 February is another day for JavaScript.
  return stored.slice(0, 19) === value.slice(0, 19) ? stored : undefined;
}
