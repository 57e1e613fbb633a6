import { type Connection, ConnectionError, connectFromKubeconfig } from './connection.ts';
import { connectFromServiceAccount, type InPod } from './service-account.ts';

/** Which way to the cluster the configuration gives. */
export interface Way {
  /** One path or several, joined as in the variable KUBECONFIG. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Set in a pod; what the kubeconfig says goes before it. */
  readonly inPod?: InPod;
}

/**
 * Connects as the kubeconfig says, or as the pod's service account where there is none: a configuration lying around in a
 * home folder is never picked up by itself.
 *
 * @throws ConnectionError with one sentence when neither gives a usable way
 */
export async function connect({ kubeconfig, context, inPod }: Way): Promise<Connection> {
  if (kubeconfig !== undefined && kubeconfig.trim() !== '')
    return connectFromKubeconfig({ kubeconfig, ...(context === undefined ? {} : { context }) });
  if (context !== undefined)
    throw new ConnectionError(
      `There is no kubeconfig to look for the context "${context}" in: set KUBECONFIG.`,
    );
  if (inPod !== undefined) return connectFromServiceAccount(inPod);
  throw new ConnectionError(
    'No cluster is configured: set KUBECONFIG to a kubeconfig file, or run in a pod with a service account.',
  );
}
