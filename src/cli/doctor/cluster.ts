import { connect, type Way } from '../../adapters/kubernetes/client/connect.ts';
import type { Connection } from '../../adapters/kubernetes/client/connection.ts';
import {
  type Right,
  rightsMissing,
  rightsOnNodes,
  rightsToAct,
  rightsToPause,
  rightsToRead,
  rightsToWatch,
} from '../../adapters/kubernetes/rights.ts';
import { about, type Finding, sentenceOf } from './finding.ts';

/** Milliseconds for all that is asked. */
const patience = 15_000;

/**
 * Whether the cluster answers, and every right in it. `namespaces` are those that Firebreak is to change; `events`: whether the
 * policy takes Warning events; `name`: of one of several; `pauses`: whether it lets GitOps tools be paused in an emergency;
 * `called`: what is to be said of the name of one that is here alone.
 */
export async function examineCluster(
  way: Way,
  namespaces: readonly string[],
  {
    events,
    name,
    pauses = false,
    called = () => [],
  }: {
    readonly events: boolean;
    readonly name?: string;
    readonly pauses?: boolean;
    readonly called?: (name: string) => readonly Finding[];
  },
): Promise<readonly Finding[]> {
  const { right, doubtful, wrong } = about(name === undefined ? 'Cluster' : `Cluster ${name}`);
  let connection: Connection | undefined;
  try {
    connection = await connect(way);
    const ask = asker(connection, right);
    return [
      ...called(name ?? connection.cluster),
      await ask(rightsToRead(), 'Everything that is judged by can be read.', (missing) =>
        wrong(`It may not ${missing}: what is not read is an unknown, and raises the tier.`, apply),
      ),
      ...(events
        ? [
            await ask(rightsToWatch(), 'Warning events can be watched.', (missing) =>
              wrong(`It may not ${missing}: the policy's warningEvents come to nothing.`, apply),
            ),
          ]
        : []),
      ...(await Promise.all(
        namespaces.map((each) =>
          ask(rightsToAct(each), `Everything may be done in namespace ${each}.`, (missing) =>
            doubtful(
              `In namespace ${each} it may not ${missing.replaceAll(` in namespace ${each}`, '')}: such requests end at the dry run.`,
              bind(each),
            ),
          ),
        ),
      )),
      ...(pauses
        ? [
            await ask(rightsToPause(), 'Argo CD and Flux may be paused in an emergency.', (missing) =>
              doubtful(
                `It may not ${missing}: in an emergency the sync of these is not paused.`,
                'kubectl apply -k deploy/overlays/sync-pause, if that is meant.',
              ),
            ),
          ]
        : []),
      await ask(rightsOnNodes(), 'Nodes may be cordoned and drained.', (missing) =>
        doubtful(`It may not ${missing}: nodes are left alone.`, 'Bind firebreak-nodes, if that is meant.'),
      ),
    ];
  } catch (fault) {
    const where = name === undefined ? 'KUBECONFIG' : `clusters.${name} of FIREBREAK_CLUSTERS`;
    return [wrong(sentenceOf(fault), `Look at ${where}, or at the service account of the pod.`)];
  } finally {
    await connection?.close();
  }
}

const apply = 'kubectl apply -f deploy/base/rbac.yaml';
const bind = (namespace: string): string =>
  `kubectl create rolebinding firebreak -n ${namespace} --clusterrole=firebreak-act --serviceaccount=firebreak:firebreak`;

function asker(connection: Connection, right: (sentence: string) => Finding) {
  const signal = AbortSignal.timeout(patience);
  return async (
    rights: readonly Right[],
    well: string,
    lacking: (missing: string) => Finding,
  ): Promise<Finding> => {
    const missing = await rightsMissing(connection, rights, signal);
    return missing.length === 0 ? right(well) : lacking(missing.join(', '));
  };
}
