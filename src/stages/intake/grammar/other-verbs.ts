/** Why a kubectl command that exists is not an Action. */
type OtherVerb = 'reads-only' | 'outside-set' | 'local-only';

/**
 * Every other command of kubectl 1.36 (`kubectl --help` and the help of `auth`, `config`, `rollout`, `set`), by what
 * it does. A word of its own stands for all its subcommands unless one is listed with two words.
 */
const OTHER_VERBS: Readonly<Record<OtherVerb, readonly string[]>> = {
  'reads-only': [
    'api-resources',
    'api-versions',
    'auth',
    'cluster-info',
    'describe',
    'diff',
    'events',
    'explain',
    'get',
    'logs',
    'rollout history',
    'rollout status',
    'top',
    'version',
    'wait',
  ],
  'outside-set': [
    'alpha',
    'apply',
    'attach',
    'auth reconcile',
    'certificate',
    'cp',
    'create',
    'debug',
    'edit',
    'exec',
    'expose',
    'replace',
    'run',
    'set sa',
    'set selector',
    'set serviceaccount',
    'set subject',
  ],
  'local-only': [
    'completion',
    'config',
    'convert',
    'kuberc',
    'kustomize',
    'options',
    'plugin',
    'port-forward',
    'proxy',
  ],
};

const SENTENCES: Readonly<Record<OtherVerb, string>> = {
  'reads-only': 'only reads; Firebreak is for changes. Run it with kubectl.',
  'outside-set': "is not in Firebreak's closed set of actions.",
  'local-only': 'works on your own machine, not on the cluster. Run it with kubectl.',
};

const MANIFESTS =
  'Firebreak applies no manifests; one field is changed with set image, set env, set resources, scale or patch.';
const RIGHTS = 'It changes which rights or which pods belong together, which is no repair.';
const SHELLS = 'What is run inside a container cannot be judged or taken back.';

/** What somebody who typed it may want to know or do instead. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['apply', MANIFESTS],
  ['replace', MANIFESTS],
  ['edit', MANIFESTS],
  ['create', 'The one thing that it creates is a Job: "create job NAME --from=cronjob/NAME".'],
  ['run', 'It starts no pods of its own; "create job NAME --from=cronjob/NAME" runs a CronJob now.'],
  ['exec', SHELLS],
  ['attach', SHELLS],
  ['debug', SHELLS],
  ['cp', SHELLS],
  ['set sa', RIGHTS],
  ['set serviceaccount', RIGHTS],
  ['set selector', RIGHTS],
  ['set subject', RIGHTS],
]);

const BY_WORDS: ReadonlyMap<string, OtherVerb> = new Map(
  (['reads-only', 'outside-set', 'local-only'] as const).flatMap((group) =>
    OTHER_VERBS[group].map((words) => [words, group] as const),
  ),
);

export interface KnownVerb {
  readonly group: OtherVerb;
  readonly words: string;
  readonly sentence: string;
}

/** Finds `get`, or `rollout status` before `rollout`; undefined when kubectl has no such command or it is an Action. */
export function otherVerb(first: string, second?: string): KnownVerb | undefined {
  for (const words of [`${first} ${second}`, first]) {
    const group = BY_WORDS.get(words);
    if (group === undefined) continue;
    const hint = HINTS.get(words);
    return {
      group,
      words,
      sentence: `"${words}" ${SENTENCES[group]}${hint === undefined ? '' : ` ${hint}`}`,
    };
  }
  return undefined;
}
