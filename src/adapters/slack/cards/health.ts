import type { Dependents } from '../../../domain/facts/dependents.ts';
import type { Facts, PodFact } from '../../../domain/facts/facts.ts';
import { dayTime } from '../../../domain/text/clock-time.ts';
import { clamp, md, type SafeMrkdwn } from '../text.ts';

/** Which containers nothing checks. */
export function readinessText(subject: Facts['subject']): readonly SafeMrkdwn[] {
  const unproven = subject.kind === 'workload' ? (subject.unproven ?? []) : [];
  return unproven.length === 0 ? [] : [md`• Without a readinessProbe: ${unproven.join(', ')}`];
}

/** What containers wait for and how they ended, then the Warning events of the last hour. */
export function healthText({ subject, warnings = [] }: Facts): readonly SafeMrkdwn[] {
  const reasons = podsOf(subject).flatMap(({ waiting, terminated }) => [waiting, terminated]);
  const known = [...new Set(reasons.filter((reason) => reason !== undefined))].toSorted();
  const told = warnings.map(({ reason, count, last }) => `${reason} (${count}, last at ${dayTime(last)})`);
  return [
    ...(known.length === 0 ? [] : [md`• Containers: ${known.join(', ')}`]),
    ...(told.length === 0 ? [] : [md`• Warnings of the last hour: ${clamp(told.join(', '), 500)}`]),
  ];
}

function podsOf(subject: Facts['subject']): readonly PodFact[] {
  if (subject.kind === 'pod') return [subject.pod];
  return 'pods' in subject && typeof subject.pods !== 'number' ? subject.pods : [];
}

/** Only where they would go together: a single pod is always on one node, and some clusters have one zone. */
export function spreadText(spread: Dependents['spread']): readonly SafeMrkdwn[] {
  if (spread === undefined || spread.pods < 2) return [];
  const { pods, nodes, zones, ofNodes, ofZones } = spread;
  if (nodes === 1 && ofNodes > 1) return [md`• All ${pods} ready pods run on one node of ${ofNodes}`];
  return zones === 1 && ofZones > 1 ? [md`• All ${pods} ready pods run in one zone of ${ofZones}`] : [];
}
