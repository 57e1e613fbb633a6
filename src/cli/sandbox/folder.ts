import { join, resolve } from 'node:path';
import { processEnvironment } from '../../config.ts';

/** Where the sandbox keeps its state. What was asked of the simulated cluster must never go on in a real one. */
export function sandboxFolder({
  folder,
  kubeconfig,
}: {
  readonly folder?: string | undefined;
  readonly kubeconfig?: string | undefined;
}): string {
  return resolve(
    folder ?? (kubeconfig === undefined ? '.firebreak/sandbox' : '.firebreak/sandbox-kubeconfig'),
  );
}

/** Where its database is. */
export const databaseIn = (folder: string): string => join(folder, 'postgres');

/** The policies and playbooks that come with Firebreak. */
export const examples = resolve(import.meta.dirname, '../../../examples');

/** What it judges by. */
export const sandboxPolicy = join(examples, 'policy.yaml');

/** The kubeconfig that the environment names. */
export function kubeconfig(): { readonly kubeconfig?: string } {
  const path = processEnvironment()['KUBECONFIG'];
  return path === undefined || path === '' ? {} : { kubeconfig: path };
}
