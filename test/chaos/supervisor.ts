import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from './child.ts';
import type { Random } from './random.ts';
import type { ReplicaSettings } from './settings.ts';

/** What was done to the replicas. */
interface Toll {
  kills: number;
  stops: number;
  starts: number;
}

/** How a replica went that was told to: its exit code, and the milliseconds until then. */
interface Farewell {
  readonly code: number | null;
  readonly took: number;
}

/** A place in which a replica is kept running. */
interface Place {
  readonly settings: ReplicaSettings;
  child: Child | undefined;
  isReady: boolean;
  isStopped: boolean;
}

export interface Supervisor {
  readonly toll: Toll;
  /** Kills a replica that is ready, or stops one for longer than its claims last; none where none is ready. */
  strike(): void;
  /** Resolves when all are ready for the first time. */
  ready(): Promise<void>;
  /** Milliseconds from the start of a replica to its readiness, the last time. */
  lastStart(): number;
  /** SIGTERM to one after the other, each when the one before has a successor that is ready. */
  roll(): Promise<readonly Farewell[]>;
  /** From now on there are no faults. Resolves when all replicas are ready. */
  calm(): Promise<void>;
  /** SIGTERM to all. */
  end(): Promise<void>;
}

/** One strike in so many stops a replica instead of killing it. */
const stopEvery = 4;

/** Heartbeats are taken for lost after 10 s and five looks, deliveries after 15 s. Milliseconds. */
const stopped = 16_000;

/** Between the end of a replica and the start of the next in its place. Milliseconds. */
const restartAfter = 50;

/** Keeps a replica running in each place. What they print is added to one file for each. */
export function startSupervisor(options: {
  /** The file of a replica's program. */
  readonly program: string;
  readonly replicas: readonly ReplicaSettings[];
  readonly outputs: readonly string[];
  readonly random: Random;
}): Supervisor {
  const toll: Toll = { kills: 0, stops: 0, starts: 0 };
  const places = options.replicas.map(
    (settings): Place => ({ settings, child: undefined, isReady: false, isStopped: false }),
  );
  const state = { isCalm: false, isOver: false, lastStart: 0 };
  const keep = async (place: Place, output: string) => {
    while (!state.isOver) {
      toll.starts += 1;
      const started = performance.now();
      const child = startChild(options.program, settingsOf(place, toll.starts, state.isCalm), output);
      place.child = child;
      const gone = new Promise((resolve) => child.process.once('exit', resolve));
      await child.says('ready').then(
        () => {
          place.isReady = true;
          state.lastStart = performance.now() - started;
        },
        () => undefined,
      );
      await gone;
      place.isReady = false;
      await sleep(restartAfter);
    }
  };
  // A replica that is stopped does not notice that nobody is left.
  process.on('exit', () => {
    for (const { child } of places) child?.process.kill('SIGKILL');
  });
  const kept = places.map((place, at) => keep(place, options.outputs[at] ?? 'replica.log'));
  const allReady = async () => {
    while (!places.every(({ isReady, isStopped }) => isReady && !isStopped)) await sleep(20);
  };
  return {
    toll,
    ready: allReady,
    lastStart: () => state.lastStart,
    strike: () => {
      const victim = options.random.pick(places.filter(({ isReady, isStopped }) => isReady && !isStopped));
      if (victim === undefined) return;
      const mayStop = !places.some(({ isStopped }) => isStopped);
      if (mayStop && (toll.kills + toll.stops) % stopEvery === stopEvery - 1) stop(victim, toll);
      else kill(victim, toll);
    },
    roll: async () => {
      const farewells: Farewell[] = [];
      for (const place of places) {
        await allReady();
        const { child } = place;
        const began = performance.now();
        place.isReady = false;
        await child?.end('SIGTERM');
        farewells.push({ code: child?.process.exitCode ?? null, took: performance.now() - began });
      }
      await allReady();
      return farewells;
    },
    calm: async () => {
      state.isCalm = true;
      for (const { child } of places) child?.tell({ kind: 'calm' });
      await allReady();
    },
    end: async () => {
      state.isOver = true;
      await Promise.all(places.map(({ child }) => child?.end('SIGTERM')));
      await Promise.all(kept);
    },
  };
}

function settingsOf({ settings }: Place, start: number, isCalm: boolean): ReplicaSettings {
  const { seed, statementFaults } = settings;
  return { ...settings, seed: seed + start, statementFaults: isCalm ? 0 : statementFaults };
}

function kill(place: Place, toll: Toll): void {
  toll.kills += 1;
  place.isReady = false;
  place.child?.process.kill('SIGKILL');
}

function stop(place: Place, toll: Toll): void {
  toll.stops += 1;
  const { child } = place;
  place.isStopped = true;
  child?.process.kill('SIGSTOP');
  setTimeout(() => {
    child?.process.kill('SIGCONT');
    place.isStopped = false;
  }, stopped);
}
