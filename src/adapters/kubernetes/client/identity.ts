import { ClusterFault } from '../../../workflow/ports.ts';
import type { Api } from './api.ts';
import { anyObject } from './objects.ts';
import { createReader } from './read.ts';
import { resourceOf } from './resource.ts';

/** An answer is good for so long: what stands behind an address is not exchanged more often. Milliseconds. */
const goodFor = 10_000;

/** Which cluster is at the other end, whatever its name. */
export interface Identity {
  /** The uid of the namespace kube-system; undefined where that may not be read or is not there. Throws ClusterFault. */
  ask(signal: AbortSignal): Promise<string | undefined>;
  /** The last answer; undefined before the first. */
  last(): string | undefined;
}

/**
 * The uid of the namespace kube-system, which is made with the cluster and cannot be taken away: the usual identity, as
 * OpenTelemetry has it (semantic conventions, `k8s.cluster.uid`). Kubeconfigs name clusters as they like, and every pod
 * calls its own `in-cluster`.
 */
export function createIdentity(api: Api): Identity {
  let known: { readonly uid: string | undefined; readonly at: number } | undefined;
  let asking: Promise<string | undefined> | undefined;
  const read = async (signal: AbortSignal) => {
    const found = await createReader(api, signal).get(
      anyObject,
      resourceOf('Namespace', { name: 'kube-system' }),
    );
    const uid = found.kind === 'read' ? found.value.value.metadata.uid : undefined;
    known = { uid, at: performance.now() };
    return uid;
  };
  return {
    ask: async (signal) => {
      if (known !== undefined && performance.now() - known.at < goodFor) return known.uid;
      // Those that ask at the same time share an answer, but not the end of one's patience.
      asking ??= read(AbortSignal.timeout(goodFor)).finally(() => {
        asking = undefined;
      });
      return whileWanted(asking, signal);
    },
    last: () => known?.uid,
  };
}

function whileWanted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new ClusterFault('Stopped while asking which cluster this is.'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return Promise.race([answer, promise]).finally(() => signal.removeEventListener('abort', stop));
}
