import type { CommandName } from './command-name.ts';
import type { RefusalCode } from './refusal.ts';

/** The flags whose value becomes part of the Action, or decides how another part is read. */
export type UsedFlag =
  | 'namespace'
  | 'selector'
  | 'replicas'
  | 'current-replicas'
  | 'to-revision'
  | 'overwrite'
  | 'ignore-daemonsets'
  | 'delete-emptydir-data'
  | 'force'
  | 'containers'
  | 'env'
  | 'limits'
  | 'requests'
  | 'min'
  | 'max'
  | 'cpu'
  | 'cpu-percent'
  | 'name'
  | 'from'
  | 'patch'
  | 'type';

/** What happens to a flag: it is used, it is let go with a note, or the command is refused. */
export type FlagMeaning =
  | {
      readonly kind: 'used';
      readonly as: UsedFlag;
      readonly commands: readonly CommandName[] | 'all';
      /** May be given several times; otherwise two values are one too many to be sure which was meant. */
      readonly repeatable?: boolean;
    }
  | { readonly kind: 'noted'; readonly note: string }
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly reason: string;
      /** The same command without the flag is worth offering: it asks for the same target and the same change. */
      readonly offerWithout: boolean;
    };

export interface FlagRule {
  readonly long: string;
  readonly short?: string;
  /** A switch takes a value only as `--wait=false`; the other flags also take the next word (pflag's NoOptDefVal). */
  readonly takes: 'value' | 'switch';
  readonly meaning: FlagMeaning;
  /** Commands for which the flag means something else. */
  readonly except?: Readonly<Partial<Record<CommandName, FlagMeaning>>>;
}

/** What the flag means for this command. */
export function meaningOf({ meaning, except }: FlagRule, command: CommandName): FlagMeaning {
  return except?.[command] ?? meaning;
}

const outputOnly: FlagMeaning = {
  kind: 'noted',
  note: 'has no effect: it only changes what kubectl prints.',
};
const clientOnly: FlagMeaning = {
  kind: 'noted',
  note: 'has no effect: it only concerns the kubectl program.',
};
const watching: FlagMeaning = {
  kind: 'noted',
  note: 'has no effect: Firebreak watches the result by its own verification plan.',
};
const otherCluster: FlagMeaning = {
  kind: 'refused',
  code: 'other-cluster',
  reason: 'Firebreak acts only on the cluster it is configured for; the command cannot choose another.',
  offerWithout: false,
};
const otherIdentity: FlagMeaning = {
  kind: 'refused',
  code: 'other-identity',
  reason:
    'Firebreak acts only as its own service account; never put credentials or identities into a command.',
  offerWithout: false,
};
const strict: FlagMeaning = {
  kind: 'noted',
  note: 'has no effect: Firebreak always has the API server check every field.',
};
const readsOnly: FlagMeaning = {
  kind: 'refused',
  code: 'reads-only',
  reason: 'With this flag the command only reads; Firebreak is for changes. Run it with kubectl.',
  offerWithout: false,
};
const fromFile: FlagMeaning = {
  kind: 'refused',
  code: 'file',
  reason: 'Firebreak reads no files; name the object itself.',
  offerWithout: false,
};

function used(
  as: UsedFlag,
  commands: readonly CommandName[] | 'all',
  extra: { readonly repeatable?: boolean } = {},
): FlagMeaning {
  return { kind: 'used', as, commands, ...extra };
}

function manyTargets(reason: string): FlagMeaning {
  return { kind: 'refused', code: 'several-targets', reason, offerWithout: false };
}

function notOffered(reason: string, offerWithout = true): FlagMeaning {
  return { kind: 'refused', code: 'not-offered', reason, offerWithout };
}

function unsafeDelete(reason: string): FlagMeaning {
  return { kind: 'refused', code: 'unsafe-delete', reason, offerWithout: true };
}

const envReference = notOffered('It belongs to --from, and references are not offered here.', false);
const applied = notOffered('Firebreak keeps no copy of the object in an annotation of it.');
const guarded = notOffered(
  'A resource version cannot guard the change here; Firebreak guards it by what the card has shown.',
);

const dryRun: FlagMeaning = {
  kind: 'refused',
  code: 'dry-run',
  reason:
    'Firebreak always does a server dry run first and shows it; nothing runs before its approval. Leave it out.',
  offerWithout: true,
};

/**
 * Every flag of the supported commands and kubectl's global ones (`kubectl options`, help of each command, 1.36).
 * A flag that would change what happens is never dropped in silence: it is used, refused, or noted as without effect.
 */
