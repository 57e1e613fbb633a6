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

/** For whoever believes that the sandbox tries the policy that the environment names: nobody of it might approve anything by that. */
export function unusedPolicy(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const file = env['FIREBREAK_POLICY'];
  return file === undefined || file === ''
    ? undefined
    : `FIREBREAK_POLICY (${file}) is not used: the sandbox judges by examples/policy.yaml. To try yours: npm run firebreak -- evaluate --policy ${file}`;
}
