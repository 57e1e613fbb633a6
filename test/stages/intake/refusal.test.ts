import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { renderRefusal } from '../../../src/stages/intake/grammar/render.ts';

function rendered(text: string): readonly string[] {
  const parsed = parseCommand(text);
  return parsed.kind === 'refused' ? renderRefusal(text, parsed.refusal).split('\n') : ['accepted'];
}

const SET =
  'rollout restart, undo, pause or resume; scale; set image, env or resources; autoscale; delete pod or job; create job; suspend; resume; cordon; uncordon; drain; taint; label; annotate; patch';

describe('a refusal as people see it', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'mistyped verb',
      'kubectl rolout restart deploy/web -n shop',
      [
        'kubectl rolout restart deploy/web -n shop',
        '        ^~~~~~',
        `"rolout" is not a command. Firebreak can ${SET}.`,
        'Try: kubectl rollout restart deployment/web -n shop',
      ],
    ],
    [
      'read-only command',
      'kubectl get pods -o wide',
      [
        'kubectl get pods -o wide',
        '        ^~~',
        '"get" only reads; Firebreak is for changes. Run it with kubectl.',
      ],
    ],
    [
      'two-word command outside the set',
      'kubectl set sa deploy/web bot',
      [
        'kubectl set sa deploy/web bot',
        '        ^~~~~~',
        `"set sa" is not in Firebreak's closed set of actions. It changes which rights or which pods belong together, which is no repair.`,
      ],
    ],
    [
      'flag and its value',
      'kubectl delete pod web-0 --grace-period 0 -n shop',
      [
        'kubectl delete pod web-0 --grace-period 0 -n shop',
        '                         ^~~~~~~~~~~~~~~~',
        "Firebreak deletes with the pod's own grace period, so that it can shut down cleanly.",
        'Try: kubectl delete pod web-0 -n shop',
      ],
    ],
    [
      'placeholder of several words',
      'kubectl delete pod <the share manager pod>',
      [
        'kubectl delete pod <the share manager pod>',
        '                   ^~~~~~~~~~~~~~~~~~~~~~~',
        'Angle brackets mark something to fill in; write the value itself.',
        'Try: kubectl delete pod NAME -n NAMESPACE',
      ],
    ],
    [
      'kind inside KIND/NAME',
      'rollout restart widget/web',
      [
        'rollout restart widget/web',
        '                ^~~~~~',
        '"widget" is no kind that Firebreak acts on; "rollout restart" works on Deployment, StatefulSet or DaemonSet.',
        'Try: kubectl rollout restart deployment/NAME -n NAMESPACE',
      ],
    ],
    [
      'something missing at the end',
      'scale deploy/web',
      [
        'scale deploy/web',
        '                ^',
        '"scale" needs --replicas.',
        'Try: kubectl scale deployment/NAME --replicas=COUNT -n NAMESPACE',
      ],
    ],
    [
      'another program',
      '/bin/kubectl delete pod a -n shop',
      [
        '/bin/kubectl delete pod a -n shop',
        '^~~~~~~~~~~~',
        'Write "kubectl" without a path, or leave it out; "/bin/kubectl" is not run.',
        'Try: kubectl delete pod a -n shop',
      ],
    ],
    [
      'a variable of a shell',
      'KUBECONFIG=prod cordon a',
      [
        'KUBECONFIG=**** cordon a',
        '^~~~~~~~~~~~~~~',
        'Environment variables have no effect here; leave them out.',
      ],
    ],
    ['nothing at all', '', ['', '^', `No command given. Firebreak can ${SET}.`]],
    [
      'second line',
      'get pods\ndelete pod a',
      [
        'get pods\\ndelete pod a',
        '        ^~',
        'The command must be on one line.',
        'Try: kubectl delete pod a -n default',
      ],
    ],
    [
      'control character',
      'delete pod a\u001b[31m',
      [
        'delete pod a<U+001B>[31m',
        '            ^~~~~~~~',
        'Control character U+001B cannot be part of a command.',
        'Try: kubectl delete pod NAME -n NAMESPACE',
      ],
    ],
    [
      'text direction mark',
      'delete pod \u202egnp.0-bew',
      [
        'delete pod <U+202E>gnp.0-bew',
        '           ^~~~~~~~',
        'U+202E is not an ASCII character; kubectl names have none.',
        'Try: kubectl delete pod NAME -n NAMESPACE',
      ],
    ],
    [
      'character outside the basic plane',
      'delete pod \u{1f4a5} -n shop',
      [
        'delete pod <U+1F4A5> -n shop',
        '           ^~~~~~~~~',
        'U+1F4A5 is not an ASCII character; kubectl names have none.',
        'Try: kubectl delete pod NAME -n NAMESPACE',
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(rendered(text)).toEqual(expected);
  });

  test('shows a window of a long text, with the caret at the same word', () => {
    const [line = '', caret = ''] = rendered(`delete pod ${'a'.repeat(200)} $HERE ${'b'.repeat(200)}`);
    expect(line.length).toBe(86);
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('~') + 1)).toBe('$HERE');
    expect(line.startsWith('...a')).toBe(true);
    expect(line.endsWith('b...')).toBe(true);
  });

  test.each([
    ['begins with what is wrong', 'x'.repeat(100), [`${'x'.repeat(80)}...`, `^${'~'.repeat(79)}`]],
    [
      'goes on behind it',
      `delete pod ${'a'.repeat(24)} $HERE ${'b'.repeat(58)}`,
      [`... pod ${'a'.repeat(24)} $HERE ${'b'.repeat(44)}...`, `${' '.repeat(33)}^~~~~`],
    ],
    [
      'ends with it',
      `scale deployment/${'a'.repeat(40)} -n ${'b'.repeat(40)}`,
      [`...${'a'.repeat(36)} -n ${'b'.repeat(40)}`, `${' '.repeat(83)}^`],
    ],
    [
      'is as long as the window',
      `delete pod ${'a'.repeat(39)} $HERE ${'b'.repeat(23)}`,
      [`delete pod ${'a'.repeat(39)} $HERE ${'b'.repeat(23)}`, `${' '.repeat(51)}^~~~~`],
    ],
    [
      'is one longer',
      `delete pod ${'a'.repeat(39)} $HERE ${'b'.repeat(24)}`,
      [`...${'a'.repeat(29)} $HERE ${'b'.repeat(24)}`, `${' '.repeat(33)}^~~~~`],
    ],
    [
      'has much before it',
      `delete pod ${'a'.repeat(20_000)} $HERE ${'b'.repeat(30)}`,
      [`...${'a'.repeat(29)} $HERE ${'b'.repeat(30)}`, `${' '.repeat(33)}^~~~~`],
    ],
  ])('a text that %s', (_name, text, lines) => {
    expect(rendered(text).slice(0, 2)).toEqual(lines);
  });

  test('says how long a command may be', () => {
    expect(rendered('x'.repeat(50_001))[2]).toBe(
      'The command is 50001 characters long; at most 50000 are read.',
    );
  });

  test('keeps the caret inside the window when the offending part is longer than it', () => {
    const [line = '', caret = ''] = rendered('x'.repeat(100_000));
    expect(line.length).toBeLessThanOrEqual(86);
    expect(caret.length).toBeLessThanOrEqual(line.length);
  });
});
