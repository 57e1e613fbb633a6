import {
  type FlagMeaning,
  type FlagRule,
  notOffered,
  readsOnly,
  unsafeDelete,
  valueFlag,
} from '../../../actions/grammar/flag.ts';

/** Where the objects are. */
export const NAMESPACE = valueFlag('namespace', 'n');

/** Which objects, by their labels. */
export const SELECTOR = valueFlag('selector', 'l');

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
const fromFile: FlagMeaning = {
  kind: 'refused',
  code: 'file',
  reason: 'Firebreak reads no files; name the object itself.',
  offerWithout: false,
};

function manyTargets(reason: string): FlagMeaning {
  return { kind: 'refused', code: 'several-targets', reason, offerWithout: false };
}

const applied = notOffered('Firebreak keeps no copy of the object in an annotation of it.');
const dryRun: FlagMeaning = {
  kind: 'refused',
  code: 'dry-run',
  reason:
    'Firebreak does a server dry run of each command and shows it on the card, but what the policy lets run by itself then runs at once. On a command line, firebreak evaluate "COMMAND" judges a command and does not run it.',
  offerWithout: false,
};

/**
 * kubectl's global flags and those that mean the same for all commands that have them (`kubectl options`, help of each
 * command, 1.36); the others stand with their commands. A flag that would change what happens is never dropped in
 * silence: it is used, refused, or noted as without effect.
 */
export const sharedFlags: readonly FlagRule[] = [
  NAMESPACE,
  SELECTOR,
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
      'Everything at once is never one repair; name what is meant, or choose it by label (-l) where a command takes several.',
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
    meaning: manyTargets(
      'Objects are chosen by name here, or by label (-l) where a command takes several, not by their fields.',
    ),
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
  },
  {
    long: 'grace-period',
    takes: 'value',
    meaning: unsafeDelete(
      "Firebreak deletes with the pod's own grace period, so that it can shut down cleanly.",
    ),
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
