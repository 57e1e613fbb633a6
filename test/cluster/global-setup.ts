import type { TestProject } from 'vitest/node';
import type { ControlPlaneAddress } from './control-plane.ts';
import { startControlPlane } from './control-plane.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The control plane that all files of the `cluster` project share: `inject('controlPlane')`. */
    controlPlane: ControlPlaneAddress;
  }
}

/** Starts one control plane for the whole run, hands its address to the tests, and returns what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { token: _, stop, ...address } = await startControlPlane();
  project.provide('controlPlane', address);
  return stop;
}
