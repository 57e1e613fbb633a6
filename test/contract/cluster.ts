import { afterAll, beforeAll, describe } from 'vitest';
import { batchContract } from './batch-execution.ts';
import { batchFaultsContract } from './batch-faults.ts';
import type { ClusterWorld, Stage } from './cluster-world.ts';
import { createStage } from './cluster-world.ts';
import { customFactsContract } from './custom-facts.ts';
import { daemonNodeContract } from './daemon-nodes.ts';
import { driftContract } from './drift.ts';
import { executionContract } from './execution.ts';
import { factsContract } from './facts.ts';
import { faultsContract } from './faults.ts';
import { fieldExecutionContract } from './field-execution.ts';
import { metadataExecutionContract } from './metadata-execution.ts';
import { nodeContract } from './node-execution.ts';
import { placementContract } from './placement.ts';
import { severalContract } from './several.ts';
import { sightContract } from './sight.ts';
import { silentNodeContract } from './silent-nodes.ts';
import { undoContract } from './undo-execution.ts';

/**
 * What any implementation of the `Cluster` port must do, on a server that it may fill with objects. The plans come
 * from the real execute stage. Run on the simulated API server and on the real one, so that the first can not lie.
 */
export function describeClusterContract(name: string, setup: () => Promise<ClusterWorld>): void {
  const on = onWorldsOf(setup);
  describe.concurrent(name, () => {
    on('facts', factsContract);
    on('facts of installed kinds', customFactsContract);
    on('execution', executionContract);
    on('undo', undoContract);
    on('nodes of a DaemonSet', daemonNodeContract);
    on('execution on metadata', metadataExecutionContract);
    on('execution on single fields', fieldExecutionContract);
    on('Jobs and CronJobs', batchContract);
    on('nodes', nodeContract);
    on('silent nodes', silentNodeContract);
    on('placement', placementContract);
    on('observation', sightContract);
    on('several objects', severalContract);
    on('drift and pauses', driftContract);
  });
}

/** The part of the contract about answers that are lost or spoilt, which waits for many that never come. */
export function describeAnswersContract(name: string, setup: () => Promise<ClusterWorld>): void {
  const on = onWorldsOf(setup);
  describe.concurrent(name, () => {
    on('answers about Jobs lost or spoilt', batchFaultsContract);
    on('answers lost or spoilt', faultsContract);
  });
}

/** A world for each group of tests: a simulated server looks at all of its objects many times a second. */
function onWorldsOf(setup: () => Promise<ClusterWorld>) {
  return (group: string, suite: (stage: Stage) => void) =>
    describe.concurrent(group, () => {
      let world: ClusterWorld | undefined;
      beforeAll(async () => {
        world = await setup();
      });
      afterAll(() => world?.teardown());
      suite(
        createStage(() => {
          if (world === undefined) throw new Error('The cluster of this group was not set up.');
          return world;
        }),
      );
    });
}
