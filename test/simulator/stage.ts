import type { JsonObject } from '../../src/simulator/json.ts';
import { applyManifest } from '../../src/simulator/manifest.ts';
import { resources } from '../../src/simulator/resources.ts';
import { bareCluster } from '../../src/simulator/scenario.ts';
import { replaySeeds, type Seed } from '../../src/simulator/seed.ts';
import { createSimulation } from '../../src/simulator/simulation.ts';
import { listAt, textAt, textsAt } from '../../src/simulator/tree.ts';
import { namespace } from '../../src/simulator/workloads.ts';

/** A simulated cluster whose time only passes when a test says so. */
export function createStage(seeds: readonly Seed[] = [bareCluster]) {
  const start = Date.parse('2026-01-31T10:00:00Z');
  const clock = { offset: 0 };
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`;
  };
  const simulation = createSimulation({ now: () => start + clock.offset, newId, speed: 1 });
  replaySeeds(simulation, clock, seeds);
  const { world } = simulation;
  if (seeds.length === 1) applyManifest(world, namespace('shop'));

  const resourceOf = (kind: string) => {
    const found = resources.find((each) => each.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} here`);
    return found;
  };
  return {
    simulation,
    world,
    apply: (object: JsonObject) => applyManifest(world, object),
    get: (kind: string, name: string, inNamespace = 'shop') =>
      world.store.get(resourceOf(kind), inNamespace, name),
    /** Without a namespace: an object of the whole cluster. */
    find: (kind: string, name: string, inNamespace: string | undefined) =>
      world.store.get(resourceOf(kind), inNamespace, name),
    list: (kind: string, inNamespace = 'shop') => world.store.list(resourceOf(kind), inNamespace),
    pods: (app: string, inNamespace = 'shop') =>
      world.store
        .list(resourceOf('Pod'), inNamespace)
        .filter((pod) => textsAt(pod, 'metadata', 'labels')['app'] === app),
    /** Lets time pass, by default in steps of a tenth of a second; `watch` sees every step. */
    pass: (seconds: number, watch: () => void = () => undefined, step = 0.1) => {
      for (let steps = seconds / step; steps > 0; steps -= 1) {
        clock.offset += 1000 * step;
        simulation.tick();
        watch();
      }
    },
  };
}

export function waitingReason(pod: JsonObject | undefined): string | undefined {
  return textAt(listAt(pod, 'status', 'containerStatuses')[0], 'state', 'waiting', 'reason');
}

export function condition(object: JsonObject | undefined, type: string): JsonObject | undefined {
  return listAt(object, 'status', 'conditions').find((each) => each['type'] === type);
}
