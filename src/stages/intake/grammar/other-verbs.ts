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
    'annotate',
    'apply',
    'attach',
    'auth reconcile',
    'autoscale',
    'certificate',
    'cp',
    'create',
    'debug',
    'drain',
    'edit',
    'exec',
    'expose',
    'label',
    'patch',
    'replace',
    'run',
    'set env',
    'set resources',
    'set sa',
    'set selector',
    'set serviceaccount',
    'set subject',
    'taint',
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

export interface KnownVerb {
  readonly group: OtherVerb;
  readonly words: string;
  readonly sentence: string;
}

/** Finds `get`, or `rollout status` before `rollout`; undefined when kubectl has no such command or it is an Action. */
export function otherVerb(first: string, second: string): KnownVerb | undefined {
  for (const words of [`${first} ${second}`, first]) {
    for (const group of ['reads-only', 'outside-set', 'local-only'] as const) {
      if (OTHER_VERBS[group].includes(words))
        return { group, words, sentence: `"${words}" ${SENTENCES[group]}` };
    }
  }
  return undefined;
}
