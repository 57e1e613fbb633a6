import { parseArgs } from 'node:util';
import { inPodOf, type NamedWay, processEnvironment, readClusters, readConfig } from '../../config.ts';
import { ConfigFault } from '../../config-fault.ts';
import type { GitOpsPolicy } from '../../domain/policy/repositories.ts';
import { kubeconfig } from '../sandbox/folder.ts';
import type { Verb } from '../verb.ts';
import { examineAlertmanager } from './alertmanager.ts';
import { examineCluster } from './cluster.ts';
import { examineConfiguration, examineName } from './configuration.ts';
import { examineDatabase } from './database.ts';
import { about, type Finding } from './finding.ts';
import { examineGitHosts } from './git-hosts.ts';
import { examinePrometheus } from './prometheus.ts';
import { examineSlack } from './slack.ts';

const usage = `  doctor [-n NAMESPACE]... [--json]
      Looks at the configuration, the database, Slack, the hosts of Git and the cluster as this environment names them, and
      says what is wrong and what would cure it. Changes nothing and posts nothing. -n are the namespaces that Firebreak is to
      change. Ends with 1 when something is wrong.
`;

export const doctorVerb: Verb = { usage, run: doctor };

const options = {
  namespace: { type: 'string', short: 'n', multiple: true },
  json: { type: 'boolean' },
} as const;

async function doctor(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options });
  const findings = await examineAll(values.namespace ?? []);
  process.stdout.write(values.json === true ? `${JSON.stringify(findings)}\n` : textOf(findings));
  return findings.some(({ kind }) => kind === 'wrong') ? 1 : 0;
}

async function examineAll(namespaces: readonly string[]): Promise<readonly Finding[]> {
  const env = processEnvironment();
  const own = readOwn(env);
  const [database, slack, alertmanager, prometheus, git, cluster] = await Promise.all([
    'config' in own
      ? examineDatabase({}, own.config.policy.retention, own.config.exportFolder)
      : examineDatabase({}, undefined),
    'config' in own ? examineSlack(own.config) : [],
    'config' in own ? examineAlertmanager(own.config) : [],
    'config' in own ? examinePrometheus(own.config) : [],
    'config' in own ? examineGitHosts(own.config) : [],
    examineClusters(own, namespaces),
  ]);
  const configuration = 'config' in own ? examineConfiguration(own.config) : own.findings;
  return [...configuration, ...database, ...slack, ...alertmanager, ...prometheus, ...git, ...cluster];
}

/** Each of several, or the one that KUBECONFIG or the pod says, also where the rest cannot be read. */
async function examineClusters(
  own: ReturnType<typeof readOwn>,
  namespaces: readonly string[],
): Promise<readonly Finding[]> {
  const env = processEnvironment();
  const events = 'config' in own && own.config.policy.warningEvents !== undefined;
  const pauses = 'config' in own && pausesSync(own.config.policy.gitOps);
  const called = (name: string) => ('config' in own ? examineName(own.config, name) : []);
  const asked = { events, pauses };
  const several = clustersOf(own, env);
  if (several === undefined) return [];
  if (several.length === 0)
    return examineCluster({ ...kubeconfig(), ...inPodOf(env) }, namespaces, { ...asked, called });
  const found = await Promise.all(
    several.map(({ name, ...way }) =>
      examineCluster(way, namespaces, { ...asked, name, ...(several.length === 1 ? { called } : {}) }),
    ),
  );
  return found.flat();
}

/** Of FIREBREAK_CLUSTERS, also where the rest cannot be read; undefined where that file cannot, which the configuration says. */
function clustersOf(
  own: ReturnType<typeof readOwn>,
  env: ReturnType<typeof processEnvironment>,
): readonly NamedWay[] | undefined {
  if ('config' in own) return own.config.clusters ?? [];
  try {
    return readClusters(env);
  } catch (fault) {
    if (!(fault instanceof ConfigFault)) throw fault;
    return undefined;
  }
}

/** Only where a repository is read is there anything to act before. */
const pausesSync = ({ hosts, pauseMinutes }: GitOpsPolicy): boolean => hosts.length > 0 && pauseMinutes > 0;

function readOwn(env: ReturnType<typeof processEnvironment>) {
  try {
    return { config: readConfig(env) };
  } catch (fault) {
    if (!(fault instanceof ConfigFault)) throw fault;
    const { wrong } = about('Configuration');
    return { findings: fault.problems.map((problem) => wrong(problem, 'Firebreak does not start with it.')) };
  }
}

const marks = { right: 'ok   ', doubtful: 'note ', wrong: 'WRONG' } as const;

/** A line for each finding, its cure below it, and at the end how many are wrong. */
function textOf(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ about: part }) => part.length));
  const lines = findings.flatMap((finding) => {
    const line = `${marks[finding.kind]}  ${finding.about.padEnd(width)}  ${finding.sentence}`;
    return finding.kind === 'right' ? [line] : [line, `${' '.repeat(width + 9)}-> ${finding.cure}`];
  });
  const wrong = findings.filter(({ kind }) => kind === 'wrong').length;
  const end =
    wrong === 0 ? 'Nothing is wrong.' : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`;
  return `${[...lines, '', end].join('\n')}\n`;
}
