import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { alertSources } from './adapters/http/alert-sources.ts';
import { ConfigFault } from './config-fault.ts';
import { type GitLogins, gitLogins, gitLoginsAgain, gitVariables } from './config-git.ts';
import { type Served, servedBy, servedVariables } from './config-served.ts';
import { placeholderNames } from './domain/incidents/placeholders.ts';
import type { Playbook } from './domain/incidents/playbook.ts';
import { type Policy, policy } from './domain/policy/policy.ts';
import { checkedPolicy } from './policy/check.ts';
import { clustersFile } from './policy/clusters-file.ts';
import { actionsOf, checkedSteps, compiledPlaybook } from './policy/playbook.ts';
import { compileRules } from './policy/rules.ts';
import { placeIn, readStrictYaml } from './policy/strict-yaml.ts';
import { checkTemplate } from './stages/intake/template.ts';

type SlackMode =
  | { readonly kind: 'socket'; readonly appToken: string }
  | {
      readonly kind: 'http';
      readonly signingSecret: string;
      /** Also taken, while Slack changes over to the other. */
      readonly formerSecret?: string;
    };

/** Everything that may differ between two installations, read once and frozen. */
export interface Config extends Served {
  readonly slack: {
    readonly botToken: string;
    readonly mode: SlackMode;
    readonly apiUrl?: string;
    readonly channel: string;
    /** Where messages go while that channel takes none. */
    readonly fallbackChannel?: string;
  };
  /** The bearer token of each alert source that has one, by the source's name. */
  readonly alertTokens: Readonly<Record<string, string>>;
  readonly apiToken?: string;
  /** Who logs in at the Git hosts of the policy, by the host's name: a user, or a GitHub App. */
  readonly gitLogins: GitLogins;
  /** Reads them again, where files have them that others may replace. */
  readonly gitLoginsAgain?: () => GitLogins;
  /** Where the heads of the audit chain are written, besides the channel: a file that the database's owners cannot write. */
  readonly auditAnchorFile?: string;
  /** Where what was learned is exported to every week; absent: nowhere. */
  readonly exportFolder?: string;
  readonly database:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'embedded'; readonly dataDir: string };
  readonly kubeconfig?: string;
  /** Each with its name and how it is reached, the default first; absent: the one that the two others say. */
  readonly clusters?: readonly NamedWay[];
  /** The API server of the cluster that this process runs in, where it runs in a pod. */
  readonly inPod?: { readonly host: string; readonly port: number };
  readonly host: string;
  readonly port: number;
  readonly logLevel: (typeof levels)[number];
  readonly policy: Policy;
  /** How to read the policy again; absent when there is no file. */
  readonly policySource?: { readonly file: string; readonly read: () => Policy };
  readonly playbooks: readonly Playbook[];
}

/** A cluster by the name that people give it, and the way there. */
export interface NamedWay {
  readonly name: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly inPod?: { readonly host: string; readonly port: number };
}

/** Secrets mounted from files end in a newline; an empty variable counts as unset, as shells produce them. */
const trimmed = (value: string | undefined) => value?.trim() || undefined;

const trimUnknown = (value: unknown) => (typeof value === 'string' ? trimmed(value) : value);

const optional = <T extends z.ZodType>(schema: T) => z.preprocess(trimUnknown, schema.optional());

const required = (error: string) => z.preprocess(trimUnknown, z.string({ error }));

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** Several with blanks between them hold at once, while one takes the place of another. */
const token = optional(
  z.string().refine((text) => text.split(/\s+/).every((each) => each.length >= 16), {
    error: 'must have at least 16 characters',
  }),
);

const portNumber = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
    error: 'must be a port number from 0 to 65535',
  })
  .transform(Number);

const environment = z.object({
  SLACK_BOT_TOKEN: required('must be set to the bot token of the Slack app (xoxb-...)'),
  SLACK_APP_TOKEN: optional(z.string()),
  SLACK_SIGNING_SECRET: optional(z.string()),
  SLACK_API_URL: optional(
    z.url({ error: 'must be the URL of a Slack-compatible API, such as http://127.0.0.1:3111/api/' }),
  ),
  FIREBREAK_CHANNEL: required('must be set to the id of the channel for cards (C0123456789)'),
  FIREBREAK_FALLBACK_CHANNEL: optional(z.string()),
  FIREBREAK_POLICY: optional(z.string()),
  FIREBREAK_PLAYBOOKS: optional(z.string()),
  FIREBREAK_API_TOKEN: token,
  FIREBREAK_AUDIT_ANCHOR_FILE: optional(z.string()),
  FIREBREAK_EXPORT_DIR: optional(z.string()),
  DATABASE_URL: optional(
    z.url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a URL such as postgres://user:password@host:5432/firebreak',
    }),
  ),
  KUBECONFIG: optional(z.string()),
  FIREBREAK_CLUSTERS: optional(z.string()),
  KUBERNETES_SERVICE_HOST: optional(z.string()),
  KUBERNETES_SERVICE_PORT: optional(portNumber),
  POD_NAMESPACE: optional(z.string()),
  HOST: optional(z.string()),
  PORT: optional(portNumber),
  LOG_LEVEL: optional(z.enum(levels, { error: `must be one of ${levels.join(', ')}` })),
});

