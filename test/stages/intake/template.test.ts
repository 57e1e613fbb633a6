import { describe, expect, test } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import type { Filled } from '../../../src/stages/intake/template.ts';
import { checkTemplate, fillTemplate } from '../../../src/stages/intake/template.ts';

function outcome(filled: Filled): string {
  return filled.kind === 'action'
    ? printAction(filled.action)
    : `${filled.refusal.code}: ${filled.refusal.reason}`;
}

const RESTART = 'rollout restart {{kind}}/{{name}} -n {{namespace}}';
const WEB = { kind: 'deployment', name: 'web', namespace: 'shop' };

describe('fillTemplate', () => {
  test.each<[string, string, Record<string, string>, string]>([
    ['fills every placeholder', RESTART, WEB, 'kubectl rollout restart deployment/web -n shop'],
    [
      'takes a kind as the API writes it',
      RESTART,
      { ...WEB, kind: 'StatefulSet' },
      'kubectl rollout restart statefulset/web -n shop',
    ],
    [
      'refuses what is called the same and is of another kind',
      'rollout undo deployment/{{name}} -n {{namespace}}',
      { ...WEB, kind: 'statefulset' },
      'template-value: The command is for a Deployment, and "web" is a StatefulSet.',
    ],
    [
      'refuses what is called the same in another namespace',
      'rollout restart deployment/web deployment/{{name}} -n shop',
      { ...WEB, name: 'api', namespace: 'staging' },
      'template-value: The command is for "api" in shop, and the one that is meant is in staging.',
    ],
    [
      'refuses a pod that is called the same in another namespace',
      'delete pod {{pod}} -n shop',
      { namespace: 'staging', pod: 'web-0' },
      'template-value: The command is for "web-0" in shop, and the one that is meant is in staging.',
    ],
    [
      'refuses what has the label in another namespace',
      'rollout restart deployment -l app={{name}} -n shop',
      { ...WEB, namespace: 'staging' },
      'template-value: The command is for "web" in shop, and the one that is meant is in staging.',
    ],
    [
      'refuses a Job that is called like a workload',
      'delete job/{{name}} -n {{namespace}}',
      WEB,
      'template-value: The command is for a Job, and "web" is a Deployment.',
    ],
    [
      'refuses a node that is called like a workload',
      'cordon {{name}}',
      WEB,
      'template-value: The command is for a Node, and "web" is a Deployment.',
    ],
    [
      'takes an object that the template says whole, though the alert is about a namesake',
      'rollout restart deployment/web -n infra',
      WEB,
      'kubectl rollout restart deployment/web -n infra',
    ],
    [
      'takes what is chosen by a label in the same namespace',
      'rollout restart deployment -l app={{name}} -n {{namespace}}',
      { ...WEB, kind: 'statefulset' },
      'kubectl rollout restart deployment -l app=web -n shop',
    ],
    [
      'takes an object that the template names itself',
      'rollout restart deployment/cache -n infra',
      WEB,
      'kubectl rollout restart deployment/cache -n infra',
    ],
    [
      'takes the namespace that the template names, where it is the same',
      'rollout restart deployment/{{name}} -n shop',
      WEB,
      'kubectl rollout restart deployment/web -n shop',
    ],
    [
      'takes a workload for its autoscaler of the same name',
      'scale deployment/{{name}} --replicas=5 -n {{namespace}}',
      { ...WEB, kind: 'horizontalpodautoscaler' },
      'kubectl scale deployment/web --replicas=5 -n shop',
    ],
    [
      'takes an autoscaler for its workload of the same name',
      `patch hpa/{{name}} -p '{"spec":{"maxReplicas":10}}' -n {{namespace}}`,
      WEB,
      `kubectl patch horizontalpodautoscaler/web --type=merge -p '{"spec":{"maxReplicas":10}}' -n shop`,
    ],
    [
      'takes the namespace that the template names, where the alert has none',
      'rollout restart deployment/{{name}} -n shop',
      { kind: 'deployment', name: 'web' },
      'kubectl rollout restart deployment/web -n shop',
    ],
    [
      'takes the kind that the template names, where the alert has none',
      'cordon {{name}}',
      { name: 'worker-1' },
      'kubectl cordon worker-1',
    ],
    [
      'takes a pod of what the alert is about',
      'delete pod {{pod}} -n {{namespace}}',
      { ...WEB, pod: 'web-0' },
      'kubectl delete pod web-0 -n shop',
    ],
    [
      'takes an object that is called like a container',
      'set image deployment/web {{container}}=x:1 -n infra',
      { container: 'web', namespace: 'shop' },
      'kubectl set image deployment/web web=x:1 -n infra',
    ],
    [
      'takes an object for which the name is only a value',
      'annotate deployment/cache for={{name}} -n infra',
      WEB,
      'kubectl annotate deployment/cache for=web -n infra',
    ],
    [
      'takes what is chosen by another label',
      'annotate deployment -l tier=front for={{name}} -n infra',
      WEB,
      'kubectl annotate deployment -l tier=front for=web -n infra',
    ],
    [
      'takes a node whose name has dots',
      'cordon {{node}}',
      { node: 'worker-1.example' },
      'kubectl cordon worker-1.example',
    ],
    [
      'refuses a container with a dot',
      'set image deployment/web {{container}}=x:1 -n shop',
      { container: 'a.b' },
      'template-value: "a.b" cannot fill placeholder "container": it is not a Kubernetes name.',
    ],
    [
      'leaves braces that close nothing to the grammar',
      'cordon }}{{node}}',
      { node: 'a' },
      'placeholder: Braces mark something to fill in or to expand; write the value itself.',
    ],
    [
      'allows blanks inside the braces',
      'delete pod {{ pod }} -n {{ namespace }}',
      { pod: 'web-0', namespace: 'shop' },
      'kubectl delete pod web-0 -n shop',
    ],
    [
      'does not fill a value again',
      'cordon {{node}}',
      { node: '{{node}}' },
      'template-value: "{{node}}" cannot fill placeholder "node": it is not a Kubernetes name.',
    ],
    [
      'names an unknown placeholder',
      'cordon {{nod}}',
      { node: 'a' },
      'template-placeholder: Placeholder "nod" has no value; known are node.',
    ],
    [
      'knows no inherited placeholder',
      'cordon {{constructor}}',
      {},
      'template-placeholder: Placeholder "constructor" has no value; there are none.',
    ],
    [
      'refuses a second word',
      'delete pod {{pod}}',
      { pod: 'a --all' },
      'template-value: "a --all" cannot fill placeholder "pod": it is not a Kubernetes name.',
    ],
    [
      'refuses a flag',
      'delete pod {{pod}}',
      { pod: '--all' },
      'template-value: "--all" cannot fill placeholder "pod": it is not a Kubernetes name.',
    ],
    [
      'refuses another kind and name',
      RESTART,
      { ...WEB, name: 'a/b' },
      'template-value: "a/b" cannot fill placeholder "name": it is not a Kubernetes name.',
    ],
    [
      'refuses a namespace with a dot',
      RESTART,
      { ...WEB, namespace: 'a.b' },
      'template-value: "a.b" cannot fill placeholder "namespace": it is not a Kubernetes name.',
    ],
    [
      'refuses a kind it does not know',
      RESTART,
      { ...WEB, kind: 'widget' },
      'template-value: "widget" cannot fill placeholder "kind": it is not a kind such as deployment.',
    ],
    [
      'refuses an empty value',
      'cordon {{node}}',
      { node: '' },
      'template-value: "" cannot fill placeholder "node": it is not a Kubernetes name.',
    ],
    [
      'refuses the kind that the verb cannot take',
      RESTART,
      { ...WEB, kind: 'Pod' },
      'kind-not-allowed: "rollout restart" works on Deployment, StatefulSet or DaemonSet, not on Pod.',
    ],
    [
      'leaves an unclosed placeholder to the grammar',
      'cordon {{node',
      { node: 'a' },
      'placeholder: Braces mark something to fill in or to expand; write the value itself.',
    ],
  ])('%s', (_name, template, values, expected) => {
    expect(outcome(fillTemplate(template, values))).toBe(expected);
  });

  test('a refusal points into the text it is about', () => {
    const template = fillTemplate('cordon {{nod}}', {});
    const command = fillTemplate('attach {{pod}}', { pod: 'web-0' });
    expect(fillTemplate('cordon {{name}}', WEB)).toMatchObject({
      text: 'cordon web',
      refusal: { span: { start: 0, end: 10 } },
    });
    expect(template).toMatchObject({ text: 'cordon {{nod}}', refusal: { span: { start: 7, end: 14 } } });
    expect(command).toMatchObject({
      text: 'attach web-0',
      refusal: { code: 'outside-set', span: { start: 0, end: 6 } },
    });
  });
});

