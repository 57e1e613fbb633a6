import { describe, expect, test } from 'vitest';
import { refusal } from './reading.ts';

/* What is said of each word and sign that is known and is no part of a command, word by word. */

describe('another command of kubectl is refused by what it does', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'reads-only',
      'only reads; Firebreak is for changes. Run it with kubectl.',
      [
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
    ],
    [
      'outside-set',
      "is not in Firebreak's closed set of actions.",
      ['alpha', 'auth reconcile', 'certificate', 'expose'],
    ],
    [
      'outside-set',
      "is not in Firebreak's closed set of actions. Firebreak applies no manifests; one field is changed with set image, set env, set resources, scale or patch.",
      ['apply', 'edit', 'replace'],
    ],
    [
      'outside-set',
      "is not in Firebreak's closed set of actions. What is run inside a container cannot be judged or taken back.",
      ['attach', 'cp', 'debug', 'exec'],
    ],
    [
      'outside-set',
      'is not in Firebreak\'s closed set of actions. The one thing that it creates is a Job: "create job NAME --from=cronjob/NAME".',
      ['create'],
    ],
    [
      'outside-set',
      'is not in Firebreak\'s closed set of actions. It starts no pods of its own; "create job NAME --from=cronjob/NAME" runs a CronJob now.',
      ['run'],
    ],
    [
      'outside-set',
      "is not in Firebreak's closed set of actions. It changes which rights or which pods belong together, which is no repair.",
      ['set sa', 'set selector', 'set serviceaccount', 'set subject'],
    ],
    [
      'local-only',
      'works on your own machine, not on the cluster. Run it with kubectl.',
      [
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
    ],
  ])('%s: %s', (code, sentence, commands) => {
    for (const command of commands)
      expect(refusal(`${command} x`)).toEqual({ code, under: command, reason: `"${command}" ${sentence}` });
  });
});

const works = '"rollout restart" works on Deployment, StatefulSet or DaemonSet.';

describe('an object that is no target is refused with what it is', () => {
  test.each<[string, readonly string[]]>([
    ['A ReplicaSet belongs to its Deployment; name the Deployment.', ['replicaset', 'rs']],
    [
      'ReplicationControllers are not supported; they were replaced by Deployments.',
      ['replicationcontroller', 'rc'],
    ],
    ['Argo Rollouts have their own controller and are not supported.', ['rollout']],
    ['Services are not supported.', ['service', 'svc', 'services']],
    ['Whole namespaces are never a target.', ['namespace', 'ns']],
    ['ConfigMaps are not supported.', ['configmap', 'cm']],
    ['Secrets are never a target.', ['secret']],
    ['Volume claims are never a target: they hold data.', ['persistentvolumeclaim', 'pvc']],
    ['Volumes are never a target: they hold data.', ['persistentvolume', 'pv']],
    ['Ingresses are not supported.', ['ingress', 'ing', 'ingresses']],
    ['ServiceAccounts are not supported.', ['serviceaccount', 'sa']],
    ['PodDisruptionBudgets are not supported.', ['poddisruptionbudget', 'pdb']],
    ['CustomResourceDefinitions are never a target.', ['customresourcedefinition', 'crd']],
    ['"all" stands for many objects; name one.', ['all']],
    [
      'No other API group or version of that name is known here; leave it out, or write apps or v1.apps.',
      ['deployment.v2'],
    ],
    ['No other API group or version of that name is known here; leave it out.', ['pod.v1', 'node.v1']],
    [
      'No other API group or version of that name is known here; leave it out, or write batch or v1.batch.',
      ['job.apps'],
    ],
    [
      'No other API group or version of that name is known here; leave it out, or write autoscaling, v1.autoscaling or v2.autoscaling.',
      ['hpa.v3.autoscaling'],
    ],
  ])('%s', (sentence, words) => {
    for (const word of words)
      expect(refusal(`rollout restart ${word}/web -n shop`)).toEqual({
        ...{ code: 'kind-not-allowed', under: word, reason: `${works} ${sentence}` },
        nearest: 'kubectl rollout restart deployment/NAME -n NAMESPACE',
      });
  });
});

const usage = 'kubectl delete pod NAME -n NAMESPACE';