/** Where the database lies when DATABASE_URL names no other. */
export const embeddedFolder = '.firebreak/postgres';

/**
 * Reads the environment and the files it names, whole and strictly.
 *
 * @throws ConfigFault with every problem found, not only the first
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values = collect(problems, () => readEnvironment(env));
  const alertTokens = collect(problems, () => readAlertTokens(env));
  const served = collect(problems, () => readServed(env));
  const logins = collect(problems, () => readGitLogins(env));
  const mode = collect(problems, () => slackMode(env));
  const clusters = collect(problems, () => readClusters(env));
  const chosenPolicy = collect(problems, () => loadPolicy(trimmed(env['FIREBREAK_POLICY'])));
  const playbooks = collect(problems, () => loadPlaybooks(trimmed(env['FIREBREAK_PLAYBOOKS'])));
  if (!values || !alertTokens || !served || !logins || !mode || !chosenPolicy || !playbooks || !clusters)
    throw new ConfigFault(problems);
  const ownNamespace = values.POD_NAMESPACE ?? mountedNamespace() ?? 'firebreak';
  const policyFile = trimmed(env['FIREBREAK_POLICY']);
  return deepFreeze({
    slack: {
      botToken: values.SLACK_BOT_TOKEN,
      channel: values.FIREBREAK_CHANNEL,
      ...(values.FIREBREAK_FALLBACK_CHANNEL === undefined
        ? {}
        : { fallbackChannel: values.FIREBREAK_FALLBACK_CHANNEL }),
      mode,
      ...(values.SLACK_API_URL === undefined ? {} : { apiUrl: values.SLACK_API_URL }),
    },
    alertTokens,
    ...logins,
    ...(values.FIREBREAK_API_TOKEN === undefined ? {} : { apiToken: values.FIREBREAK_API_TOKEN }),
    ...served,
    ...(values.FIREBREAK_AUDIT_ANCHOR_FILE === undefined
      ? {}
      : { auditAnchorFile: values.FIREBREAK_AUDIT_ANCHOR_FILE }),
    ...(values.FIREBREAK_EXPORT_DIR === undefined ? {} : { exportFolder: values.FIREBREAK_EXPORT_DIR }),
    database:
      values.DATABASE_URL === undefined
        ? { kind: 'embedded', dataDir: resolve(embeddedFolder) }
        : { kind: 'url', url: values.DATABASE_URL },
    ...(values.KUBECONFIG === undefined ? {} : { kubeconfig: values.KUBECONFIG }),
    ...inPodOf(env),
    ...(clusters.length === 0 ? {} : { clusters }),
    host: values.HOST ?? '127.0.0.1',
    port: values.PORT ?? 3000,
    logLevel: values.LOG_LEVEL ?? 'info',
    policy: { ...chosenPolicy, ownNamespace },
    ...(policyFile === undefined
      ? {}
      : {
          policySource: {
            file: policyFile,
            read: () => deepFreeze({ ...loadPolicy(policyFile), ownNamespace }),
          },
        }),
    playbooks,
  });
}

/**
 * The clusters of the file that FIREBREAK_CLUSTERS names, the default first; none without it.
 *
 * @throws ConfigFault with every problem of the file
 */
export function readClusters(env: Readonly<Record<string, string | undefined>>): readonly NamedWay[] {
  const file = trimmed(env['FIREBREAK_CLUSTERS']);
  if (file === undefined) return [];
  const { clusters, default: chosen } = load('FIREBREAK_CLUSTERS', file, clustersFile);
  const usual = trimmed(env['KUBECONFIG']);
  const { inPod } = inPodOf(env);
  const problems: string[] = [];
  const ways = Object.entries(clusters).map(([name, { kubeconfig = usual, context, pod }]): NamedWay => {
    if (pod === true) {
      if (inPod !== undefined) return { name, inPod };
      problems.push(`${file}: clusters.${name}.pod: Firebreak does not run in a pod here.`);
    } else if (kubeconfig === undefined)
      problems.push(`${file}: clusters.${name}: there is no kubeconfig; name one, or set KUBECONFIG.`);
    return {
      name,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    };
  });
  if (problems.length > 0) throw new ConfigFault(problems);
  return ways.toSorted((a, b) => Number(b.name === chosen) - Number(a.name === chosen));
}

const pod = environment.pick({ KUBERNETES_SERVICE_HOST: true, KUBERNETES_SERVICE_PORT: true });

/** The way to the API server that the kubelet tells every container; both or nothing. */
export function inPodOf(env: Readonly<Record<string, string | undefined>>): Pick<Config, 'inPod'> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = checked(pod.safeParse(env));
  return host === undefined || port === undefined ? {} : { inPod: { host, port } };
}

/** Runs one reading and keeps what is wrong with it, so that the operator reads everything at once. */
function collect<T>(problems: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof ConfigFault)) throw fault;
    problems.push(...fault.problems);
    return undefined;
  }
}