describe('checkTemplate', () => {
  const known = ['namespace', 'kind', 'name', 'pod', 'container', 'node'];

  test.each([
    RESTART,
    'rollout undo {{kind}}/{{name}} -n {{namespace}}',
    'rollout pause {{kind}} {{name}} -n {{namespace}}',
    'scale {{kind}}/{{name}} --replicas=3 -n {{namespace}}',
    'set image {{kind}}/{{name}} {{container}}=registry.example/app:1.2 -n {{namespace}}',
    'delete pod {{pod}} -n {{namespace}}',
    'delete {{kind}}/{{name}} -n {{namespace}}',
    'kubectl cordon {{node}}',
    'drain {{node}} --ignore-daemonsets',
    'label {{kind}} {{name}} quarantine=yes -n {{namespace}}',
    'suspend {{kind}}/{{name}} -n {{namespace}}',
    'delete job {{name}} -n {{namespace}}',
    'create job {{name}}-again --from={{kind}}/{{name}} -n {{namespace}}',
    `patch {{kind}}/{{name}} -p '{"spec":{"maxReplicas":10}}' -n {{namespace}}`,
    'rollout restart {{kind}} -l app={{name}} -n {{namespace}}',
    'rollout restart deployment/web -n default',
    'rollout restart deployment/{{name}} -n shop',
    'label node/{{node}} quarantine=yes',
    'uncordon {{kind}}/{{name}}',
  ])('accepts %s', (template) => {
    expect(checkTemplate(template, known).kind).toBe('action');
  });

  test.each([
    ['rollout restart {{kind}}/{{nme}} -n {{namespace}}', 'template-placeholder'],
    ['{{nod}}', 'template-placeholder'],
    ['cordon {{}}', 'template-placeholder'],
    ['attach {{pod}}', 'outside-set'],
    ['delete pod {{pod}} --force', 'unsafe-delete'],
    ['delete pods --all -n {{namespace}}', 'several-targets'],
    ['rollout restart deployment/$NAME -n {{namespace}}', 'substitution'],
    ['', 'empty'],
    ['rollout restart {{kind}}/{{name}}', 'flag-missing'],
    ['rollout undo statefulset/{{name}}', 'flag-missing'],
    ['delete pod {{pod}}', 'flag-missing'],
    ['create job {{name}}-again --from={{kind}}/{{name}}', 'flag-missing'],
    ['label {{kind}}/{{name}} quarantine=yes', 'flag-missing'],
    ['rollout restart {{kind}} -l app={{name}}', 'flag-missing'],
  ])('refuses %j: %s', (template, code) => {
    expect(checkTemplate(template, known)).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  test('says at its end that it lacks a namespace', () => {
    expect(checkTemplate('delete pod {{pod}}', known)).toMatchObject({
      refusal: {
        span: { start: 18, end: 18 },
        reason:
          'names no namespace, so that "default" would be meant; add -n {{namespace}} for that of the alert, or -n and a name.',
      },
    });
  });
});
