import { afterAll, beforeAll, describe } from 'vitest';
import { batchContract } from './batch-execution.ts';
import { batchFaultsContract } from './batch-faults.ts';
import type { ClusterWorld, Stage } from './cluster-world.ts';
import { createStage } from './cluster-world.ts';
import { customFactsContract } from './custom-facts.ts';
import { daemonNodeContract } from './daemon-nodes.ts';
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
  describeOn(name, setup, (stage) => {
    describe.concurrent('facts', () => factsContract(stage));
    describe.concurrent('facts of installed kinds', () => customFactsContract(stage));
    describe.concurrent('execution', () => executionContract(stage));
    describe.concurrent('undo', () => undoContract(stage));
    describe.concurrent('nodes of a DaemonSet', () => daemonNodeContract(stage));
    describe.concurrent('execution on single fields', () => {
      metadataExecutionContract(stage);
      fieldExecutionContract(stage);
    });
    describe.concurrent('Jobs and CronJobs', () => batchContract(stage));
    describe.concurrent('nodes', () => {
      nodeContract(stage);
      silentNodeContract(stage);
    });
    describe.concurrent('placement', () => placementContract(stage));
    describe.concurrent('observation', () => sightContract(stage));
    describe.concurrent('several objects', () => severalContract(stage));
  });
}

/** The part of the contract about answers that are lost or spoilt, which waits for many that never come. */
export function describeAnswersContract(name: string, setup: () => Promise<ClusterWorld>): void {
  describeOn(name, setup, (stage) => {
    describe.concurrent('answers about Jobs lost or spoilt', () => batchFaultsContract(stage));
    describe.concurrent('answers lost or spoilt', () => faultsContract(stage));
  });
}

function describeOn(name: string, setup: () => Promise<ClusterWorld>, suites: (stage: Stage) => void): void {
  describe.concurrent(name, () => {
    let world: ClusterWorld | undefined;
    beforeAll(async () => {
      world = await setup();
    });
    afterAll(() => world?.teardown());
    suites(
      createStage(() => {
        if (world === undefined) throw new Error('The cluster of this suite was not set up.');
        return world;
      }),
    );
  });
}
