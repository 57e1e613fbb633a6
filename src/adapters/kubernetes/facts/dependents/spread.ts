import type { Dependents } from '../../../../domain/facts/dependents.ts';
import type { Subject } from '../../../../domain/facts/facts.ts';
import type { AnyObject } from '../../client/objects.ts';

const zoneLabel = 'topology.kubernetes.io/zone';

/** How far apart the ready pods of a workload are: what goes with one node, or with one zone. */
export function spreadOf(
  subject: Subject,
  nodes: readonly AnyObject[] | undefined,
): Pick<Dependents, 'spread'> {
  if (subject.kind !== 'workload' || nodes === undefined) return {};
  const names = subject.pods.flatMap(({ ready, node }) => (ready && node !== undefined ? [node] : []));
  if (names.length === 0) return {};
  const zones = new Map(
    nodes.flatMap(({ metadata: { name, labels } }) => {
      const zone = labels[zoneLabel];
      return zone === undefined ? [] : [[name, zone]];
    }),
  );
  const here = names.flatMap((name) => zones.get(name) ?? []);
  return {
    spread: {
      pods: names.length,
      nodes: new Set(names).size,
      zones: new Set(here).size,
      ofNodes: nodes.length,
      ofZones: new Set(zones.values()).size,
    },
  };
}
