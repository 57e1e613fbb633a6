import type { JsonObject } from './json.ts';
import { applyManifest } from './manifest.ts';
import type { Simulation } from './simulation.ts';

/** Objects that are applied at one moment before the cluster is first looked at. */
export interface Seed {
  readonly secondsAgo: number;
  readonly objects: readonly JsonObject[];
}

/** Seconds between two looks of the controllers: short while a seed rolls out, long when little happens. */
const steps = { rollingOut: 1, afterwards: 5 } as const;
const rollout = 40;

/**
 * Simulates the cluster's past, so that it starts with ages, restart counts and events: seeds from the oldest to
 * the newest. Afterwards the clock shows the real time.
 *
 * @param clock `offset` in milliseconds is added to the real time by the simulation's clock
 */
export function replaySeeds(simulation: Simulation, clock: { offset: number }, seeds: readonly Seed[]): void {
  const waiting = seeds.toSorted((left, right) => right.secondsAgo - left.secondsAgo);
  let began = waiting[0]?.secondsAgo ?? 0;
  for (let secondsAgo = began; secondsAgo > 0; ) {
    clock.offset = -1000 * secondsAgo;
    while (waiting[0] !== undefined && waiting[0].secondsAgo >= secondsAgo) {
      began = secondsAgo;
      for (const object of waiting.shift()?.objects ?? []) applyManifest(simulation.world, object);
    }
    simulation.tick();
    secondsAgo -= began - secondsAgo < rollout ? steps.rollingOut : steps.afterwards;
  }
  clock.offset = 0;
}
