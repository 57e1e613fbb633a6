import { describe, expect, test } from 'vitest';
import { notes, read, refusal } from './reading.ts';

/* What is said of each flag that is the same for all commands, word by word. Each stands where a name could be taken for its value. */

const typed = (flag: string) => `rollout restart ${flag} deploy/web -n shop`;
const whole = 'kubectl rollout restart deployment/web -n shop';
const usage = 'kubectl rollout restart deployment/NAME -n NAMESPACE';

describe('without effect is', () => {
  test.each<[string, readonly string[]]>([
    [
      'has no effect: it only changes what kubectl prints.',
      ['--output x', '-o x', '--template x', '--show-managed-fields', '--allow-missing-template-keys'],
    ],
    [
      'has no effect: it only concerns the kubectl program.',
      [
        '--warnings-as-errors',
        '--v x',
        '-v x',
        '--vmodule x',
        '--log-flush-frequency x',
        '--cache-dir x',
        '--profile x',
        '--profile-output x',
        '--match-server-version',
        '--disable-compression',
        '--request-timeout x',
        '--chunk-size x',
      ],
    ],
    ['has no effect: Firebreak always has the API server check every field.', ['--validate']],
    [
      'has no effect: Firebreak watches the result by its own verification plan.',
      ['--timeout x', '--wait', '--watch', '-w'],
    ],
    ['has no effect: Firebreak keeps its own record of every change.', ['--record']],
    ['has no effect: Firebreak says so when the object is not there.', ['--ignore-not-found']],
    ['has no effect: Firebreak asks for approval as its policy says.', ['--interactive', '-i']],
  ])('what %s', (note, flags) => {
    for (const flag of flags) {
      expect(read(typed(flag)), flag).toBe(whole);
      expect(notes(typed(flag))).toEqual([`${flag.split(' ')[0]} ${note}`]);
    }
  });
});

describe('refused is', () => {
  test.each<[string, string, string, readonly string[]]>([
    [
      'other-cluster',
      'Firebreak acts only on the cluster it is configured for; the command cannot choose another.',
      usage,
      [
        '--context x',
        '--cluster x',
        '--kubeconfig x',
        '--kuberc x',
        '--server x',
        '-s x',
        '--tls-server-name x',
        '--certificate-authority x',
        '--insecure-skip-tls-verify',
      ],
    ],
    [
      'other-identity',
      'Firebreak acts only as its own service account; never put credentials or identities into a command.',
      usage,
      [
        '--as x',
        '--as-group x',
        '--as-uid x',
        '--as-user-extra x',
        '--user x',
        '--username x',
        '--password x',
        '--token x',
        '--client-certificate x',
        '--client-key x',
      ],
    ],
    [
      'several-targets',
      'Everything at once is never one repair; name what is meant, or choose it by label (-l) where a command takes several.',
      usage,
      ['--all'],
    ],
    [
      'several-targets',
      'A command acts in one namespace; name it with -n.',
      usage,
      ['--all-namespaces', '-A'],
    ],
    [
      'several-targets',
      'Objects are chosen by name here, or by label (-l) where a command takes several, not by their fields.',
      usage,
      ['--field-selector x'],
    ],
    [
      'reads-only',
      'With this flag the command only reads; Firebreak is for changes. Run it with kubectl.',
      usage,
      ['--list'],
    ],
    [
      'file',
      'Firebreak reads no files; name the object itself.',
      usage,
      ['--filename x', '-f x', '--kustomize x', '-k x', '--recursive', '-R', '--patch-file x'],
    ],
    [
      'dry-run',
      'Firebreak does a server dry run of each command and shows it on the card, but what the policy lets run by itself then runs at once. On a command line, firebreak evaluate "COMMAND" judges a command and does not run it.',
      usage,
      ['--dry-run'],
    ],
    [
      'unsafe-delete',
      'A forced deletion removes the pod from the API while its containers may still run; with a StatefulSet that can corrupt data.',
      whole,
      ['--force'],
    ],
    [
      'unsafe-delete',
      "Firebreak deletes with the pod's own grace period, so that it can shut down cleanly.",
      whole,
      ['--grace-period x'],
    ],
    [
      'unsafe-delete',
      "--now leaves the pod one second to shut down; Firebreak keeps the pod's own grace period.",
      whole,
      ['--now'],
    ],
    [
      'not-offered',
      "How dependents are deleted cannot be chosen here: a Job's pods go with it, and pods have none of their own.",
      whole,
      ['--cascade'],
    ],
    ['not-offered', 'Raw API paths are not accepted; name the object.', usage, ['--raw x']],
    [
      'not-offered',
      'A resource version cannot guard the change here; --current-replicas can.',
      usage,
      ['--resource-version x'],
    ],
    ['not-offered', '--local changes nothing on the cluster; Firebreak is for changes.', usage, ['--local']],
    [
      'not-offered',
      'Firebreak writes under its own field manager, which names the remediation.',
      whole,
      ['--field-manager x'],
    ],
    [
      'not-offered',
      'Firebreak keeps no copy of the object in an annotation of it.',
      whole,
      ['--save-config'],
    ],
    ['not-offered', 'There is no editor here; give the change itself.', whole, ['--edit']],
    ['help', 'This asks for help and is no change.', usage, ['--help', '-h']],
  ])('%s: %s', (code, reason, nearest, flags) => {
    for (const flag of flags) expect(refusal(typed(flag))).toEqual({ code, under: flag, reason, nearest });
  });
});
