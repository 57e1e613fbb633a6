import { createAutoscalerController } from './controllers/autoscaler.ts';
import { claimPods } from './controllers/claim-pods.ts';
import { daemonSetController } from './controllers/daemon/daemon-set.ts';
import { deploymentController } from './controllers/deployment.ts';
import { disruptionController } from './controllers/disruption-budgets.ts';
import { endpointSliceController } from './controllers/endpoint-slices.ts';
import { expireEvents } from './controllers/events.ts';
import { nodeTaints } from './controllers/node-taints.ts';
import { collectGarbage, finishDeletions } from './controllers/ownership.ts';
import { replicaSetController } from './controllers/replica-set.ts';
import { statefulSetController } from './controllers/stateful-set.ts';
import { createTaintEviction } from './controllers/taint-eviction.ts';
import { shortHash } from './controllers/template.ts';
import { volumeController } from './controllers/volumes.ts';
import { createCronJobController } from './jobs/cron-job.ts';
import { jobController } from './jobs/job.ts';
import { createKubelet, type Kubelet } from './kubelet/kubelet.ts';
import { createStore } from './objects/store.ts';
import { Refusal } from './refusal.ts';
import { events, resources } from './resources.ts';
import { scheduler } from './scheduling/scheduler.ts';
import type { Controller, World } from './world.ts';

/** A cluster without its API: objects, controllers and kubelet, moved on by `tick` at the time `now` says. */
export interface Simulation {
  readonly world: World;
  readonly kubelet: Kubelet;
  /** One pass of every controller. Between two passes nothing happens. */
  tick(): void;
}

export interface SimulationOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A fresh UUID for every object. */
  readonly newId: () => string;
  /** Seconds of simulated time in one second; 1 is natural. */
  readonly speed: number;
}

export function createSimulation({ now, newId, speed }: SimulationOptions): Simulation {
  const store = createStore({ now, newId });
  let podsNamed = 0;
  const newSuffix = () => {
    podsNamed += 1;
    return shortHash(`pod ${podsNamed}`, 5);
  };
  const world = { store, now, newId, newSuffix, span: (seconds: number) => (seconds * 1000) / speed };
  const kubelet = createKubelet();
  const controllers: readonly Controller[] = [
    claimPods,
    deploymentController,
    replicaSetController,
    volumeController,
    statefulSetController,
    daemonSetController,
    createCronJobController(),
    jobController,
    createAutoscalerController(),
    scheduler,
    kubelet.tick,
    endpointSliceController,
    disruptionController,
    nodeTaints,
    createTaintEviction(),
    // Events have no owners, and there are many of them.
    collectGarbage(resources.filter((each) => each !== events)),
    finishDeletions(resources.filter((each) => each !== events)),
    expireEvents,
  ];
  return {
    world,
    kubelet,
    tick: () => {
      for (const controller of controllers) attempt(controller, world);
    },
  };
}

/** A controller whose write was refused (a name still taken, say) tries again at its next look. */
function attempt(controller: Controller, world: World): void {
  try {
    controller(world);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
  }
}
