import type { Action } from '../../../../domain/action.ts';
import { amountsAfter } from '../../../../actions/pod-template/set-resources/amounts.ts';
import { chosen } from '../../../../actions/pod-template/containers.ts';
import type { Subject } from '../../../../domain/facts/facts.ts';
import type { Neighbourhood } from '../../../../domain/facts/neighbourhood.ts';
import { dependenciesOn } from './dependencies.ts';
import { claimsOf, leasesOf } from './holding.ts';
import { hostsOf } from './hosts.ts';
import { lastChange } from './last-change.ts';
import type { Claimants, Lists } from './lists.ts';
import {
  cronJobShape,
  historyShape,
  type Own,
  type PodSpec,
  podShape,
  podSpec,
  workloadShape,
} from './objects.ts';
import { quotasFor } from './quotas.ts';
import { budgetsOver, servicesOver } from './selecting.ts';
import { spreadOf } from './spread.ts';

/** What was read around a target, of its namespace. Of a node: node/look.ts. */
export interface Around {
  readonly name: string;
  readonly lists: Lists;
  readonly claimants: Claimants;
}

/**
 * What of all that was read has to do with the target.
 *
 * @param raw the target as the API server sent it
 * @param running the spec of one of a workload's pods, if all of them are of its template
 */
export function neighbourhoodOf(
  action: Action,
  subject: Subject,
  raw: unknown,
  running: unknown,
  around: Around,
): Neighbourhood {
  if (subject.kind === 'autoscaler') return alone(action, raw);
  const own = resized(action, subject, ownOf(subject, raw, running));
  return { ...podsNeighbourhood(action, own, around), ...spreadOf(subject, around.lists.nodes) };
}

/** What depends on pods and what holds them. */
function podsNeighbourhood(action: Action, own: Own, { lists, claimants, name }: Around): Neighbourhood {
  const services = servicesOver(lists.services ?? [], lists.slices ?? [], own);
  const change = lastChange(action, own.history);
  const { priorityClassName: priorityClass } = own.asRun;
  return {
    budgets: budgetsOver(lists.budgets ?? [], own.labels),
    services,
    hosts: hostsOf(lists.entries, services, name, own.labels),
    dependencies: dependenciesOn(claimants.askers, services, name),
    ...(priorityClass === undefined ? {} : { priorityClass }),
    quotas: quotasFor(claimants.quotas ?? [], own.asRun),
    ...(change === undefined ? {} : { lastChange: change }),
    claims: claimsOf(own),
    ...(own.retention === undefined ? {} : { retention: own.retention }),
    leases: leasesOf(claimants.leases ?? [], own.pods),
    soleWorkloads: [],
  };
}

function ownOf(subject: Subject, raw: unknown, running: unknown): Own {
  if (subject.kind === 'pod') {
    const { metadata, spec } = podShape.parse(raw);
    const { labels } = metadata;
    return { labels, spec, asRun: spec, history: metadata, pods: [subject.pod], claimTemplates: [] };
  }
  if (subject.kind === 'cronJob') {
    const { metadata, spec } = cronJobShape.parse(raw);
    const { template } = spec.jobTemplate.spec;
    const { labels } = template.metadata;
    const { spec: asRun } = template;
    return { labels, spec: asRun, asRun, history: metadata, pods: [], claimTemplates: [] };
  }
  const { metadata, spec } = workloadShape.parse(raw);
  const { template, volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: retention } = spec;
  return {
    labels: template.metadata.labels,
    spec: template.spec,
    asRun: running === undefined ? template.spec : podSpec.parse(running),
    history: metadata,
    pods: subject.kind === 'workload' || subject.kind === 'job' ? subject.pods : [],
    claimTemplates: volumeClaimTemplates.map(({ metadata: { name } }) => name),
    ...(retention == null ? {} : { retention }),
  };
}

/** Room in a quota is counted in pods as they will be. */
function resized(action: Action, subject: Subject, own: Own): Own {
  if (action.verb !== 'set resources' || subject.kind !== 'workload') return own;
  const written = chosen(action, subject).filter(({ init }) => !init);
  const larger = (spec: PodSpec): PodSpec => ({
    ...spec,
    // What admission adds stands behind the template's own.
    containers: spec.containers.map((container, place) => {
      const found = written.find(({ index }) => index === place);
      if (found === undefined) return container;
      const { limits, requests } = amountsAfter(action, found);
      return { ...container, resources: { limits: { ...limits }, requests: { ...requests } } };
    }),
  });
  return { ...own, spec: larger(own.spec), asRun: larger(own.asRun) };
}

/** Of what has no pods of its own. */
function alone(action: Action, raw: unknown): Neighbourhood {
  const change = lastChange(action, historyShape.parse(raw).metadata);
  return {
    ...{ budgets: [], services: [], hosts: [], dependencies: [], quotas: [], claims: [], leases: [] },
    ...(change === undefined ? {} : { lastChange: change }),
    soleWorkloads: [],
  };
}
