import { execFile } from 'node:child_process';

/** What a kubectl run said. `code` is 0 on success. */
export type KubectlResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

/**
 * Runs the real kubectl, the oracle of the cluster tests, with one kubeconfig and an optional manifest on stdin.
 * A refusal of the API server is a result with its exit code; only a kubectl that can not be run at all throws.
 */
export function runKubectl(
  kubectl: { readonly path: string; readonly kubeconfigPath: string },
  args: readonly string[],
  stdin = '',
): Promise<KubectlResult> {
  const environment = { KUBECONFIG: kubectl.kubeconfigPath, HOME: '/nonexistent' };
  return new Promise((resolve, reject) => {
    const limit = { env: environment, maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
    const child = execFile(kubectl.path, args, limit, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(new Error(`kubectl ${args.join(' ')} could not be run to its end.`, { cause: error }));
    });
    child.stdin?.end(stdin);
  });
}