describe('a sign that has no place in a command is refused with what a shell would do', () => {
  test.each<[string, string, string, string, string]>([
    ['|', 'several-commands', '|', 'Pipes and "||" join commands; give one command.', usage],
    [';', 'several-commands', ';', '";" joins commands; give one command.', usage],
    [
      '&',
      'several-commands',
      '&',
      '"&" joins commands or sends them to the background; give one command.',
      usage,
    ],
    [
      '(',
      'several-commands',
      '(',
      'Parentheses start a subshell; a selector that holds them needs quotes.',
      usage,
    ],
    [
      ')',
      'several-commands',
      ')',
      'Parentheses belong to a subshell; a selector that holds them needs quotes.',
      usage,
    ],
    ['\u000a', 'several-commands', '\u000a', 'The command must be on one line.', usage],
    ['\u000d', 'several-commands', '\u000d', 'The command must be on one line.', usage],
    ['`', 'substitution', '`', 'Backticks run another command in a shell; write the value itself.', usage],
    ['$', 'substitution', '$b', 'There is no shell here to fill in "$"; write the value itself.', usage],
    ['>', 'redirection', '>', 'There is no shell here to redirect output.', usage],
    ['<', 'redirection', '<', 'There is no shell here to redirect input.', usage],
    ['[', 'placeholder', '[', 'Brackets mark something to fill in; write the value itself.', usage],
    [']', 'placeholder', ']', 'Brackets mark something to fill in; write the value itself.', usage],
    [
      '{',
      'placeholder',
      '{',
      'Braces mark something to fill in or to expand; write the value itself.',
      usage,
    ],
    [
      '}',
      'placeholder',
      '}',
      'Braces mark something to fill in or to expand; write the value itself.',
      usage,
    ],
    ['*', 'glob', '*', '"*" stands for several names; name one object.', usage],
    ['?', 'glob', '?', '"?" stands for several names; name one object.', usage],
    [
      '#',
      'comment',
      '#b -n shop',
      'Comments are not read; put your reason after " -- ".',
      'kubectl delete pod a -n default',
    ],
    ['!', 'character', '!', '"!" means something to a shell; put the selector in single quotes.', usage],
    ['"', 'quote', '"b -n shop', 'This quote is never closed.', usage],
    ["'", 'quote', "'b -n shop", 'This quote is never closed.', usage],
    [
      '\\',
      'character',
      '\\',
      'A backslash escapes something in a shell; write the command plainly on one line.',
      usage,
    ],
    ['~', 'character', '~', '"~" has no meaning in a command here.', usage],
    ['^', 'character', '^', '"^" has no meaning in a command here.', usage],
    ['\u0001', 'control-character', '\u0001', 'Control character U+0001 cannot be part of a command.', usage],
    ['\u007f', 'control-character', '\u007f', 'Control character U+007F cannot be part of a command.', usage],
    ['\u00e4', 'not-ascii', '\u00e4', 'U+00E4 is not an ASCII character; kubectl names have none.', usage],
    [
      '\u{1f600}',
      'not-ascii',
      '\u{1f600}',
      'U+1F600 is not an ASCII character; kubectl names have none.',
      usage,
    ],
    ['\u200b', 'not-ascii', '\u200b', 'U+200B is invisible.', 'kubectl delete pod ab -n shop'],
    [
      '{ x}',
      'placeholder',
      '{',
      'Braces mark something to fill in or to expand; write the value itself.',
      usage,
    ],
    ['< x>', 'redirection', '<', 'There is no shell here to redirect input.', usage],
    [
      '{\n}',
      'placeholder',
      '{',
      'Braces mark something to fill in or to expand; write the value itself.',
      usage,
    ],
    ['*"', 'glob', '*', '"*" stands for several names; name one object.', usage],
    ['**', 'glob', '*', '"*" stands for several names; name one object.', usage],
    [
      '$\u007b',
      'substitution',
      '$\u007b',
      'There is no shell here to fill in "$"; write the value itself.',
      usage,
    ],
    ['$(', 'substitution', '$(', 'There is no shell here to fill in "$"; write the value itself.', usage],
    [
      '$x_1-',
      'substitution',
      '$x_1',
      'There is no shell here to fill in "$"; write the value itself.',
      usage,
    ],
    ['{"', 'quote', '{', 'A shell takes JSON apart; put it in single quotes.', usage],
    [
      '&&',
      'several-commands',
      '&&',
      '"&" joins commands or sends them to the background; give one command.',
      usage,
    ],
    ['||', 'several-commands', '||', 'Pipes and "||" join commands; give one command.', usage],
    ['<x>', 'placeholder', '<x>', 'Angle brackets mark something to fill in; write the value itself.', usage],
    ['[x]', 'placeholder', '[x]', 'Brackets mark something to fill in; write the value itself.', usage],
    [
      '{x}',
      'placeholder',
      '{x}',
      'Braces mark something to fill in or to expand; write the value itself.',
      usage,
    ],
    [
      '{{x}}',
      'placeholder',
      '{{x}}',
      'Braces mark something to fill in or to expand; write the value itself.',
      usage,
    ],
    [
      '$\u007bx}',
      'substitution',
      '$\u007bx}',
      'There is no shell here to fill in "$"; write the value itself.',
      usage,
    ],
    ['$(x)', 'substitution', '$(x)', 'There is no shell here to fill in "$"; write the value itself.', usage],
    ['$x-', 'substitution', '$x', 'There is no shell here to fill in "$"; write the value itself.', usage],
    [
      '# x',
      'comment',
      '# xb -n shop',
      'Comments are not read; put your reason after " -- ".',
      'kubectl delete pod a -n default',
    ],
    [
      '\u2014',
      'not-ascii',
      '\u2014',
      'U+2014 is not the ASCII "--" it looks like.',
      'kubectl delete pod a--b -n shop',
    ],
    [
      '\u2015',
      'not-ascii',
      '\u2015',
      'U+2015 is not the ASCII "--" it looks like.',
      'kubectl delete pod a--b -n shop',
    ],
    [
      '\u2010',
      'not-ascii',
      '\u2010',
      'U+2010 is not the ASCII "-" it looks like.',
      'kubectl delete pod a-b -n shop',
    ],
    [
      '\u2011',
      'not-ascii',
      '\u2011',
      'U+2011 is not the ASCII "-" it looks like.',
      'kubectl delete pod a-b -n shop',
    ],
    [
      '\u2012',
      'not-ascii',
      '\u2012',
      'U+2012 is not the ASCII "-" it looks like.',
      'kubectl delete pod a-b -n shop',
    ],
    [
      '\u2013',
      'not-ascii',
      '\u2013',
      'U+2013 is not the ASCII "-" it looks like.',
      'kubectl delete pod a-b -n shop',
    ],
    [
      '\u2212',
      'not-ascii',
      '\u2212',
      'U+2212 is not the ASCII "-" it looks like.',
      'kubectl delete pod a-b -n shop',
    ],
    ['\u2018', 'not-ascii', '\u2018', 'U+2018 is not the ASCII "\'" it looks like.', usage],
    ['\u2019', 'not-ascii', '\u2019', 'U+2019 is not the ASCII "\'" it looks like.', usage],
    ['\u201a', 'not-ascii', '\u201a', 'U+201A is not the ASCII "\'" it looks like.', usage],
    ['\u201c', 'not-ascii', '\u201c', 'U+201C is not the ASCII """ it looks like.', usage],
    ['\u201d', 'not-ascii', '\u201d', 'U+201D is not the ASCII """ it looks like.', usage],
    ['\u201e', 'not-ascii', '\u201e', 'U+201E is not the ASCII """ it looks like.', usage],
    ['\u2060', 'not-ascii', '\u2060', 'U+2060 is invisible.', 'kubectl delete pod ab -n shop'],
    ['\ufeff', 'not-ascii', '\ufeff', 'U+FEFF is invisible.', 'kubectl delete pod ab -n shop'],
    ['\uff01', 'not-ascii', '\uff01', 'U+FF01 is not the ASCII "!" it looks like.', usage],
    ['\uff5e', 'not-ascii', '\uff5e', 'U+FF5E is not the ASCII "~" it looks like.', usage],
    ['\uff00', 'not-ascii', '\uff00', 'U+FF00 is not an ASCII character; kubectl names have none.', usage],
    ['\uff5f', 'not-ascii', '\uff5f', 'U+FF5F is not an ASCII character; kubectl names have none.', usage],
  ])('%j: %s', (sign, code, under, reason, nearest) => {
    expect(refusal(`delete pod a${sign}b -n shop`)).toEqual({ code, under, reason, nearest });
  });
});

