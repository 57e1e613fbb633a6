import type { EndReason } from './ending.ts';

/** Alerts of one name in an incident. `alerts`: firings, the same alert that fires again among them. */
export interface Named {
  readonly name: string;
  readonly alerts: number;
  readonly firing: number;
  /** How often the alert of this name that fired most often has fired. */
  readonly mostFirings: number;
  /** As the alerts say: untrusted texts. */
  readonly severities: readonly string[];
  readonly since: string;
  /** When the last of them was over; absent where none is. */
  readonly resolvedAt?: string;
}

/** A remediation of an incident in a few words. `isOver`: nothing can happen to it any more. */
export interface Step {
  readonly id: string;
  readonly number: number;
  /** As the row says: a newer version may have written one that is not known here. */
  readonly state: string;
  readonly isOver: boolean;
}

/** What is known of an incident and of all that joined it. */
export interface Overview {
  /** Ordered by name; empty where only people asked for something. */
  readonly signals: readonly Named[];
  /** The oldest first. */
  readonly steps: readonly Step[];
  /** The remediation whose card heads the thread; absent where another message does, or none yet. */
  readonly head?: string;
  readonly closedAt?: string;
  readonly closedWhy?: EndReason;
  /** How often it was opened again. */
  readonly reopened: number;
  /** Since when what it is about has been seen to be healthy while an alert fires. */
  readonly healthySince?: string;
  /** Absent in what is older than the numbers. */
  readonly number?: number;
}

/** All the alerts of an incident as one line. */
export interface Signals {
  readonly alerts: number;
  readonly firing: number;
  readonly since: string;
  /** When the last was over; absent while one fires. */
  readonly resolvedAt?: string;
  /** The worst that one of them says; absent where none says one that is known. */
  readonly severity?: string;
  /** The alert that comes and goes, and how often it came. */
  readonly flapping?: { readonly name: string; readonly times: number };
}

/** The same alert this often within one incident is one that comes and goes. */
export const flaps = 3;

/** The usual values of the label `severity`, the worst first (Prometheus' and Alertmanager's documentation, kubernetes-mixin). */
export const severities: readonly string[] = ['critical', 'error', 'warning', 'info', 'none'];

/** The alerts of an incident counted; undefined where there are none. */
export function signalsOf(signals: readonly Named[]): Signals | undefined {
  const [first] = signals.map(({ since }) => since).toSorted();
  if (first === undefined) return undefined;
  const sum = (of: (named: Named) => number) => signals.reduce((total, named) => total + of(named), 0);
  const firing = sum((named) => named.firing);
  const last = signals
    .map(({ resolvedAt = '' }) => resolvedAt)
    .toSorted()
    .at(-1);
  const said = signals.flatMap((named) => named.severities.map((severity) => severity.toLowerCase()));
  const severity = severities.find((each) => said.includes(each));
  const [most] = signals.toSorted((a, b) => b.mostFirings - a.mostFirings);
  return {
    alerts: sum(({ alerts }) => alerts),
    firing,
    since: first,
    ...(firing > 0 || last === undefined || last === '' ? {} : { resolvedAt: last }),
    ...(severity === undefined ? {} : { severity }),
    ...(most === undefined || most.mostFirings < flaps
      ? {}
      : { flapping: { name: most.name, times: most.mostFirings } }),
  };
}

/**
 * The remediation that an incident is about now: the one whose card heads the thread while it is not over, else the latest
 * that is not. Undefined where all are.
 */
export function currentOf({ steps, head }: Overview): Step | undefined {
  const open = steps.filter(({ isOver }) => !isOver);
  return open.find(({ id }) => id === head) ?? open.at(-1);
}
