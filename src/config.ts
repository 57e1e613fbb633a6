import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Playbook, playbook } from './domain/playbook.ts';
import { type Policy, policy } from './domain/policy.ts';
import { readStrictYaml } from './strict-yaml.ts';

/** Something in the environment or in a file is wrong. `problems` are sentences for the operator, one a line. */
export class ConfigFault extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigFault';
    this.problems = problems;
  }
}

export type SlackMode =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string };

/** Everything that may differ between two installations, read once and frozen. */
export interface Config {
  readonly slack: {
    readonly botToken: string;
    readonly mode: SlackMode;
    readonly apiUrl?: string;
    readonly channel: string;
  };
  readonly alertmanagerToken?: string;
  readonly database:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'embedded'; readonly dataDir: string };
  readonly kubeconfig?: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly policy: Policy;
  readonly playbooks: readonly Playbook[];
}

/** An empty variable counts as unset, as shells and Kubernetes manifests produce them. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const environment = z.object({
  SLACK_BOT_TOKEN: z.string({ error: 'must be set to the bot token of the Slack app (xoxb-...)' }).min(1),
  SLACK_APP_TOKEN: optional(z.string()),
  SLACK_SIGNING_SECRET: optional(z.string()),
  SLACK_API_URL: optional(
    z.url({ error: 'must be the URL of a Slack-compatible API, such as http://127.0.0.1:3111/api/' }),
  ),
  FIREBREAK_CHANNEL: z
    .string({ error: 'must be set to the id of the channel for cards (C0123456789)' })
    .min(1),
  FIREBREAK_POLICY: optional(z.string()),
  FIREBREAK_PLAYBOOKS: optional(z.string()),
  ALERTMANAGER_TOKEN: optional(z.string().min(16, 'must have at least 16 characters')),
  DATABASE_URL: optional(
    z.url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a URL such as postgres://user:password@host:5432/firebreak',
    }),
  ),
  KUBECONFIG: optional(z.string()),
  HOST: optional(z.string()),
  PORT: optional(z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65_535)),
  LOG_LEVEL: optional(z.enum(['debug', 'info', 'warn', 'error', 'silent'])),
});

type Environment = z.infer<typeof environment>;

/**
 * Reads the environment and the files it names, whole and strictly.
 *
 * @throws ConfigFault with every problem found, not only the first
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    throw new ConfigFault(
      parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')} ${issue.message}`),
    );
  }
  const values = parsed.data;
  const config: Config = {
    slack: {
      botToken: values.SLACK_BOT_TOKEN,
      channel: values.FIREBREAK_CHANNEL,
      mode: slackMode(values),
      ...(values.SLACK_API_URL === undefined ? {} : { apiUrl: values.SLACK_API_URL }),
    },
    ...(values.ALERTMANAGER_TOKEN === undefined ? {} : { alertmanagerToken: values.ALERTMANAGER_TOKEN }),
    database:
      values.DATABASE_URL === undefined
        ? { kind: 'embedded', dataDir: resolve('.firebreak/postgres') }
        : { kind: 'url', url: values.DATABASE_URL },
    ...(values.KUBECONFIG === undefined ? {} : { kubeconfig: values.KUBECONFIG }),
    host: values.HOST ?? '127.0.0.1',
    port: values.PORT ?? 3000,
    logLevel: values.LOG_LEVEL ?? 'info',
    policy: loadPolicy(values.FIREBREAK_POLICY),
    playbooks: loadPlaybooks(values.FIREBREAK_PLAYBOOKS),
  };
  return Object.freeze(config);
}

/** The environment of this process; nothing else reads it. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

function slackMode({
  SLACK_APP_TOKEN: appToken,
  SLACK_SIGNING_SECRET: signingSecret,
}: Environment): SlackMode {
  if (appToken !== undefined) return { kind: 'socket', appToken };
  if (signingSecret !== undefined) return { kind: 'http', signingSecret };
  throw new ConfigFault([
    'SLACK_APP_TOKEN (xapp-..., for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) must be set.',
  ]);
}

/** Without a file the defaults hold, and they name no approver: only the auto tier can run. */
export function loadPolicy(file: string | undefined): Policy {
  if (file === undefined) return policy.parse({ version: 1 });
  return load('FIREBREAK_POLICY', file, policy);
}

/** All `*.yaml` and `*.yml` of a folder, by name. Two playbooks of one name are a problem. */
export function loadPlaybooks(folder: string | undefined): readonly Playbook[] {
  if (folder === undefined) return [];
  const files = listFiles(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort();
  const loaded = files.map((file) => load('FIREBREAK_PLAYBOOKS', join(folder, file), playbook));
  const names = loaded.map((each) => each.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ConfigFault([`${folder}: two playbooks are named "${twice}"; names must differ.`]);
  return loaded;
}

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
