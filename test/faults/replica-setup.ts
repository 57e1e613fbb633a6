import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundled } from '../support/bundled.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The program of a replica, joined as the image has it. */
    readonly replicaProgram: string;
  }
}

/** Replicas are started hundreds of times: what they are made of is joined once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { path, remove } = await bundled(join(import.meta.dirname, 'replica.ts'));
  project.provide('replicaProgram', path);
  return remove;
}