const pair = "kubectl annotate pod NAME KEY='VALUE' -n NAMESPACE";
const spaced = "kubectl annotate pod/a 'b=c d' -n shop";

describe('what stands in quotes is looked at up to the first sign that cannot stand there', () => {
  test.each([
    ["'c\u00a0d'", 'not-ascii', '\u00a0', 'U+00A0 is not the ASCII space it looks like.', spaced],
    ["'c\u202fd'", 'not-ascii', '\u202f', 'U+202F is not the ASCII space it looks like.', spaced],
    ["'c\u3000d'", 'not-ascii', '\u3000', 'U+3000 is not the ASCII space it looks like.', spaced],
    [
      '"}$\u007bx}"',
      'substitution',
      '$\u007bx}',
      'There is no shell here to fill in "$"; write the value itself.',
      pair,
    ],
    [
      '")$(x)"',
      'substitution',
      '$(x)',
      'There is no shell here to fill in "$"; write the value itself.',
      pair,
    ],
    ["'c\td", 'control-character', '\t', 'Control character U+0009 cannot be part of a command.', pair],
    ['"c\td', 'control-character', '\t', 'Control character U+0009 cannot be part of a command.', pair],
  ])('%j: %s', (value, code, under, reason, nearest) => {
    expect(refusal(`annotate pod a b=${value} -n shop`)).toEqual({ code, under, reason, nearest });
  });
});
