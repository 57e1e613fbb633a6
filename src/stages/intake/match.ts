import { type Alert, alertName } from '../../domain/incidents/incident.ts';
import type { Playbook } from '../../domain/incidents/playbook.ts';

/**
 * The playbooks for an alert: see `mismatch`. The most specific first: most labels, annotations and expressions, then the name
 * that sorts first.
 */
export const matchingPlaybooks = (alert: Alert, playbooks: readonly Playbook[]): readonly Playbook[] =>
  playbooks
    .filter((playbook) => mismatch(alert, playbook) === undefined)
    .toSorted((a, b) => demands(b) - demands(a) || (a.name < b.name ? -1 : 1));

/** The first of them. */
export const matchPlaybook = (alert: Alert, playbooks: readonly Playbook[]): Playbook | undefined =>
  matchingPlaybooks(alert, playbooks)[0];

function demands({ match }: Playbook): number {
  const named = Object.keys(match.labels ?? {}).length + Object.keys(match.annotations ?? {}).length;
  return named + (match.when === undefined ? 0 : 1);
}

/**
 * Why a playbook is not for an alert, in a sentence; undefined where it is. All its labels and annotations must be there with
 * one of its values, exactly, and its expression must be true. One that asks for nothing would match every alert and matches
 * none.
 */
export function mismatch(alert: Alert, playbook: Playbook): string | undefined {
  const { labels = {}, annotations = {}, when } = playbook.match;
  if (demands(playbook) === 0) return 'It names nothing that an alert must have.';
  return (
    differing('labels', labels, alert.labels) ??
    differing('annotations', annotations, alert.annotations) ??
    (when === undefined ? undefined : untrue(alert, playbook, when))
  );
}

type Wanted = Readonly<Record<string, string | readonly string[]>>;

function differing(what: string, wanted: Wanted, has: Readonly<Record<string, string>>): string | undefined {
  for (const [name, values] of Object.entries(wanted)) {
    const value = Object.hasOwn(has, name) ? has[name] : undefined;
    const allowed = typeof values === 'string' ? [values] : values;
    if (value !== undefined && allowed.includes(value)) continue;
    const is = value === undefined ? 'not there' : JSON.stringify(value);
    const all = allowed.map((each) => JSON.stringify(each)).join(' or ');
    return `Of its ${what}, ${name} is ${is}; it must be ${all}.`;
  }
  return undefined;
}

/** An expression that cannot be answered is not true: it has asked for a label that the alert does not have. */
function untrue(alert: Alert, { expressions }: Playbook, when: string): string | undefined {
  const ask = expressions?.alert.get(when);
  if (ask === undefined) return `Its expression is not compiled: ${when}`;
  const { labels, annotations, source } = alert;
  try {
    const held = ask({ alert: { name: alertName(alert), source }, labels, annotations });
    return held === true ? undefined : `Not true of it: ${when}`;
  } catch (fault) {
    const [first = 'it fails'] = (fault instanceof Error ? fault.message : String(fault)).split('\n');
    return `Not true of it: ${when} (${first})`;
  }
}
