import type { WarningEvents } from '../policy/warning-events.ts';
import { cut, storable } from '../text/text.ts';
import type { Alert } from './incident.ts';

/** A Warning event as the cluster says it. */
export interface WarningEvent {
  /** Of the event itself: while it is only reported again, it stays the same. */
  readonly uid: string;
  readonly namespace: string;
  readonly reason: string;
  readonly message: string;
  readonly times: number;
  /** When the event was made, and when it was last reported; RFC 3339. */
  readonly since: string;
  readonly lastSeen: string;
  readonly about: { readonly kind: string; readonly namespace: string; readonly name: string };
}

/** What was reported last so long ago may be over: it is not taken when a watch begins. Milliseconds. */
const fresh = 15 * 60_000;

/**
 * Minutes after the last report in which an event may still go on. What goes wrong again and again is reported at least every
 * five minutes: the recorder lets one of a kind through in 300 s when it comes more often (client-go, tools/record,
 * events_cache.go, `defaultSpamQPS`), and a restart is backed off by five minutes at most.
 */
export const eventQuietMinutes = 30;

/** An event that goes on is noted so often: seldom enough to cost nothing, and often enough to tell it from one that is over. Minutes. */
export const eventNotedMinutes = 5;

/** Whether the policy wants an event taken as an alert. @param now RFC 3339 */
export function isWanted(event: WarningEvent, wanted: WarningEvents, now: string): boolean {
  const { reasons, namespaces, times } = wanted;
  const isRecent = Date.parse(now) - Date.parse(event.lastSeen) < fresh;
  const isThere = namespaces === undefined || namespaces.includes(event.namespace);
  return isRecent && isThere && event.times >= times && reasons.includes(event.reason);
}

/** The label that names an object of a kind, as kube-state-metrics writes it. */
const labels: ReadonlyMap<string, string> = new Map([
  ['Pod', 'pod'],
  ['ReplicaSet', 'replicaset'],
  ['Deployment', 'deployment'],
  ['StatefulSet', 'statefulset'],
  ['DaemonSet', 'daemonset'],
  ['Job', 'job_name'],
  ['CronJob', 'cronjob'],
  ['HorizontalPodAutoscaler', 'horizontalpodautoscaler'],
  ['PersistentVolumeClaim', 'persistentvolumeclaim'],
  ['Node', 'node'],
]);

/**
 * The alert that an event is, the same whoever sees it and however often: its identity is the event's own. Nobody says when an
 * event is over, so none is ever resolved; it is when it is not reported any more (`eventQuietMinutes`).
 */
export function alertOf(event: WarningEvent): Alert {
  const { about, reason } = event;
  const named = labels.get(about.kind);
  return {
    source: 'kubernetes',
    fingerprint: event.uid,
    status: 'firing',
    labels: {
      alertname: `Event${storable(reason)}`,
      reason: storable(reason),
      kind: storable(about.kind),
      ...(about.kind === 'Node' || about.namespace === '' ? {} : { namespace: storable(about.namespace) }),
      ...(named === undefined ? { object: storable(about.name) } : { [named]: storable(about.name) }),
    },
    annotations: { summary: cut(storable(event.message), 1000) },
    startsAt: new Date(event.since).toISOString(),
  };
}
