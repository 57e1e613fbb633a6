import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { hangGuard } from '../support/hang-guard.ts';

/** What a kubectl run said. `code` is 0 on success. */
export type KubectlResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Which kubectl to run, and as whom. */
export type Kubectl = { readonly path: string; readonly kubeconfigPath: string };

/**
 * Runs the real kubectl, the oracle of the cluster tests, with one kubeconfig and an optional manifest on stdin.
 * A refusal of the API server is a result with its exit code; only a kubectl that can not be run at all throws.
 */
export function runKubectl(kubectl: Kubectl, args: readonly string[], stdin = ''): Promise<KubectlResult> {
  // As its home kubectl gets the folder of the control plane, so that what it caches goes with the control plane.
  const environment = { KUBECONFIG: kubectl.kubeconfigPath, HOME: dirname(kubectl.kubeconfigPath) };
  return new Promise((resolve, reject) => {
    const limit = { env: environment, maxBuffer: 64 * 1024 * 1024, timeout: hangGuard };
    const child = execFile(kubectl.path, args, limit, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(new Error(`kubectl ${args.join(' ')} could not be run to its end.`, { cause: error }));
    });
    // One that ends without reading is told by its exit code, not by the broken pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
  });
}

/** Whether a kubectl run succeeds. */
export async function kubectlSucceeds(
  kubectl: Kubectl,
  args: readonly string[],
  stdin?: string,
): Promise<boolean> {
  return (await runKubectl(kubectl, args, stdin)).code === 0;
}
