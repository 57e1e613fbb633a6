import type { Store } from './objects/store.ts';

/** What a controller acts in: the objects, the time, and how fast time goes here. */
export interface World {
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that so many seconds of simulated time take: less than 1000 each when the simulation runs faster. */
  readonly span: (seconds: number) => number;
  readonly newId: () => string;
  /** Five characters for the name of the next pod; the same sequence in every simulation. */
  readonly newSuffix: () => string;
}

/** One pass over the objects: sees what is, changes what should be different, keeps no promise for later. */
export type Controller = (world: World) => void;

/** The name under which the simulated controllers write, as in a real cluster. */
export const controllerManager = { manager: 'kube-controller-manager', operation: 'Update' } as const;
export const statusWriter = { ...controllerManager, subresource: 'status' } as const;
export const kubeletWriter = { manager: 'kubelet', operation: 'Update', subresource: 'status' } as const;
