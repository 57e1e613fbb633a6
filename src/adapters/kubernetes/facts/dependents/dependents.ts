import { chosen } from '../../../../actions/pod-template/containers.ts';
import { amountsAfter } from '../../../../actions/pod-template/set-resources/amounts.ts';
import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { Subject } from '../../../../domain/facts/facts.ts';
import type { FactNeeds, FieldPath } from '../../../../domain/facts/needs.ts';
import { budgetsOver } from './budgets.ts';
import { dependenciesOn } from './dependencies.ts';
import { claimsOf, leasesOf } from './holding.ts';
import { hostsOf } from './hosts.ts';
import { lastChange } from './last-change.ts';
import type { Lists } from './lists.ts';
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
import { servicesOver } from './selecting.ts';
import { spreadOf } from './spread.ts';

/** What was read around a target, of its namespace. Of a node: node/node-view.ts. */
export interface NamespaceLists {
  readonly name: string;
  readonly lists: Lists;
}

/** The target, and what an action writes in it. */
interface Written {
  readonly subject: Subject;
  /** The target as the API server sent it. */
  readonly raw: unknown;
  /** The spec of one of a workload's pods, if all of them are of its template. */
  readonly running: unknown;
  readonly writes: readonly FieldPath[];
  readonly newResources: FactNeeds['newResources'];
}

/** What of all that was read has to do with the target. */
export function dependentsOf(
  { subject, raw, running, writes, newResources }: Written,
  inNamespace: NamespaceLists,
): Dependents {
  if (subject.kind === 'autoscaler') return alone(writes, raw);
  const own = resized(newResources, subject, ownOf(subject, raw, running));
  return { ...dependentsOfPods(writes, own, inNamespace), ...spreadOf(subject, inNamespace.lists.nodes) };
}

/** What depends on pods and what holds them. */
function dependentsOfPods(
  writes: readonly FieldPath[],
  own: Own,
  { lists, name }: NamespaceLists,
): Dependents {
  const services = servicesOver(lists.services ?? [], lists.slices ?? [], own);
  const change = lastChange(writes, own.history);
  const { priorityClassName: priorityClass } = own.asRun;
  return {
    budgets: budgetsOver(lists.budgets ?? [], own.labels),
    services,
    hosts: hostsOf(lists.entries, services, name, own.labels),
    dependencies: dependenciesOn(lists.extensions, services, name),
    ...(priorityClass === undefined ? {} : { priorityClass }),
    quotas: quotasFor(lists.quotas ?? [], own.asRun),
    ...(change === undefined ? {} : { lastChange: change }),
    claims: claimsOf(own),
    ...(own.retention === undefined ? {} : { retention: own.retention }),
    leases: leasesOf(lists.leases ?? [], own.pods),
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
function resized(resources: FactNeeds['newResources'], subject: Subject, own: Own): Own {
  if (resources === undefined || subject.kind !== 'workload') return own;
  const written = chosen(resources, subject).filter(({ init }) => !init);
  const larger = (spec: PodSpec): PodSpec => ({
    ...spec,
    // What admission adds stands behind the template's own.
    containers: spec.containers.map((container, place) => {
      const found = written.find(({ index }) => index === place);
      if (found === undefined) return container;
      const { limits, requests } = amountsAfter(resources, found);
      return { ...container, resources: { limits: { ...limits }, requests: { ...requests } } };
    }),
  });
  return { ...own, spec: larger(own.spec), asRun: larger(own.asRun) };
}

/** Of what has no pods of its own. */
function alone(writes: readonly FieldPath[], raw: unknown): Dependents {
  const change = lastChange(writes, historyShape.parse(raw).metadata);
  return {
    ...{ budgets: [], services: [], hosts: [], dependencies: [], quotas: [], claims: [], leases: [] },
    ...(change === undefined ? {} : { lastChange: change }),
    soleWorkloads: [],
  };
}
