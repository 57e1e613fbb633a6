import type { Action } from '../../domain/action.ts';
import { asAction } from '../rollback.ts';

/** The verb by which the facts of an object of a kind are gathered where nothing is wanted of it. */
const verbs: Readonly<Record<string, Action['verb']>> = {
  Deployment: 'rollout restart',
  StatefulSet: 'rollout restart',
  DaemonSet: 'rollout restart',
  Pod: 'delete pod',
  Node: 'uncordon',
  Job: 'suspend',
  CronJob: 'suspend',
};

/**
 * An action by which an object is only looked at, from its key `cluster/namespace/Kind/name`: names of clusters may have
 * slashes, the others have none. Undefined where the closed set has none for such an object.
 */
export function lookAt(key: string): { readonly cluster: string; readonly action: Action } | undefined {
  const [name, kind = '', namespace, ...cluster] = key.split('/').toReversed();
  const target = kind === 'Node' ? { kind, name } : { kind, namespace, name };
  const action = asAction({ verb: verbs[kind], target });
  return action === undefined ? undefined : { cluster: cluster.toReversed().join('/'), action };
}