const FLAGS: readonly FlagRule[] = [
  { long: 'namespace', short: 'n', takes: 'value', meaning: used('namespace', 'all') },
  { long: 'selector', short: 'l', takes: 'value', meaning: used('selector', 'all') },
  { long: 'replicas', takes: 'value', meaning: used('replicas', ['scale']) },
  { long: 'current-replicas', takes: 'value', meaning: used('current-replicas', ['scale']) },
  { long: 'to-revision', takes: 'value', meaning: used('to-revision', ['rollout undo']) },
  {
    long: 'overwrite',
    takes: 'switch',
    meaning: used('overwrite', ['label', 'annotate', 'taint', 'set env']),
  },
  { long: 'ignore-daemonsets', takes: 'switch', meaning: used('ignore-daemonsets', ['drain']) },
  { long: 'delete-emptydir-data', takes: 'switch', meaning: used('delete-emptydir-data', ['drain']) },
  // Its name until kubectl 1.20, still in many runbooks.
  { long: 'delete-local-data', takes: 'switch', meaning: used('delete-emptydir-data', ['drain']) },
  {
    long: 'containers',
    short: 'c',
    takes: 'value',
    meaning: used('containers', ['set env', 'set resources']),
  },
  { long: 'env', short: 'e', takes: 'value', meaning: used('env', ['set env'], { repeatable: true }) },
  { long: 'limits', takes: 'value', meaning: used('limits', ['set resources']) },
  { long: 'requests', takes: 'value', meaning: used('requests', ['set resources']) },
  { long: 'min', takes: 'value', meaning: used('min', ['autoscale']) },
  { long: 'max', takes: 'value', meaning: used('max', ['autoscale']) },
  { long: 'cpu', takes: 'value', meaning: used('cpu', ['autoscale']) },
  { long: 'cpu-percent', takes: 'value', meaning: used('cpu-percent', ['autoscale']) },
  { long: 'name', takes: 'value', meaning: used('name', ['autoscale']) },
  {
    long: 'from',
    takes: 'value',
    meaning: used('from', ['create job']),
    except: {
      'set env': notOffered(
        'Variables that refer to a ConfigMap or Secret are not offered; put the reference into the manifest.',
        false,
      ),
    },
  },
  { long: 'patch', short: 'p', takes: 'value', meaning: used('patch', ['patch']) },
  { long: 'type', takes: 'value', meaning: used('type', ['patch']) },

  { long: 'output', short: 'o', takes: 'value', meaning: outputOnly },
  { long: 'template', takes: 'value', meaning: outputOnly },
  { long: 'show-managed-fields', takes: 'switch', meaning: outputOnly },
  { long: 'allow-missing-template-keys', takes: 'switch', meaning: outputOnly },
  { long: 'warnings-as-errors', takes: 'switch', meaning: clientOnly },
  { long: 'v', short: 'v', takes: 'value', meaning: clientOnly },
  { long: 'vmodule', takes: 'value', meaning: clientOnly },
  { long: 'log-flush-frequency', takes: 'value', meaning: clientOnly },
  { long: 'cache-dir', takes: 'value', meaning: clientOnly },
  { long: 'profile', takes: 'value', meaning: clientOnly },
  { long: 'profile-output', takes: 'value', meaning: clientOnly },
  { long: 'match-server-version', takes: 'switch', meaning: clientOnly },
  { long: 'disable-compression', takes: 'switch', meaning: clientOnly },
  { long: 'request-timeout', takes: 'value', meaning: clientOnly },
  { long: 'chunk-size', takes: 'value', meaning: clientOnly },
  { long: 'validate', takes: 'switch', meaning: strict },
  { long: 'timeout', takes: 'value', meaning: watching },
  { long: 'wait', takes: 'switch', meaning: watching },
  { long: 'watch', short: 'w', takes: 'switch', meaning: watching },
  {
    long: 'record',
    takes: 'switch',
    meaning: { kind: 'noted', note: 'has no effect: Firebreak keeps its own record of every change.' },
  },
  {
    long: 'ignore-not-found',
    takes: 'switch',
    meaning: { kind: 'noted', note: 'has no effect: Firebreak says so when the object is not there.' },
  },
  {
    long: 'interactive',
    short: 'i',
    takes: 'switch',
    meaning: { kind: 'noted', note: 'has no effect: Firebreak asks for approval as its policy says.' },
  },

  { long: 'context', takes: 'value', meaning: otherCluster },
  { long: 'cluster', takes: 'value', meaning: otherCluster },
  { long: 'kubeconfig', takes: 'value', meaning: otherCluster },
  { long: 'kuberc', takes: 'value', meaning: otherCluster },
  { long: 'server', short: 's', takes: 'value', meaning: otherCluster },
  { long: 'tls-server-name', takes: 'value', meaning: otherCluster },
  { long: 'certificate-authority', takes: 'value', meaning: otherCluster },
  { long: 'insecure-skip-tls-verify', takes: 'switch', meaning: otherCluster },
  { long: 'as', takes: 'value', meaning: otherIdentity },
  { long: 'as-group', takes: 'value', meaning: otherIdentity },
  { long: 'as-uid', takes: 'value', meaning: otherIdentity },
  { long: 'as-user-extra', takes: 'value', meaning: otherIdentity },
  { long: 'user', takes: 'value', meaning: otherIdentity },
  { long: 'username', takes: 'value', meaning: otherIdentity },
  { long: 'password', takes: 'value', meaning: otherIdentity },
  { long: 'token', takes: 'value', meaning: otherIdentity },
  { long: 'client-certificate', takes: 'value', meaning: otherIdentity },
  { long: 'client-key', takes: 'value', meaning: otherIdentity },

  {
    long: 'all',
    takes: 'switch',
    meaning: manyTargets(
      'All objects of a namespace are never one repair; name them, or choose them by label with -l.',
    ),
  },
  {
    long: 'all-namespaces',
    short: 'A',
    takes: 'switch',
    meaning: manyTargets('A command acts in one namespace; name it with -n.'),
  },
  {
    long: 'field-selector',
    takes: 'value',
    meaning: manyTargets('Objects are chosen by name or by label (-l) here, not by their fields.'),
  },
  { long: 'list', takes: 'switch', meaning: readsOnly },
  { long: 'filename', short: 'f', takes: 'value', meaning: fromFile },
  { long: 'kustomize', short: 'k', takes: 'value', meaning: fromFile },
  { long: 'recursive', short: 'R', takes: 'switch', meaning: fromFile },

  { long: 'patch-file', takes: 'value', meaning: fromFile },

  { long: 'dry-run', takes: 'switch', meaning: dryRun },
  {
    long: 'force',
    takes: 'switch',
    meaning: unsafeDelete(
      'A forced deletion removes the pod from the API while its containers may still run; with a StatefulSet that can corrupt data.',
    ),
    except: { drain: used('force', ['drain']) },
  },
  {
    long: 'grace-period',
    takes: 'value',
    meaning: unsafeDelete(
      "Firebreak deletes with the pod's own grace period, so that it can shut down cleanly.",
    ),
    except: {
      drain: unsafeDelete(
        "Firebreak evicts with each pod's own grace period, so that it can shut down cleanly.",
      ),
    },
  },
  {
    long: 'now',
    takes: 'switch',
    meaning: unsafeDelete(
      "--now leaves the pod one second to shut down; Firebreak keeps the pod's own grace period.",
    ),
  },
  {
    long: 'cascade',
    takes: 'switch',
    meaning: notOffered(
      "How dependents are deleted cannot be chosen here: a Job's pods go with it, and pods have none of their own.",
    ),
  },
  {
    long: 'raw',
    takes: 'value',
    meaning: notOffered('Raw API paths are not accepted; name the object.', false),
  },
  {
    long: 'resource-version',
    takes: 'value',
    meaning: notOffered('A resource version cannot guard the change here; --current-replicas can.', false),
    except: { label: guarded, annotate: guarded },
  },
  {
    long: 'local',
    takes: 'switch',
    meaning: notOffered('--local changes nothing on the cluster; Firebreak is for changes.', false),
  },
  {
    long: 'field-manager',
    takes: 'value',
    meaning: notOffered('Firebreak writes under its own field manager, which names the remediation.'),
  },
  {
    long: 'disable-eviction',
    takes: 'switch',
    meaning: unsafeDelete(
      '--disable-eviction deletes pods past their disruption budgets; Firebreak only evicts, which respects them.',
    ),
  },
  {
    long: 'pod-selector',
    takes: 'value',
    meaning: notOffered(
      'A drain empties the node of everything that can go; a part of its pods cannot be chosen.',
      false,
    ),
  },
  {
    long: 'skip-wait-for-delete-timeout',
    takes: 'value',
    meaning: notOffered('Firebreak waits for every pod that is already shutting down.'),
  },
  { long: 'prefix', takes: 'value', meaning: envReference },
  { long: 'keys', takes: 'value', meaning: envReference },
  { long: 'resolve', takes: 'switch', meaning: readsOnly },
  {
    long: 'memory',
    takes: 'value',
    meaning: notOffered(
      'Only a share of the requested processor time can be the goal here: --cpu=80%.',
      false,
    ),
  },
  {
    long: 'subresource',
    takes: 'value',
    meaning: notOffered(
      'Subresources cannot be patched here; their fields are changed on the object itself.',
    ),
  },
  {
    long: 'image',
    takes: 'value',
    meaning: notOffered(
      'Firebreak starts no images of its own; a Job is made from what there is: --from=cronjob/NAME.',
      false,
    ),
  },
  { long: 'save-config', takes: 'switch', meaning: applied },
  { long: 'edit', takes: 'switch', meaning: notOffered('There is no editor here; give the change itself.') },
  {
    long: 'help',
    short: 'h',
    takes: 'switch',
    meaning: {
      kind: 'refused',
      code: 'help',
      reason: 'This asks for help and is no change.',
      offerWithout: false,
    },
  },
];

const BY_LONG: ReadonlyMap<string, FlagRule> = new Map(FLAGS.map((rule) => [rule.long, rule]));
const BY_SHORT: ReadonlyMap<string, FlagRule> = new Map(
  FLAGS.flatMap((rule) => (rule.short === undefined ? [] : [[rule.short, rule] as const])),
);

export const longFlags: readonly string[] = [...BY_LONG.keys()];

/** `replicas`, as in `--replicas`. */
export const longFlag = (name: string): FlagRule | undefined => BY_LONG.get(name);

/** `n`, as in `-n`. */
export const shortFlag = (letter: string): FlagRule | undefined => BY_SHORT.get(letter);
