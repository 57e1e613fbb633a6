import { readFileSync } from 'node:fs';
import { connect } from '../adapters/kubernetes/client/connect.ts';
import { type Connection, plainConnection } from '../adapters/kubernetes/client/connection.ts';
import { createCluster, type KubernetesCluster } from '../adapters/kubernetes/cluster.ts';
import { inPodOf, type NamedWay, processEnvironment, readClusters } from '../config.ts';
import { ConfigFault } from '../config-fault.ts';
import { type Facts, facts as factsSchema } from '../domain/facts/facts.ts';
import { readStrictYaml } from '../policy/strict-yaml.ts';
import type { EvaluatorDeps } from '../workflow/intake/evaluate-command.ts';
import type { Cluster } from '../workflow/ports.ts';
import type { Place } from './judging.ts';
import { readAddresses } from './sandbox/fire-alert.ts';
import { kubeconfig, sandboxFolder } from './sandbox/folder.ts';

/**
 * Facts from a file. JSON is YAML too, so places are told for both.
 * @throws ConfigFault when they cannot be read
 */
export function readFacts(file: string): Facts {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (fault) {
    throw new ConfigFault([`--facts: the file ${file} cannot be read (${String(fault)}).`]);
  }
  const read = readStrictYaml(file, text, factsSchema);
  if (read.kind === 'refused') throw new ConfigFault(read.problems);
  return read.value;
}

/** Which cluster is asked: of a kubeconfig, of FIREBREAK_CLUSTERS, of the pod, or of a sandbox. */
export interface Where extends Place {
  readonly kubeconfig?: string | undefined;
  /** Of the kubeconfig; where FIREBREAK_CLUSTERS names several, the name of one of them. */
  readonly context?: string | undefined;
}

/** The cluster of a command line. Connected to when it is asked for the first time: facts from a file need no cluster. */
export function clusterAt(where: Where): EvaluatorDeps['cluster'] & Pick<Cluster, 'ownerOf'> {
  const ask = async <T>(question: (cluster: KubernetesCluster) => Promise<T>): Promise<T> => {
    const { name, connection } = await reach(where);
    const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const cluster = createCluster({ name, connection, log: silent });
    try {
      return await question(cluster);
    } finally {
      await cluster.close();
    }
  };
  return {
    gather: (actions, signal) => ask((cluster) => cluster.gather(actions, signal)),
    select: (group, signal) => ask((cluster) => cluster.select(group, signal)),
    ownerOf: (owned, signal) => ask((cluster) => cluster.ownerOf(owned, signal)),
  };
}

/** The clusters that a command may choose from, as it may in Slack; nothing where there is one alone. */
export function choicesAt(where: Where): Pick<EvaluatorDeps, 'choices'> {
  const names = namedWays(where).map(({ name }) => name);
  if (names.length < 2) return {};
  return { choices: { names, named: (name) => clusterAt({ ...where, context: name }) } };
}

/** Those of FIREBREAK_CLUSTERS; none where something else says which cluster is meant. */
const namedWays = ({ sandbox, kubeconfig: file }: Where): readonly NamedWay[] =>
  sandbox === true || file !== undefined ? [] : readClusters(processEnvironment());

/** The one that is meant of several; undefined where there are none. */
function namedWay(where: Where): NamedWay | undefined {
  const ways = namedWays(where);
  const { context } = where;
  const found = context === undefined ? ways[0] : ways.find(({ name }) => name === context);
  if (found !== undefined || ways.length === 0) return found;
  const names = ways.map(({ name }) => name).join(', ');
  throw new ConfigFault([
    `--context: FIREBREAK_CLUSTERS names no cluster "${context}"; there are ${names}. With --kubeconfig it is a context of that file.`,
  ]);
}

/** A sandbox on a real cluster uses the kubeconfig, as it did when it was started. */
async function reach(where: Where): Promise<{ readonly name: string; readonly connection: Connection }> {
  if (where.sandbox === true) {
    const { clusterUrl } = await readAddresses(sandboxFolder({ ...kubeconfig(), folder: where.folder }));
    if (clusterUrl !== undefined) return { name: 'sandbox', connection: plainConnection(clusterUrl) };
  }
  const named = namedWay(where);
  if (named !== undefined) {
    const { name, ...way } = named;
    return { name, connection: await connect(way) };
  }
  const file = where.kubeconfig ?? kubeconfig().kubeconfig;
  const connection = await connect({
    ...inPodOf(processEnvironment()),
    ...(file === undefined ? {} : { kubeconfig: file }),
    ...(where.context === undefined ? {} : { context: where.context }),
  });
  return { name: connection.cluster, connection };
}

const ignore = (): void => undefined;