function readEnvironment(env: Readonly<Record<string, string | undefined>>): z.infer<typeof environment> {
  return checked(environment.safeParse(env));
}

/** What else is asked over HTTP. */
function readServed(env: Readonly<Record<string, string | undefined>>): Served {
  const plain = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, trimmed(value)]));
  return servedBy(checked(servedVariables.safeParse(plain)));
}

function readGitLogins(
  env: Readonly<Record<string, string | undefined>>,
): Pick<Config, 'gitLogins' | 'gitLoginsAgain'> {
  const plain = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, trimmed(value)]));
  const values = checked(gitVariables.safeParse(plain));
  const again = gitLoginsAgain(values);
  return { gitLogins: gitLogins(values), ...(again === undefined ? {} : { gitLoginsAgain: again }) };
}

function readAlertTokens(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const variables = z.object(Object.fromEntries(alertSources.map(({ variable }) => [variable, token])));
  const values = checked(variables.safeParse(env));
  return Object.fromEntries(
    alertSources.flatMap(({ name, variable }) => {
      const value = values[variable];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** @throws ConfigFault with one sentence for each variable that is wrong */
function checked<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  throw new ConfigFault(
    parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')} ${issue.message}`),
  );
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}

/** The environment of this process; nothing else reads it. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

function slackMode(env: Readonly<Record<string, string | undefined>>): SlackMode {
  const appToken = trimmed(env['SLACK_APP_TOKEN']);
  const [signingSecret, formerSecret, ...more] = trimmed(env['SLACK_SIGNING_SECRET'])?.split(/\s+/) ?? [];
  if (appToken !== undefined) return { kind: 'socket', appToken };
  if (more.length > 0)
    throw new ConfigFault([
      'SLACK_SIGNING_SECRET must be one secret, or the new and the old with a blank between.',
    ]);
  if (signingSecret !== undefined)
    return { kind: 'http', signingSecret, ...(formerSecret === undefined ? {} : { formerSecret }) };
  throw new ConfigFault([
    'SLACK_APP_TOKEN (xapp-..., for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) must be set.',
  ]);
}

/** Where Kubernetes tells a pod its namespace (kubernetes.io, "Accessing the Kubernetes API from a Pod"). */
const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

function mountedNamespace(): string | undefined {
  try {
    return trimmed(readFileSync(namespaceFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Without a file the defaults hold, and they name no approver: only the auto tier can run.
 *
 * @param named what named the file, for the sentence that it cannot be read
 */
export function loadPolicy(file: string | undefined, named = 'FIREBREAK_POLICY'): Policy {
  if (file === undefined) return policy.parse({ version: 1 });
  const loaded = load(named, file, checkedPolicy);
  return { ...loaded, predicates: compileRules(loaded) };
}

/** One playbook. @throws ConfigFault with every problem of the file */
export const loadPlaybook = (file: string, named: string): Playbook =>
  compiledPlaybook(load(named, file, checkedPlaybook));

/** All `*.yaml` and `*.yml` of a folder, by name. Two playbooks of one name are a problem. */
export function loadPlaybooks(folder: string | undefined): readonly Playbook[] {
  if (folder === undefined) return [];
  const files = listFiles(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort();
  const problems: string[] = [];
  const loaded = files.flatMap((file) => {
    const read = collect(problems, () => loadPlaybook(join(folder, file), 'FIREBREAK_PLAYBOOKS'));
    return read === undefined ? [] : [{ file: join(folder, file), read }];
  });
  const nameAt = (file: string) => placeIn(file, readText('FIREBREAK_PLAYBOOKS', file), ['name']);
  for (const { file, read } of loaded) {
    const first = loaded.find((each) => each.read.name === read.name);
    if (first === undefined || first.file === file) continue;
    const other = `the first is at ${nameAt(first.file)}`;
    problems.push(
      `${nameAt(file)}: name: two playbooks are named "${read.name}"; give one of them another name (${other})`,
    );
  }
  if (problems.length > 0) throw new ConfigFault(problems);
  return loaded.map(({ read }) => read);
}

/** A playbook whose action is not a command would be found out by the alert that needs it. */
const checkedPlaybook = checkedSteps.check(({ value, issues }) => {
  for (const { path, action } of actionsOf(value)) {
    const checked = checkTemplate(action, placeholderNames);
    if (checked.kind !== 'action')
      issues.push({ code: 'custom', path: [...path], message: checked.refusal.reason, input: value });
  }
});

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (fault) {
    throw new ConfigFault([`FIREBREAK_PLAYBOOKS: the folder ${folder} cannot be read (${reasonOf(fault)}).`]);
  }
}

function load<T>(variable: string, file: string, schema: z.ZodType<T>): T {
  const loaded = readStrictYaml(file, readText(variable, file), schema);
  if (loaded.kind === 'refused') throw new ConfigFault(loaded.problems);
  return loaded.value;
}

function readText(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (fault) {
    throw new ConfigFault([`${variable}: the file ${file} cannot be read (${reasonOf(fault)}).`]);
  }
}

function reasonOf(fault: unknown): string {
  return fault instanceof Error && 'code' in fault ? String(fault.code) : String(fault);
}
